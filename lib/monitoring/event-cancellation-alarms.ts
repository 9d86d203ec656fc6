import { Duration } from 'aws-cdk-lib';
import { type IFunction } from 'aws-cdk-lib/aws-lambda';
import { type Construct } from 'constructs';
import { businessMetric } from '../alarm/business-metric';
import { RunbookAlarm } from '../alarm/runbook-alarm';
import { DurableFunctionAlarms } from './durable-function-alarms';

export interface EventCancellationAlarmsProps {
  readonly cancelEvent: IFunction;
}

/** What keeps the buyers of a cancelled event from their money. What could not be cancelled is escalated. */
export class EventCancellationAlarms extends DurableFunctionAlarms {
  constructor(scope: Construct, id: string, { cancelEvent }: EventCancellationAlarmsProps) {
    super(scope, id, {
      durable: cancelEvent,
      work: 'The cancellation of an event',
      waiting: 'its buyers wait for their money',
      runbook: 'The cancellation of an event fails',
      revived: 'EventCancellationsRevived',
    });
    new RunbookAlarm(this, 'Paused', {
      impact: "Stripe's balance does not cover the refunds of a cancelled event: they wait.",
      runbook: "Stripe's balance is empty",
      metric: businessMetric(this, 'EventCancellationsPaused', {}, { period: Duration.minutes(15) }),
    });
  }
}
