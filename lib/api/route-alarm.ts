import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type Construct } from 'constructs';
import { RunbookAlarm } from '../alarm/runbook-alarm';
import { answersLogged } from './access-log';

export interface RouteAlarmProps {
  /**
   * The names as they are in the metric, not references: the alarm comes before the route's function changes, so it must
   * not wait for the API that comes after it.
   */
  readonly apiName: string;
  readonly apiStage: string;
  readonly method: string;
  readonly path: string;
}

/** One bad minute of three can be chance, and a canary of five minutes still sees two. */
export const TWO_MINUTES_OF_THREE = {
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
};

/** Sounds while a new version takes over and a route answers more than one request in fifty with a 5xx. */
export class RouteAlarm extends RunbookAlarm {
  constructor(scope: Construct, id: string, { apiName, apiStage, method, path }: RouteAlarmProps) {
    super(scope, id, {
      impact: `One in fifty callers of ${method} ${path} gets an error; a deployment under way is taken back.`,
      runbook: 'A deployment is taken back',
      metric: new MathExpression({
        // Two services write the two metrics: where a minute's requests are not there yet, its errors count as all of them.
        expression: '100 * errors / FILL(requests, 1)',
        usingMetrics: {
          errors: answersLogged(scope, 'ServerErrors', { route: { method, path } }),
          requests: new Metric({
            namespace: 'AWS/ApiGateway',
            metricName: 'Count',
            dimensionsMap: { ApiName: apiName, Stage: apiStage, Method: method, Resource: path },
            statistic: Stats.SUM,
          }),
        },
        label: `${method} ${path}: 5xx, % of requests`,
        period: Duration.minutes(1),
      }),
      threshold: 2,
      ...TWO_MINUTES_OF_THREE,
    });
  }
}
