import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { type IFunction } from 'aws-cdk-lib/aws-lambda';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { businessMetric } from '../alarm/business-metric';
import { RunbookAlarm } from '../alarm/runbook-alarm';
import { waiting } from './queue-alarms';

export interface RecoveryAlarmsProps {
  readonly escalations: IQueue;
  readonly reconcile: IFunction;
  readonly audit: IFunction;
}

/** What keeps the saga's guarantees: if recovery stands still, money and seats stay where they are. */
export class RecoveryAlarms extends Construct {
  constructor(scope: Construct, id: string, { escalations, reconcile, audit }: RecoveryAlarmsProps) {
    super(scope, id);
    new RunbookAlarm(this, 'Escalations', {
      impact: 'A buyer may have paid without a ticket, or a seat may be blocked; recovery goes on trying.',
      runbook: 'A compensation failed for good',
      metric: waiting(escalations),
    });
    new RunbookAlarm(this, 'LongestOverdue', {
      impact:
        'A purchase is overdue for nearly half an hour: money may be taken without a ticket, or a buyer not told.',
      runbook: 'Purchases stay unsettled',
      metric: businessMetric(this, 'LongestOverdue', {}),
      // Recovery has tried when it was due, 6 and 18 minutes later.
      threshold: 1_440,
    });
    new RunbookAlarm(this, 'SoldSeatsWithoutSale', {
      impact:
        'A seat is SOLD and no purchase stands behind it: nobody can buy it, or two people may sit on it.',
      runbook: 'A seat is sold without a sale',
      metric: businessMetric(this, 'AuditFindings', { finding: 'soldSeat' }, { period: Duration.hours(1) }),
    });
    new RunbookAlarm(this, 'PurchasesWithoutRecord', {
      impact:
        'Purchases are gone from the table: their buyers may have paid and hold tickets, and no gate lets them in.',
      runbook: 'Purchases have no record',
      metric: businessMetric(this, 'PurchasesWithoutRecord', {}, { period: Duration.hours(1) }),
    });

    this.watchSchedule('Reconcile', reconcile, {
      impact: 'Purchases whose execution died are not settled: money may stay with us, and seats blocked.',
      // It runs every minute.
      interval: Duration.minutes(5),
      errors: 3,
    });
    this.watchSchedule('Audit', audit, {
      impact: 'Money, tickets and seats that no purchase stands behind are not found.',
      // It runs every hour.
      interval: Duration.hours(3),
      errors: 1,
    });
  }

  private watchSchedule(
    name: string,
    fn: IFunction,
    { impact, interval, errors }: { impact: string; interval: Duration; errors: number },
  ): void {
    const runbook = 'The reconciler or the audit does not run, or fails';
    const sum = { statistic: Stats.SUM, period: interval };
    const alarm = (id: string, metric: Metric, props: object) =>
      new RunbookAlarm(this, `${name}${id}`, { impact, runbook, metric, ...props });
    alarm('NotRunning', fn.metricInvocations(sum), {
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // While nothing runs, there is no data at all, not even zeros.
      treatMissingData: TreatMissingData.BREACHING,
    });
    alarm('Failing', fn.metricErrors(sum), { threshold: errors });
  }
}
