import { Alarm, type AlarmProps, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { type Construct } from 'constructs';
import { runbookAddress } from './runbook';

export interface RunbookAlarmProps extends Pick<
  AlarmProps,
  'metric' | 'comparisonOperator' | 'treatMissingData' | 'datapointsToAlarm'
> {
  /** What a buyer or the business loses while it lasts: the first thing a woken person reads. */
  readonly impact: string;
  /** The heading of docs/runbook.md that says what to do, as it is written there. */
  readonly runbook: string;
  /** @default 1 */
  readonly threshold?: number;
  /** @default 1 */
  readonly evaluationPeriods?: number;
}

/**
 * An alarm that says what is at stake and what to do. It goes off at its threshold. Missing data is treated as healthy: most of
 * what is watched here is only written when it happens.
 */
export class RunbookAlarm extends Alarm {
  constructor(scope: Construct, id: string, { impact, runbook, ...props }: RunbookAlarmProps) {
    super(scope, id, {
      alarmDescription: `Impact: ${impact}\nRunbook: ${runbookAddress(scope, runbook)}`,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    });
  }
}
