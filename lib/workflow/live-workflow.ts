import { RemovalPolicy } from 'aws-cdk-lib';
import { type Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnStateMachineAlias, CfnStateMachineVersion } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type Canary } from '../config';
import { type Workflow } from './workflow';

const ALIAS = 'live';

export interface LiveWorkflowProps {
  readonly workflow: Workflow;
  /** @default a new version gets all executions at once */
  readonly canary?: Canary;
  /** While a new version is taking over, any of them takes the deployment back. @default - none */
  readonly alarms?: readonly Alarm[];
}

/**
 * A workflow behind its alias `live`. Each change of the definition becomes a version, and the alias moves to it, so
 * that an execution ends on the version it began with and a bad one is left again. See `docs/decisions/0008-deployments.md`.
 */
export class LiveWorkflow extends Construct {
  /** What to start. */
  readonly arn: string;
  private readonly stateMachineArn: string;

  constructor(scope: Construct, id: string, { workflow, canary, alarms }: LiveWorkflowProps) {
    super(scope, id);
    this.stateMachineArn = workflow.stateMachineArn;
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: workflow.stateMachineArn,
      // Another revision is another version: CloudFormation replaces the resource, which publishes it.
      stateMachineRevisionId: workflow.stateMachineRevisionId,
    });
    // What the alias may have to go back to; it goes with the state machine.
    version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const alias = new CfnStateMachineAlias(this, 'Alias', {
      name: ALIAS,
      deploymentPreference: {
        stateMachineVersionArn: version.ref,
        alarms: alarms?.map(({ alarmName }) => alarmName),
        ...(canary
          ? { type: 'CANARY', percentage: canary.percent, interval: canary.minutes }
          : { type: 'ALL_AT_ONCE' }),
      },
    });
    this.arn = alias.ref;
  }

  /** Start executions and wait for them. */
  grantStartSyncExecution(grantee: IGrantable): Grant {
    return this.grant(grantee, 'states:StartSyncExecution');
  }

  /** Start executions that nobody waits for. */
  grantStartExecution(grantee: IGrantable): Grant {
    return this.grant(grantee, 'states:StartExecution');
  }

  /** IAM knows the state machine by its own ARN, and the alias as a condition. */
  private grant(grantee: IGrantable, action: string): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: [action],
      resourceArns: [this.stateMachineArn],
      conditions: { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': [ALIAS] } },
    });
  }
}
