import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdkJson from '../../cdk.json';
import { STAGES } from '../../lib/config';
import { EventProStage } from '../../lib/eventpro-stage';

/** The templates of a stage by stack, synthesised with the feature flags of cdk.json. */
export function synthesizedStage(name: 'dev' | 'prod') {
  const app = new App({ context: cdkJson.context });
  const stage = new EventProStage(
    app,
    `EventPro-${name}`,
    STAGES.find((config) => config.name === name)!,
  );
  const template = (id: string) => Template.fromStack(stage.node.findChild(id) as Stack);
  return {
    data: template('Data'),
    notification: template('Notification'),
    checkout: template('Checkout'),
    monitoring: template('Monitoring'),
  };
}

/** The function of this name. A logical id is the name and eight hexadecimal digits. */
export function functionOf(template: Template, name: string) {
  const functions = template.findResources('AWS::Lambda::Function');
  return Object.entries(functions).find(([id]) => new RegExp(`^${name}[0-9A-F]{8}$`).test(id))![1];
}

export interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly {
    ErrorEquals: string[];
    IntervalSeconds: number;
    MaxAttempts: number;
    BackoffRate: number;
    MaxDelaySeconds: number;
    JitterStrategy: string;
  }[];
  readonly Catch?: readonly { ErrorEquals: string[]; Next: string; ResultPath: string }[];
  readonly [field: string]: unknown;
}

/** The ASL of the stack's only state machine of this type, with intrinsics replaced by `<logicalId>`. */
export function stateMachineOf(template: Template, type = 'EXPRESS') {
  const machines = Object.values(template.findResources('AWS::StepFunctions::StateMachine')).filter(
    (machine) => machine.Properties.StateMachineType === type,
  );
  const join = machines[0]!.Properties.DefinitionString['Fn::Join'] as [string, unknown[]];
  const text = join[1]
    .map((part) =>
      typeof part === 'string'
        ? part
        : `<${Object.values(part as object)
            .flat()
            .join('.')}>`,
    )
    .join('');
  return JSON.parse(text) as { StartAt: string; TimeoutSeconds: number; States: Record<string, State> };
}
