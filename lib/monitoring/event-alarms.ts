import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { businessMetric } from '../alarm/business-metric';
import { RunbookAlarm } from '../alarm/runbook-alarm';
import { type Consumer } from '../event-bus/consumer';
import { FunctionConsumer } from '../event-bus/function-consumer';
import { type SalesStream } from '../event-bus/sales-stream';
import { type TablePipe } from '../event-bus/table-pipe';
import { consumerMetric, pipeMetric, streamMetric } from './event-metrics';
import { delayAlarm, waiting } from './queue-alarms';
import { total } from './total';

export interface EventAlarmsProps {
  readonly pipes: readonly TablePipe[];
  readonly consumers: readonly Consumer[];
  /** @default none */
  readonly streams?: readonly SalesStream[];
}

/** Long enough that a sale and its event seldom fall into two of them; twice in a row, and it is no accident. */
const SILENCE = Duration.minutes(15);

/** What is written and not told, and what is told and not taken. Purchases go on meanwhile. */
export class EventAlarms extends Construct {
  constructor(scope: Construct, id: string, { pipes, consumers, streams = [] }: EventAlarmsProps) {
    super(scope, id);
    for (const pipe of pipes) {
      const { loss, node, deadLetterQueue } = pipe;
      new RunbookAlarm(this, `${node.id}PipeFailing`, {
        impact: `${loss} The pipe tries again for 23 hours.`,
        runbook: 'Domain events are not published',
        metric: total(
          `${node.id.toLowerCase()}Failed`,
          (['ExecutionFailed', 'ExecutionPartiallyFailed', 'ExecutionTimeout'] as const).map((name) =>
            pipeMetric(pipe, name),
          ),
        ),
        threshold: 3,
      });
      new RunbookAlarm(this, `${node.id}PipeDeadLetters`, {
        impact: `${loss} Some events were given up: the stream has their changes for another hour.`,
        runbook: 'Domain events are given up',
        metric: waiting(deadLetterQueue),
      });
      if (!pipe.tellsSales) continue;
      new RunbookAlarm(this, `${node.id}PipeSilent`, {
        impact: `${loss} Purchases are confirmed, and the pipe has had nothing for half an hour.`,
        runbook: 'Domain events are not published',
        metric: new MathExpression({
          label: 'sales without events',
          expression: 'IF(sales > 0 AND FILL(events, 0) == 0, 1, 0)',
          usingMetrics: {
            sales: businessMetric(this, 'Purchases', { outcome: 'CONFIRMED' }, { period: SILENCE }),
            events: pipeMetric(pipe, 'EventCount', SILENCE),
          },
          period: SILENCE,
        }),
        evaluationPeriods: 2,
      });
    }
    for (const consumer of consumers) {
      const { loss, node, deadLetterQueue } = consumer;
      new RunbookAlarm(this, `${node.id}DeadLetters`, {
        impact: `${loss} Events were tried for a day, or refused for good.`,
        runbook: 'A consumer does not take its events',
        metric: waiting(deadLetterQueue),
      });
      new RunbookAlarm(this, `${node.id}Lost`, {
        impact: `${loss} Some events are in no queue: only a replay brings them back.`,
        runbook: 'A consumer does not take its events',
        metric: consumerMetric(consumer, 'InvocationsFailedToBeSentToDlq'),
      });
      if (consumer instanceof FunctionConsumer) delayAlarm(this, node.id, consumer.queued.queue, loss);
    }
    for (const stream of streams) {
      const { node } = stream;
      new RunbookAlarm(this, `${node.id}Late`, {
        impact: 'The newest sales are missing from the analytics; buyers notice nothing.',
        runbook: 'Sales do not reach their bucket',
        metric: streamMetric(stream, 'DeliveryToS3.DataFreshness'),
        // The longest buffering that there is, of which ours is a third ("Implement best practices with CloudWatch Alarms").
        threshold: Duration.minutes(15).toSeconds(),
      });
      new RunbookAlarm(this, `${node.id}Refused`, {
        impact:
          'Sales are missing from the analytics. Firehose tries again for a day, and then forgets them.',
        runbook: 'Sales do not reach their bucket',
        metric: streamMetric(stream, 'DeliveryToS3.Success'),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluationPeriods: 3,
      });
    }
  }
}
