import { Duration, Stage } from 'aws-cdk-lib';
import { MathExpression, Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type Construct } from 'constructs';
import { type DimensionsOf, METRIC_NAMESPACE, type MetricName, METRICS } from '../../lambda/shared/metrics';
import { CHECKOUT } from '../../lambda/checkout/outcomes';
import { faultsOf } from '../../lambda/shared/outcomes';
import { type ProblemCode, PROBLEMS } from '../../lambda/shared/problem';

/**
 * The codes of purchases that failed by our fault. `OUTCOME_UNKNOWN` is none: nobody has counted how such a purchase ends,
 * and when it has ended, it has another code.
 */
export const OUR_FAILURES: readonly ProblemCode[] = faultsOf(CHECKOUT).map(
  ({ problem }) => PROBLEMS[problem].code,
);

/** A metric that the functions of this stage write: the sum of a count, the maximum of an age, over 5 minutes. */
export function businessMetric<Name extends MetricName>(
  scope: Construct,
  name: Name,
  dimensions: DimensionsOf<Name>,
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { service: Stage.of(scope)!.stageName, ...(dimensions as Record<string, string>) },
    statistic: METRICS[name].unit === 'Count' ? Stats.SUM : Stats.MAXIMUM,
    period: Duration.minutes(5),
    label: Object.values<string>(dimensions).join(' ') || name,
    ...options,
  });
}

/**
 * Declined payments as a percentage of those that got a definite answer, over 15 minutes; 0 below 20 of them, where a
 * share says nothing. `SUM` over a list skips what has no data: a metric exists only while something is counted.
 */
export function declinedShare(scope: Construct): MathExpression {
  const payments = (outcome: 'CONFIRMED' | 'PAYMENT_DECLINED' | 'PAYMENT_ACTION_REQUIRED') =>
    businessMetric(scope, 'Purchases', { outcome });
  return new MathExpression({
    expression:
      'IF(SUM([confirmed, declined, action]) >= 20, 100 * SUM([declined, action]) / SUM([confirmed, declined, action]), 0)',
    usingMetrics: {
      confirmed: payments('CONFIRMED'),
      declined: payments('PAYMENT_DECLINED'),
      action: payments('PAYMENT_ACTION_REQUIRED'),
    },
    label: 'declined, % of payments',
    period: Duration.minutes(15),
  });
}

/** Purchases that failed by our fault, as a percentage of those that could have been confirmed. */
export function failedShare(scope: Construct, period: Duration): MathExpression {
  const count = (outcome: 'CONFIRMED' | ProblemCode) => businessMetric(scope, 'Purchases', { outcome });
  const failed = Object.fromEntries(OUR_FAILURES.map((code) => [code.toLowerCase(), count(code)]));
  const failures = Object.keys(failed).join(', ');
  return new MathExpression({
    expression: `100 * SUM([${failures}]) / SUM([confirmed, ${failures}])`,
    usingMetrics: { confirmed: count('CONFIRMED'), ...failed },
    label: 'failed by our fault, % of purchases',
    period,
  });
}
