import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type OrderTable } from '../data/order-table';
import { type PurchaseTable } from '../data/purchase-table';
import { type SeatTable } from '../data/seat-table';
import {
  functionErrors,
  functionThrottles,
  inTens,
  startThrottles,
  tableThrottles,
} from './capacity-metrics';
import { RunbookAlarm } from '../alarm/runbook-alarm';

/** Functions beside the steps of workflows, by what is lost when they fail. */
export interface FunctionGroups {
  readonly routes: readonly Function[];
  readonly channels: readonly Function[];
  readonly recovery: readonly Function[];
}

export interface CapacityAlarmsProps {
  readonly functions: FunctionGroups;
  readonly seats: SeatTable;
  readonly purchases: PurchaseTable;
  readonly orders: OrderTable;
}

const LOSS: Record<keyof FunctionGroups, string> = {
  routes: 'Buyers cannot see events, seats or their purchases.',
  channels: 'Confirmations are late.',
  recovery: 'Purchases stay unsettled for longer, and what buyers of events are told or sent is late.',
};

/** Where the services refuse us, and where our code fails. */
export class CapacityAlarms extends Construct {
  constructor(scope: Construct, id: string, { functions, seats, purchases, orders }: CapacityAlarmsProps) {
    super(scope, id);
    for (const [group, impact] of Object.entries(LOSS) as [keyof FunctionGroups, string][]) {
      for (const [part, ten] of inTens(group, functions[group])) {
        new RunbookAlarm(this, `${part}Throttled`, {
          ...{ impact, runbook: 'Lambda throttles' },
          metric: functionThrottles(part, ten),
          threshold: 5,
        });
      }
    }
    // Not the steps, whose every refusal is an error to Lambda: their failures are counted by outcome. Not recovery,
    // whose schedules have alarms of their own.
    for (const group of ['routes', 'channels'] as const) {
      for (const [part, ten] of inTens(group, functions[group])) {
        new RunbookAlarm(this, `${part}Failing`, {
          ...{ impact: LOSS[group], runbook: 'Functions fail' },
          metric: functionErrors(part, ten),
          threshold: 5,
        });
      }
    }
    for (const metric of [
      tableThrottles('seats', seats),
      tableThrottles('purchases', purchases),
      tableThrottles('orders', orders),
    ]) {
      new RunbookAlarm(this, `${metric.label}Throttled`, {
        impact:
          'Seats and extras are sold and given back more slowly, or purchases and orders fail and are undone.',
        runbook: 'DynamoDB throttles',
        metric,
        threshold: 10,
      });
    }
    new RunbookAlarm(this, 'StartThrottled', {
      impact: 'Buyers get 429 instead of a checkout; nothing of theirs was touched.',
      runbook: 'Step Functions throttles',
      metric: startThrottles(),
      threshold: 10,
    });
  }
}
