import { Duration } from 'aws-cdk-lib';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import { type Construct } from 'constructs';
import { RunbookAlarm } from '../alarm/runbook-alarm';
import { type ConsumedQueue } from '../notification/consumed-queue';

/** The messages of a queue from which nobody takes them by himself: one is enough to call people. */
export const waiting = (queue: IQueue): IMetric =>
  queue.metricApproximateNumberOfMessagesVisible({
    statistic: Stats.MAXIMUM,
    period: Duration.minutes(1),
  });

/**
 * What keeps a message from being told: given up, or not come to.
 *
 * @param prefix of the alarms' ids
 * @param loss what is missing then: the first sentence of the alarms
 */
export function queueAlarms(
  scope: Construct,
  prefix: string,
  { queue, deadLetterQueue }: Pick<ConsumedQueue, 'queue' | 'deadLetterQueue'>,
  loss: string,
): void {
  new RunbookAlarm(scope, `${prefix}DeadLetters`, {
    impact: `${loss} Five attempts failed, and there will be no sixth by itself.`,
    runbook: 'A dead-letter queue is not empty',
    metric: waiting(deadLetterQueue),
  });
  delayAlarm(scope, prefix, queue, loss);
}

/** What nobody comes to. */
export function delayAlarm(scope: Construct, prefix: string, queue: IQueue, loss: string): void {
  new RunbookAlarm(scope, `${prefix}Delay`, {
    impact: `${loss} Messages wait longer than 15 minutes.`,
    runbook: 'Notifications are late',
    metric: queue.metricApproximateAgeOfOldestMessage({
      statistic: Stats.MAXIMUM,
      period: Duration.minutes(5),
    }),
    threshold: 900,
  });
}
