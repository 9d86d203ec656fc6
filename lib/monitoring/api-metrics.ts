import { Duration } from 'aws-cdk-lib';
import { type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** Milliseconds from the request to the answer of one route, over 5 minutes. */
export function routeLatency(restApi: RestApi, method: string, path: string, statistic: string): Metric {
  const route = restApi.methods.find(
    ({ httpMethod, resource }) => httpMethod === method && resource.path === path,
  );
  if (!route) throw new Error(`The API has no route ${method} ${path}`);
  return route.metricLatency(restApi.deploymentStage, {
    statistic,
    period: Duration.minutes(5),
    label: `${method} ${path} ${statistic}`,
  });
}
