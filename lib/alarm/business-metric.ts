import { Duration, Stage } from 'aws-cdk-lib';
import { MathExpression, Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type Construct } from 'constructs';
import {
  type DimensionsOf,
  METRIC_NAMESPACE,
  type MetricDimensions,
  type MetricName,
  METRICS,
} from '../../lambda/shared/metrics';
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

/** The ways in which a buyer whom the bank wanted does not get past it; a decline afterwards is none. */
const UNAUTHENTICATED = ['failed', 'expired', 'abandoned'] as const;

/**
 * Buyers whom their bank wanted and who did not get past it, as a percentage of those of whom it is known; 0 below 20 of them.
 *
 * A share, and no anomaly detection: CloudWatch learns what is usual from up to two weeks of a metric ("Using CloudWatch anomaly
 * detection", read November 2026), and a sale is an hour of crowds after days of nothing.
 */
export function unauthenticatedShare(scope: Construct): MathExpression {
  const ended = (authentication: MetricDimensions['authentication']) =>
    businessMetric(scope, 'Authentications', { authentication });
  const lost = Object.fromEntries(UNAUTHENTICATED.map((end) => [end, ended(end)]));
  const [these, all] = [
    UNAUTHENTICATED.join(', '),
    ['authenticated', 'declined', ...UNAUTHENTICATED].join(', '),
  ];
  return new MathExpression({
    expression: `IF(SUM([${all}]) >= 20, 100 * SUM([${these}]) / SUM([${all}]), 0)`,
    usingMetrics: { authenticated: ended('authenticated'), declined: ended('declined'), ...lost },
    label: 'not past their bank, % of those asked',
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
