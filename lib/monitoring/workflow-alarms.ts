import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type Workflow } from '../workflow/workflow';
import { functionThrottles, inTens } from './capacity-metrics';
import { RunbookAlarm } from '../alarm/runbook-alarm';

export interface WorkflowAlarmsProps {
  readonly workflow: Workflow;
  /** Its steps, but for those that it shares with a workflow that is watched already. */
  readonly steps: readonly Function[];
}

const SUM = { statistic: Stats.SUM, period: Duration.minutes(5) };

/** What is watched of every workflow. What the ends of one mean, alarms of its own may watch beside these. */
export class WorkflowAlarms extends Construct {
  constructor(scope: Construct, id: string, { workflow, steps }: WorkflowAlarmsProps) {
    super(scope, id);
    const { impact, stateMachineType } = workflow;

    // Nothing watches for executions that are aborted: people abort those of a Standard workflow, and nobody can those of an
    // Express one (StopExecution takes none).
    new RunbookAlarm(this, 'TimedOut', {
      impact: impact.timedOut,
      runbook: 'Executions time out',
      metric: workflow.metricTimedOut(SUM),
    });
    if (impact.failed !== undefined) {
      new RunbookAlarm(this, 'Failed', {
        impact: impact.failed,
        runbook: 'Executions fail',
        metric: workflow.metricFailed(SUM),
        // One may happen by chance, five may not.
        threshold: 5,
      });
    }
    if (stateMachineType === StateMachineType.STANDARD) {
      new RunbookAlarm(this, 'Throttled', {
        impact: impact.throttled,
        runbook: 'Step Functions throttles',
        // Transitions and retries that had to wait ("Step Functions metrics for CloudWatch", read November 2026). Express
        // workflows have no quota of transitions; what is refused of them is their start.
        metric: workflow.metricThrottled(SUM),
        threshold: 10,
      });
    }
    for (const [part, functions] of inTens('Steps', steps)) {
      new RunbookAlarm(this, `${part}Throttled`, {
        impact: impact.throttled,
        runbook: 'Lambda throttles',
        metric: functionThrottles(`${workflow.workflowRole}${part}`, functions),
        threshold: 5,
      });
    }
  }
}
