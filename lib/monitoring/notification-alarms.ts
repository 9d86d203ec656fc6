import { Duration } from 'aws-cdk-lib';
import { Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type Channel as ChannelName, CHANNELS } from '../../lambda/purchase/channels';
import { type Channel } from '../notification/channel';
import { type MailFeedback } from '../notification/mail-feedback';
import { businessMetric } from '../alarm/business-metric';
import { RunbookAlarm } from '../alarm/runbook-alarm';
import { queueAlarms, waiting } from './queue-alarms';

export interface NotificationAlarmsProps {
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  readonly mailFeedback: MailFeedback;
}

/**
 * What SES recommends to stay below ("Creating reputation monitoring alarms using CloudWatch", read November 2026). At twice
 * the one and five times the other it may pause sending.
 */
const REPUTATION = { BounceRate: 0.05, ComplaintRate: 0.001 };

/** Three ways in which a buyer is not told: given up, not come to, and perhaps; and what may keep SES from telling anybody. */
export class NotificationAlarms extends Construct {
  constructor(scope: Construct, id: string, { channels, mailFeedback }: NotificationAlarmsProps) {
    super(scope, id);
    for (const [name, channel] of channels) {
      const { loss } = CHANNELS[name];
      queueAlarms(this, name, channel, loss);
      new RunbookAlarm(this, `${name}Unknown`, {
        impact: `${loss} Or they have one: two attempts had no answer, and there will be no third by itself.`,
        runbook: 'Nobody knows whether buyers were told',
        metric: businessMetric(this, 'NotificationsUnknown', { channel: name }),
      });
    }
    new RunbookAlarm(this, 'MailEventDeadLetters', {
      impact: 'Purchases do not say that their e-mail bounced; buyers notice nothing.',
      runbook: 'A dead-letter queue is not empty',
      metric: waiting(mailFeedback.deadLetterQueue),
    });
    for (const [rate, threshold] of Object.entries(REPUTATION)) {
      new RunbookAlarm(this, rate, {
        impact: 'SES may stop sending for this account: then no buyer gets an e-mail.',
        runbook: 'E-mails bounce or are reported as spam',
        metric: new Metric({
          namespace: 'AWS/SES',
          metricName: `Reputation.${rate}`,
          dimensionsMap: { 'ses:configuration-set': mailFeedback.configurationSet.configurationSetName },
          statistic: Stats.MAXIMUM,
          period: Duration.hours(1),
        }),
        threshold,
        // As the same page has it: the rate is written when there is something new to say.
        treatMissingData: TreatMissingData.IGNORE,
      });
    }
  }
}
