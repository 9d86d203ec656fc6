import { Metrics } from '@aws-lambda-powertools/metrics';
import { correlationIds } from './logger';
import { type DimensionsOf, METRIC_NAMESPACE, type MetricName, METRICS } from './metrics';

/** The dimension `service` comes from `POWERTOOLS_SERVICE_NAME`: the stage, so that two stages do not mix. */
const emf = new Metrics({ namespace: METRIC_NAMESPACE });

/**
 * Writes metrics that share their dimensions as one log line in CloudWatch's embedded metric format: no call, no wait,
 * and it cannot fail the invocation.
 *
 * The line also carries the invocation's ids, and `properties`, which CloudWatch keeps in the log alone: a line of
 * metrics is the only one that a purchase without trouble leaves behind.
 */
export function measure<Name extends MetricName>(
  values: Readonly<Record<Name, number>>,
  dimensions: DimensionsOf<Name>,
  properties: Readonly<Record<string, string | number | readonly string[]>> = {},
): void {
  for (const [name, value] of Object.entries<string>(dimensions)) emf.addDimension(name, value);
  for (const [name, value] of Object.entries<number>(values)) {
    emf.addMetric(name, METRICS[name as MetricName].unit, value);
  }
  for (const [key, value] of Object.entries({ ...correlationIds(), ...traceId(), ...properties })) {
    emf.addMetadata(key, value);
  }
  emf.publishStoredMetrics();
}

/** As the log lines have it: `Root=1-…;Parent=…` without the parent. */
function traceId(): { xray_trace_id?: string } {
  const root = /Root=([^;]+)/.exec(process.env['_X_AMZN_TRACE_ID'] ?? '')?.[1];
  return root ? { xray_trace_id: root } : {};
}
