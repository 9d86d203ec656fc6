import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { type StageConfig } from '../config';
import { type RecoveryStep, recoveryWorkflow } from './recovery-workflow';

export interface RecoveryProps {
  readonly config: StageConfig;
  readonly functions: Record<RecoveryStep, Function>;
  /** Finds unsettled purchases and starts a recovery for each. */
  readonly reconcile: Function;
  /** Finds payments, tickets and holds that no purchase accounts for. */
  readonly audit: Function;
  readonly escalations: IQueue;
}

/**
 * What makes the saga's guarantees hold although an Express execution may die between any two states: a schedule, a
 * reconciler, and a Standard workflow, which cannot die, for each purchase it finds.
 */
export class Recovery extends Construct {
  readonly stateMachine: StateMachine;

  constructor(
    scope: Construct,
    id: string,
    { config, functions, reconcile, audit, escalations }: RecoveryProps,
  ) {
    super(scope, id);
    this.stateMachine = new StateMachine(this, 'Workflow', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(
        recoveryWorkflow(new Construct(this, 'States'), { functions, escalations }),
      ),
      timeout: Duration.minutes(15),
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        includeExecutionData: config.includeExecutionData,
        destination: new LogGroup(this, 'WorkflowLog', {
          retention: config.logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
    this.stateMachine.grantStartExecution(reconcile);
    reconcile.addEnvironment(ENVIRONMENT.recoveryStateMachine, this.stateMachine.stateMachineArn);

    this.every(Duration.minutes(1), reconcile);
    this.every(Duration.hours(1), audit);
  }

  /** Once is enough: what a run misses, the next one finds. */
  private every(interval: Duration, target: Function): void {
    new Schedule(this, `${target.node.id}Schedule`, {
      schedule: ScheduleExpression.rate(interval),
      target: new LambdaInvoke(target, { retryAttempts: 0, maxEventAge: Duration.minutes(1) }),
    });
  }
}
