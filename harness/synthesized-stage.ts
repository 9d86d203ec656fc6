import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdkJson from '../cdk.json';
import { STAGES } from '../lib/config';
import { EventProStage } from '../lib/eventpro-stage';
import { ROLE_TAG } from '../lib/workflow/role';

/**
 * The feature flags of cdk.json, but for the one that prints what prod lacks: that is for whoever deploys it. Where each construct
 * was made nobody asks either, and finding it out is a fifth of a synthesis in jest.
 */
export const QUIET_CONTEXT = {
  ...cdkJson.context,
  '@aws-cdk/core:annotationsInValidationReport': false,
  'aws:cdk:disable-creation-stack-traces': true,
};

/** The template of a stack of the dev stage, synthesised now with the feature flags of cdk.json. */
export function synthesizedStack(id: string): Template {
  const app = new App({ context: cdkJson.context });
  const config = STAGES.find(({ name }) => name === 'dev')!;
  const stage = new EventProStage(app, `EventPro-${config.name}`, config);
  return Template.fromStack(stage.node.findChild(id) as Stack);
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

export interface Definition {
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Record<string, State>;
}

/** The ASL of the stack's state machine of this role, with intrinsics replaced by `<logicalId>`. */
export function stateMachineOf(template: Template, role = 'checkout'): Definition {
  const machines = Object.values(machinesOf(template)).filter(({ Properties }) =>
    Properties.Tags?.some(({ Key, Value }) => Key === ROLE_TAG && Value === role),
  );
  return definitionOf(machines[0]!, (part) => `<${Object.values(part).flat().join('.')}>`);
}

/** The ASL of every state machine of the stack, by logical id, with made-up ARNs for what CloudFormation fills in. */
export function definitionsOf(template: Template): Record<string, Definition> {
  const arn = (part: object) =>
    'Ref' in part && part.Ref === 'AWS::Partition'
      ? 'aws'
      : `arn:aws:lambda:us-east-1:123456789012:function:${Object.values(part).flat()[0]}`;
  return Object.fromEntries(
    Object.entries(machinesOf(template)).map(([id, machine]) => [id, definitionOf(machine, arn)]),
  );
}

interface StateMachine {
  readonly Properties: {
    readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
    readonly DefinitionString: {
      readonly 'Fn::Join': readonly [separator: string, parts: readonly unknown[]];
    };
  };
}

function machinesOf(template: Template): Record<string, StateMachine> {
  return template.findResources('AWS::StepFunctions::StateMachine') as unknown as Record<
    string,
    StateMachine
  >;
}

function definitionOf(machine: StateMachine, fill: (part: object) => string): Definition {
  const [, parts] = machine.Properties.DefinitionString['Fn::Join'];
  return JSON.parse(
    parts.map((part) => (typeof part === 'string' ? part : fill(part as object))).join(''),
  ) as Definition;
}
