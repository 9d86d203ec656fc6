import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type Construct } from 'constructs';
import { RunbookAlarm } from '../monitoring/runbook-alarm';

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

/** Sounds while a new version takes over and a route answers more than one request in fifty with a 5xx. */
export class RouteAlarm extends RunbookAlarm {
  constructor(scope: Construct, id: string, { apiName, apiStage, method, path }: RouteAlarmProps) {
    super(scope, id, {
      impact: `One in fifty callers of ${method} ${path} gets an error; a deployment under way is taken back.`,
      runbook: 'A deployment is taken back',
      metric: new Metric({
        namespace: 'AWS/ApiGateway',
        metricName: '5XXError',
        dimensionsMap: { ApiName: apiName, Stage: apiStage, Method: method, Resource: path },
        // Of this metric the average is the share of all requests.
        statistic: 'Average',
        period: Duration.minutes(1),
      }),
      threshold: 0.02,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      // One bad minute of three can be chance, and a canary of five minutes still sees two.
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    });
  }
}
