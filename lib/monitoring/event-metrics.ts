import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type Consumer } from '../event-bus/consumer';
import { type SalesStream } from '../event-bus/sales-stream';
import { type TablePipe } from '../event-bus/table-pipe';

const SUM = { statistic: Stats.SUM, period: Duration.minutes(5) };

type PipeMetric = 'EventCount' | 'ExecutionFailed' | 'ExecutionPartiallyFailed' | 'ExecutionTimeout';

/** "Logging and monitoring Amazon EventBridge Pipes", read November 2026. None of a pipe's metrics tells how old its records are. */
export function pipeMetric(
  { node, pipe }: TablePipe,
  metricName: PipeMetric,
  period = Duration.minutes(5),
): Metric {
  return new Metric({
    ...{ ...SUM, period, metricName, namespace: 'AWS/EventBridge/Pipes', label: node.id },
    dimensionsMap: { PipeName: pipe.ref },
  });
}

type RuleMetric = 'Invocations' | 'FailedInvocations' | 'InvocationsFailedToBeSentToDlq';

/** "Monitoring Amazon EventBridge": of a rule on a bus of one's own by both names, read November 2026. */
export function consumerMetric({ node, bus, ruleName }: Consumer, metricName: RuleMetric): Metric {
  return new Metric({
    ...{ ...SUM, metricName, namespace: 'AWS/Events', label: node.id },
    dimensionsMap: { EventBusName: bus.eventBusName, RuleName: ruleName },
  });
}

/** How each is to be read. `Success` is 1 where S3 took an object, 0 where it did not. */
const STREAM_METRICS = {
  'DeliveryToS3.DataFreshness': Stats.MAXIMUM,
  'DeliveryToS3.Success': Stats.MINIMUM,
  IncomingRecords: Stats.SUM,
} as const;

/** "Monitor Amazon Data Firehose using CloudWatch metrics", read November 2026. */
export function streamMetric({ node, stream }: SalesStream, metricName: keyof typeof STREAM_METRICS): Metric {
  return new Metric({
    ...{
      ...SUM,
      statistic: STREAM_METRICS[metricName],
      metricName,
      namespace: 'AWS/Firehose',
      label: node.id,
    },
    dimensionsMap: { DeliveryStreamName: stream.ref },
  });
}
