import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ORDER } from '../../lambda/order/outcomes';
import { faultsOf } from '../../lambda/shared/outcomes';
import { PROBLEMS } from '../../lambda/shared/problem';
import { businessMetric } from '../alarm/business-metric';
import { RunbookAlarm } from '../alarm/runbook-alarm';
import { type OrderMail } from '../order/order-mail';

export interface OrderAlarmsProps {
  readonly mail: OrderMail;
}

/** What becomes of orders, and whether their buyers hear of it. */
export class OrderAlarms extends Construct {
  constructor(scope: Construct, id: string, { mail: { queue, deadLetterQueue } }: OrderAlarmsProps) {
    super(scope, id);
    for (const { problem, impact, runbook, threshold = 5 } of faultsOf(ORDER)) {
      const outcome = PROBLEMS[problem].code;
      const metric = businessMetric(this, 'OrdersFailed', { outcome });
      new RunbookAlarm(this, outcome, { metric, impact, runbook, threshold });
    }
    new RunbookAlarm(this, 'LongestOverdue', {
      impact:
        'An order is overdue for nearly half an hour: money may be taken without extras, or extras blocked.',
      runbook: 'Orders fail',
      metric: businessMetric(this, 'LongestOverdueOrder', {}),
      // It was tried when it was due, 6 and 18 minutes later.
      threshold: 1_440,
    });
    const loss = 'Buyers have no e-mail about their orders; GET /orders/{orderId} shows them.';
    new RunbookAlarm(this, 'DeadLetters', {
      impact: `${loss} Five attempts failed, and there will be no sixth by itself.`,
      runbook: 'A dead-letter queue is not empty',
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(1),
      }),
    });
    new RunbookAlarm(this, 'Delay', {
      impact: `${loss} Messages wait longer than 15 minutes.`,
      runbook: 'Notifications are late',
      metric: queue.metricApproximateAgeOfOldestMessage({
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(5),
      }),
      threshold: 900,
    });
  }
}
