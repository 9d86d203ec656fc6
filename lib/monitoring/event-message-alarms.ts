import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { RunbookAlarm } from '../alarm/runbook-alarm';
import { type EventMessages } from '../event-bus/event-messages';
import { DurableFunctionAlarms } from './durable-function-alarms';

const RUNBOOK = 'The buyers of an event are not reminded';

/** What the schedules could not start, and what they have started and does not go on. Their consumer has alarms of its own. */
export class EventMessageAlarms extends Construct {
  constructor(scope: Construct, id: string, { send, deadLetterQueue }: EventMessages) {
    super(scope, id);
    new DurableFunctionAlarms(this, 'SendEventMessages', {
      durable: send,
      work: 'The reminder of an event, or the thank-you,',
      waiting: 'some of its buyers are not told',
      runbook: RUNBOOK,
    });
    new RunbookAlarm(this, 'NotStarted', {
      impact:
        'The buyers of an event are not reminded, or not thanked: Lambda did not take the start of it for a day.',
      runbook: RUNBOOK,
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(1),
      }),
    });
  }
}
