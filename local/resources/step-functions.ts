import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws-service';
import { type ResourceType } from '../cloudformation/resource-type';
import { type Services } from '../services';
import { createStateMachine } from '../step-functions/state-machine';
import { physicalName } from './physical-name';

export function stepFunctionsTypes(services: Services): Record<string, ResourceType> {
  return {
    'AWS::StepFunctions::StateMachine': {
      properties: ['DefinitionString', 'StateMachineType', 'Tags'],
      withoutLocalEffect: ['LoggingConfiguration', 'RoleArn', 'TracingConfiguration'],
      create(request) {
        const { DefinitionString, StateMachineType = 'STANDARD', Tags = [] } = request.properties;
        const name = physicalName(request, 80);
        const arn = `arn:aws:states:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stateMachine:${name}`;
        services.stateMachines.push(
          createStateMachine(
            {
              arn,
              name,
              type: StateMachineType as 'EXPRESS' | 'STANDARD',
              tags: Object.fromEntries(
                (Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
              ),
              definition: JSON.parse(DefinitionString as string) as object,
            },
            services.stateMachinePorts,
          ),
        );
        return { ref: arn, attributes: { Arn: arn, Name: name } };
      },
    },
  };
}
