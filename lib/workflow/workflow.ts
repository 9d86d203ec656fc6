import { type CfnElement, type Duration, RemovalPolicy, Stack, Stage, Tags, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  type IChainable,
  LogLevel,
  StateMachine,
  type StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct } from 'constructs';
import { type StageConfig } from '../config';
import { ROLE_TAG, STAGE_TAG } from './role';

/** What is lost when executions do not end as they should: the first thing a person reads whom an alarm wakes. */
export interface WorkflowImpact {
  readonly timedOut: string;
  /** When steps, or the workflow itself, are refused for their number. */
  readonly throttled: string;
  /** `undefined` where an execution that fails is an answer, and its outcome is watched instead. */
  readonly failed: string | undefined;
}

export interface WorkflowProps {
  /** What it is for, in a word: `checkout`. No other workflow of the stage has it. */
  readonly role: string;
  readonly type: StateMachineType;
  /** For whoever starts it from a stack that this one needs. @default CloudFormation makes one up */
  readonly name?: string;
  readonly definition: IChainable;
  /** Those that its tasks call. */
  readonly functions: readonly Function[];
  readonly timeout: Duration;
  readonly impact: WorkflowImpact;
  readonly config: StageConfig;
}

/**
 * A state machine of the house: it is known by its role, and each event is logged and traced, but nothing of what the states
 * hold.
 */
export class Workflow extends StateMachine {
  /** Its tag. (`role` is the one of IAM.) */
  readonly workflowRole: string;
  readonly impact: WorkflowImpact;
  readonly functions: readonly Function[];
  readonly logGroup: LogGroup;

  constructor(
    scope: Construct,
    id: string,
    { role, type, name, definition, functions, timeout, impact, config }: WorkflowProps,
  ) {
    const logGroup = new LogGroup(scope, `${id}Log`, {
      // A physical name, as nothing else here has: groups with this prefix share one statement of the policy that lets logs be
      // delivered, and any other adds its own, until the 5,120 characters of the account and region are used up. The path of
      // the construct is its own in the app, and changes whenever the logical id does.
      logGroupName: `/aws/vendedlogs/states/${scope.node.path}/${id}`,
      retention: config.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      stateMachineType: type,
      stateMachineName: name,
      definitionBody: DefinitionBody.fromChainable(definition),
      tracingEnabled: true,
      timeout,
      logs: {
        level: LogLevel.ALL,
        // Inputs and outputs hold who buys, and ids that open a purchase. Nobody may read them in a log, in any stage.
        includeExecutionData: false,
        destination: logGroup,
      },
    });
    this.workflowRole = role;
    this.impact = impact;
    this.functions = functions;
    this.logGroup = logGroup;
    const tags = { [ROLE_TAG]: role, [STAGE_TAG]: Stage.of(this)!.stageName };
    for (const [key, value] of Object.entries(tags)) {
      Tags.of(this).add(key, value, { includeResourceTypes: ['AWS::StepFunctions::StateMachine'] });
    }
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Log delivery and X-Ray have no resource in particular: AWS offers nothing narrower than *',
    });
    this.allowEveryVersion(functions);
  }

  /**
   * One role serves every version of the state machine. CDK's grant names the functions' present versions alone, so an
   * execution that began before a deployment, or is sent back to the version before, would be denied its next step.
   */
  private allowEveryVersion(functions: readonly Function[]): void {
    for (const { functionArn, node } of functions) {
      this.addToRolePolicy(
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [`${functionArn}:*`] }),
      );
      const logicalId = Stack.of(this).getLogicalId(node.defaultChild as CfnElement);
      Validations.of(this).acknowledge({
        id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`,
        reason: 'The versions of one function: executions end on the version they began with',
      });
    }
  }
}
