import { RemovalPolicy, Stage } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, LogGroup, MetricFilter, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type Construct } from 'constructs';

/** The namespace of what is counted in the access log. */
export const ACCESS_LOG_NAMESPACE = 'EventPro/Api';

/** What a client was answered, by the first digit of the status. */
const ANSWERS = { ClientErrors: '4*', ServerErrors: '5*' } as const;

const PER_ROUTE = ['service', 'method', 'resource'] as const;

/** A route as the access log names it: `POST`, `/purchases`. */
export interface LoggedRoute {
  readonly method: string;
  readonly path: string;
}

/**
 * The API's access log, and the metrics that are counted in it.
 *
 * API Gateway's own `4XXError` and `5XXError` may or may not count a status that a mapping template has set: no page of
 * AWS says so. `$context.status` of the log is "the method response status" (API Gateway, "Variables for access logging",
 * read November 2026), which the client got. So alarms watch these metrics.
 */
export class AccessLog extends LogGroup {
  readonly format: AccessLogFormat;

  constructor(scope: Construct, id: string, { retention }: { readonly retention: RetentionDays }) {
    super(scope, id, { retention, removalPolicy: RemovalPolicy.DESTROY });
    // The route and, for signed routes, the caller; no parameters. Buyers have no account, and their address is personal
    // data, which this log does without.
    this.format = AccessLogFormat.custom(
      JSON.stringify({
        // Not a value of API Gateway: it tells the metrics of two stages apart.
        service: serviceOf(this),
        requestId: '$context.requestId',
        // AWS Support asks for it, and the functions' logs and traces have it.
        extendedRequestId: '$context.extendedRequestId',
        xrayTraceId: '$context.xrayTraceId',
        requestTime: '$context.requestTime',
        caller: '$context.identity.userArn',
        method: '$context.httpMethod',
        resource: '$context.resourcePath',
        status: '$context.status',
        latency: '$context.responseLatency',
        integrationLatency: '$context.integrationLatency',
        error: '$context.error.responseType',
      }),
    );
    this.count('ClientErrors', ['service']);
    this.count('ServerErrors', ['service']);
    // A filter has no default value where it has dimensions: nothing is written, and billed, for a route without an error.
    this.count('ServerErrors', PER_ROUTE);
  }

  private count(name: keyof typeof ANSWERS, dimensions: readonly string[]): void {
    new MetricFilter(this, `${name}${dimensions.length > 1 ? 'ByRoute' : ''}`, {
      logGroup: this,
      metricNamespace: ACCESS_LOG_NAMESPACE,
      metricName: name,
      metricValue: '1',
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue('$.status', '=', ANSWERS[name]),
        ...dimensions.map((field) => FilterPattern.exists(`$.${field}`)),
      ),
      dimensions: Object.fromEntries(dimensions.map((field) => [field, `$.${field}`])),
    });
  }
}

/** How many answers of the API, or of one route, were 4xx or 5xx. */
export function answersLogged(
  scope: Construct,
  name: keyof typeof ANSWERS,
  { route, ...options }: MetricOptions & { readonly route?: LoggedRoute } = {},
): Metric {
  return new Metric({
    namespace: ACCESS_LOG_NAMESPACE,
    metricName: name,
    dimensionsMap: {
      service: serviceOf(scope),
      ...(route && { method: route.method, resource: route.path }),
    },
    statistic: Stats.SUM,
    ...options,
  });
}

function serviceOf(scope: Construct): string {
  return Stage.of(scope)!.stageName;
}
