import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type Channel as ChannelName } from '../../lambda/notification/confirmation';
import { type Channel } from '../notification/channel';
import { businessMetric } from './business-metric';
import { RunbookAlarm } from './runbook-alarm';

const LOSS: Record<ChannelName, string> = {
  email:
    'Buyers have no confirmation e-mail; their tickets are there, by GET /purchases/{purchaseId}/ticket.',
  sms: 'Buyers have no confirmation SMS; their e-mail and tickets are not affected.',
  push: "Buyers' phones have no confirmation; their e-mail and tickets are not affected.",
  analytics: 'Sales are missing from the analytics; buyers notice nothing.',
};

export interface NotificationAlarmsProps {
  readonly channels: ReadonlyMap<ChannelName, Channel>;
}

/** Three ways in which a buyer is not told: given up, not come to, and perhaps. */
export class NotificationAlarms extends Construct {
  constructor(scope: Construct, id: string, { channels }: NotificationAlarmsProps) {
    super(scope, id);
    for (const [name, { queue, deadLetterQueue }] of channels) {
      new RunbookAlarm(this, `${name}DeadLetters`, {
        impact: `${LOSS[name]} Five attempts failed, and there will be no sixth by itself.`,
        runbook: 'A dead-letter queue is not empty',
        metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({
          statistic: Stats.MAXIMUM,
          period: Duration.minutes(1),
        }),
      });
      new RunbookAlarm(this, `${name}Delay`, {
        impact: `${LOSS[name]} Messages wait longer than 15 minutes.`,
        runbook: 'Notifications are late',
        metric: queue.metricApproximateAgeOfOldestMessage({
          statistic: Stats.MAXIMUM,
          period: Duration.minutes(5),
        }),
        threshold: 900,
      });
      if (name === 'analytics') continue;
      new RunbookAlarm(this, `${name}Unknown`, {
        impact: `${LOSS[name]} Or they have one: two attempts had no answer, and there will be no third by itself.`,
        runbook: 'Nobody knows whether buyers were told',
        metric: businessMetric(this, 'NotificationsUnknown', { channel: name }),
      });
    }
  }
}
