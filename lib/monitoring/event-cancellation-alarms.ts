import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { businessMetric } from '../alarm/business-metric';
import { RunbookAlarm } from '../alarm/runbook-alarm';

export interface EventCancellationAlarmsProps {
  readonly cancelEvent: IFunction;
}

/** What keeps the buyers of a cancelled event from their money. What could not be cancelled is escalated. */
export class EventCancellationAlarms extends Construct {
  constructor(scope: Construct, id: string, { cancelEvent }: EventCancellationAlarmsProps) {
    super(scope, id);
    const sum = { statistic: Stats.SUM, period: Duration.minutes(5) };
    // "Monitoring durable functions", Lambda developer guide, read November 2026.
    const failed = cancelEvent.metric('DurableExecutionFailed', sum);
    const timedOut = cancelEvent.metric('DurableExecutionTimedOut', sum);
    new RunbookAlarm(this, 'Failed', {
      impact:
        'The cancellation of an event has broken off: its buyers wait for their money until the next one.',
      runbook: 'The cancellation of an event fails',
      metric: new MathExpression({
        label: 'executions that failed or timed out',
        expression: 'FILL(failed, 0) + FILL(timedOut, 0)',
        usingMetrics: { failed, timedOut },
        period: Duration.minutes(5),
      }),
    });
    new RunbookAlarm(this, 'Failing', {
      impact: 'The cancellation of an event is tried again and again: its buyers wait for their money.',
      runbook: 'The cancellation of an event fails',
      metric: cancelEvent.metricErrors(sum),
      threshold: 5,
    });
    new RunbookAlarm(this, 'Revived', {
      impact: 'The cancellation of an event stood still, and was started again.',
      runbook: 'The cancellation of an event fails',
      metric: businessMetric(this, 'EventCancellationsRevived', {}),
    });
    new RunbookAlarm(this, 'Paused', {
      impact: "Stripe's balance does not cover the refunds of a cancelled event: they wait.",
      runbook: "Stripe's balance is empty",
      metric: businessMetric(this, 'EventCancellationsPaused', {}, { period: Duration.minutes(15) }),
    });
  }
}
