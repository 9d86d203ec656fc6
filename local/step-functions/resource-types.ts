import { LOCAL_ACCOUNT, LOCAL_REGION, UnsupportedLocally } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { type ResourceType } from '../cloudformation/resource-type';
import { createStateMachine, type StateMachine, type StateMachinePorts } from './state-machine';

/** @param stateMachines gets each state machine that is created */
export function stepFunctionsTypes(
  stateMachines: StateMachine[],
  ports: StateMachinePorts,
): Record<string, ResourceType> {
  function qualified(stateMachineArn: string, qualifier: string) {
    const machine = stateMachines.find(({ arn }) => arn === stateMachineArn);
    if (!machine) throw new UnsupportedLocally(`A version or alias of ${stateMachineArn}`);
    const arn = machine.qualify(qualifier);
    return { ref: arn, attributes: { Arn: arn } };
  }

  return {
    'AWS::StepFunctions::StateMachine': {
      properties: ['DefinitionString', 'RoleArn', 'StateMachineName', 'StateMachineType', 'Tags'],
      withoutLocalEffect: ['LoggingConfiguration', 'TracingConfiguration'],
      create(request) {
        const { DefinitionString, RoleArn, StateMachineType = 'STANDARD', Tags = [] } = request.properties;
        const name = (request.properties.StateMachineName as string | undefined) ?? physicalName(request, 80);
        const arn = `arn:aws:states:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stateMachine:${name}`;
        stateMachines.push(
          createStateMachine(
            {
              arn,
              name,
              type: StateMachineType as 'EXPRESS' | 'STANDARD',
              tags: Object.fromEntries(
                (Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
              ),
              roleArn: RoleArn as string,
              definition: JSON.parse(DefinitionString as string) as object,
            },
            ports,
          ),
        );
        return { ref: arn, attributes: { Arn: arn, Name: name } };
      },
    },

    // There is one version of a state machine here, the one in the template; an alias points at it.
    'AWS::StepFunctions::StateMachineVersion': {
      properties: ['StateMachineArn'],
      withoutLocalEffect: ['Description', 'StateMachineRevisionId'],
      create: ({ properties }) => qualified(properties.StateMachineArn as string, '1'),
    },

    // How fast traffic moves from one version to another means nothing where there is one.
    'AWS::StepFunctions::StateMachineAlias': {
      properties: ['DeploymentPreference', 'Name', 'RoutingConfiguration'],
      withoutLocalEffect: ['Description'],
      create({ properties }) {
        if (properties.RoutingConfiguration)
          throw new UnsupportedLocally(
            'The property RoutingConfiguration of AWS::StepFunctions::StateMachineAlias',
          );
        const { StateMachineVersionArn } = properties.DeploymentPreference as {
          StateMachineVersionArn: string;
        };
        return qualified(StateMachineVersionArn.replace(/:1$/, ''), properties.Name as string);
      },
    },
  };
}
