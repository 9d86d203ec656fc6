import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { type StageConfig } from '../config';
import { type NodeFunction } from '../node-function';
import { Workflow } from '../workflow/workflow';
import { type RecoveryStep, recoveryWorkflow } from './recovery-workflow';

export interface RecoveryProps {
  readonly config: StageConfig;
  readonly functions: Record<RecoveryStep, NodeFunction>;
  /** Finds unsettled purchases and starts a recovery for each. */
  readonly reconcile: NodeFunction;
  /** Finds payments, tickets and holds that no purchase accounts for. */
  readonly audit: NodeFunction;
  readonly escalations: IQueue;
}

/**
 * What makes the saga's guarantees hold although an Express execution may die between any two states: a schedule, a
 * reconciler, and a Standard workflow, which cannot die, for each purchase it finds.
 */
export class Recovery extends Construct {
  readonly stateMachine: Workflow;

  constructor(
    scope: Construct,
    id: string,
    { config, functions, reconcile, audit, escalations }: RecoveryProps,
  ) {
    super(scope, id);
    this.stateMachine = new Workflow(this, 'Workflow', {
      config,
      role: 'recovery',
      type: StateMachineType.STANDARD,
      timeout: Duration.minutes(15),
      impact: {
        timedOut: 'A recovery ran into its fifteen minutes: its purchase stays unsettled until the next one.',
        throttled: 'Purchases stay unsettled for longer.',
        failed: 'Recoveries fail: money may be taken without a ticket, or seats blocked, until one succeeds.',
      },
      definition: recoveryWorkflow(new Construct(this, 'States'), { functions, escalations }),
      functions: Object.values(functions),
    });
    this.stateMachine.grantStartExecution(reconcile);
    reconcile.addEnvironment(ENVIRONMENT.recoveryStateMachine, this.stateMachine.stateMachineArn);

    this.every(Duration.minutes(1), reconcile);
    this.every(Duration.hours(1), audit);
  }

  /**
   * Once is enough: what a run misses, the next one finds. The schedule hands an event over and Lambda queues it, so it
   * takes both to say so: by default Lambda runs what failed twice more, and keeps what it throttles for six hours.
   */
  private every(interval: Duration, target: NodeFunction): void {
    const once = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };
    new Schedule(this, `${target.node.id}Schedule`, {
      schedule: ScheduleExpression.rate(interval),
      target: new LambdaInvoke(target.live, once),
    });
    target.live.configureAsyncInvoke(once);
  }
}
