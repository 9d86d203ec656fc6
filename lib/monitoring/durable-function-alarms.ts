import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { businessMetric } from '../alarm/business-metric';
import { RunbookAlarm } from '../alarm/runbook-alarm';

export interface DurableFunctionAlarmsProps {
  readonly durable: IFunction;
  /** What it does, in words. */
  readonly work: string;
  /** What people have to bear while it does not go on. */
  readonly waiting: string;
  readonly runbook: string;
  /** Counts what Reconcile has started again. @default nobody starts it again */
  readonly revived?: 'EventCancellationsRevived' | 'EventAnnouncementsRevived';
}

/** Executions of a durable function that fail, run out of time, or stand still. */
export class DurableFunctionAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { durable, work, waiting, runbook, revived }: DurableFunctionAlarmsProps,
  ) {
    super(scope, id);
    const sum = { statistic: Stats.SUM, period: Duration.minutes(5) };
    // "Monitoring durable functions", Lambda developer guide, read November 2026.
    const failed = durable.metric('DurableExecutionFailed', sum);
    const timedOut = durable.metric('DurableExecutionTimedOut', sum);
    new RunbookAlarm(this, 'Failed', {
      impact: `${work} has broken off: ${waiting}${revived ? ' until the next one' : ''}.`,
      runbook,
      metric: new MathExpression({
        label: 'executions that failed or timed out',
        expression: 'FILL(failed, 0) + FILL(timedOut, 0)',
        usingMetrics: { failed, timedOut },
        period: Duration.minutes(5),
      }),
    });
    new RunbookAlarm(this, 'Failing', {
      impact: `${work} is tried again and again: ${waiting}.`,
      runbook,
      metric: durable.metricErrors(sum),
      threshold: 5,
    });
    if (!revived) return;
    new RunbookAlarm(this, 'Revived', {
      impact: `${work} stood still, and was started again.`,
      runbook,
      metric: businessMetric(this, revived, {}),
    });
  }
}
