import { Construct } from 'constructs';
import { ORDER } from '../../lambda/order/outcomes';
import { faultsOf } from '../../lambda/shared/outcomes';
import { PROBLEMS } from '../../lambda/shared/problem';
import { businessMetric } from '../alarm/business-metric';
import { RunbookAlarm } from '../alarm/runbook-alarm';
import { type OrderMail } from '../order/order-mail';
import { queueAlarms } from './queue-alarms';

export interface OrderAlarmsProps {
  readonly mail: OrderMail;
}

/** What becomes of orders, and whether their buyers hear of it. */
export class OrderAlarms extends Construct {
  constructor(scope: Construct, id: string, { mail }: OrderAlarmsProps) {
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
    queueAlarms(
      this,
      '',
      mail,
      'Buyers have no e-mail about their orders; GET /orders/{orderId} shows them.',
    );
  }
}
