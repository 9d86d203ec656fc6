import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * The sum of metrics over 5 minutes, where those without data count nothing. CloudWatch takes ten of them in an alarm.
 *
 * @param name its label, and what its metrics' ids begin with, which differ from those of its neighbours in a graph
 */
export function total(name: string, metrics: readonly IMetric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`${name}${index}`, metric]));
  return new MathExpression({
    // Not METRICS(), which in a graph means those of the neighbours too.
    expression: `SUM([${Object.keys(usingMetrics).join(', ')}])`,
    usingMetrics,
    label: name,
    period: Duration.minutes(5),
  });
}
