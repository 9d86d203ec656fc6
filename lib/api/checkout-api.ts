import { Aws, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AuthorizationType,
  AwsIntegration,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  Model,
  PassthroughBehavior,
  RequestValidator,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { type Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { FailedPurchasesAlarm } from './failed-purchases-alarm';
import { type StageConfig } from '../config';
import { type NodeFunction } from '../node-function';
import { AccessLog } from './access-log';
import { CanaryDeployments } from './canary-deployments';
import { CrossOriginAccess } from './cors';
import { VIEWER_ADDRESS_HEADER } from '../web/storefront-distribution';
import { type LiveWorkflow } from '../workflow/live-workflow';
import { gatewayResponses } from './gateway-responses';
import { jsonSchemaOf } from './json-schema';
import { OriginSecret } from '../web/origin-secret';
import { refuseOtherMethods } from './other-methods';
import { serveDocument } from './served-document';
import {
  CANCELLATION_STARTS,
  CHECKOUT_STARTS,
  outcomeResponse,
  startFailedResponse,
  startRefusedResponse,
  startRequest,
  type WorkflowStart,
} from './purchase-templates';
import { RouteAlarm } from './route-alarm';
import { BODIES, followUpRoutes, methodsOf, provenRoutes, type RouteName, routeOf } from './routes';
import { viewerAddress } from './viewer-address';
import { WebAcl } from './web-acl';

const STAGE_NAME = 'v1';

/**
 * For the stage and for every method with settings of its own: a method's settings take the place of the stage's as a
 * whole, so one with throttles alone would have neither metrics nor a log (hashicorp/terraform-provider-aws #9738).
 */
const OBSERVED = {
  metricsEnabled: true,
  // Bodies hold personal data, so no data trace.
  loggingLevel: MethodLoggingLevel.ERROR,
  dataTraceEnabled: false,
};

export interface CheckoutApiProps {
  readonly config: StageConfig;
}

/** The HTTP API: some routes start the checkout directly, the others are functions. */
export class CheckoutApi extends Construct {
  readonly restApi: RestApi;
  /** What CloudFront shows the API and its firewall. Only where there is CloudFront. */
  readonly originSecret: OriginSecret | undefined;
  private readonly access: CrossOriginAccess;
  private readonly canary: CanaryDeployments | undefined;
  private failedPurchases: FailedPurchasesAlarm | undefined;

  constructor(scope: Construct, id: string, { config }: CheckoutApiProps) {
    super(scope, id);
    this.access = new CrossOriginAccess(config.allowedOrigins);
    this.canary = config.canary && new CanaryDeployments(this, 'Deployments', config.canary);
    const accessLog = new AccessLog(this, 'AccessLog', { retention: config.logRetention });
    this.restApi = new RestApi(this, 'Resource', {
      restApiName: `EventPro ${config.name}`,
      endpointTypes: [EndpointType.REGIONAL],
      defaultCorsPreflightOptions: this.access.preflight,
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName: STAGE_NAME,
        tracingEnabled: true,
        ...OBSERVED,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: accessLog.format,
        throttlingRateLimit: config.throttle.rate,
        throttlingBurstLimit: config.throttle.burst,
        methodOptions: {
          '/purchases/POST': {
            ...OBSERVED,
            throttlingRateLimit: config.purchaseThrottle.rate,
            throttlingBurstLimit: config.purchaseThrottle.burst,
          },
        },
      },
    });
    const secret = config.storefront && new OriginSecret(this, 'OriginSecret');
    this.originSecret = secret;
    if (config.webAcl) {
      new WebAcl(this, 'WebAcl', {
        ...{ ...config.webAcl, stage: this.restApi.deploymentStage },
        provenRoutes: provenRoutes(),
        followUps: followUpRoutes(),
        cloudFront: secret && { secret, viewerAddressHeader: VIEWER_ADDRESS_HEADER },
      });
    }
    acknowledgeFindings(this.restApi, config);
    for (const response of gatewayResponses(this.access.headers))
      this.restApi.addGatewayResponse(response.type.responseType, response);
    serveDocument(this.restApi, this.access);
    refuseOtherMethods(this.restApi, this.access);
  }

  /**
   * Base URL of the API, without a trailing slash. It names the stage instead of referring to it: a function behind
   * the API may know the URL without the stage waiting for the function.
   */
  get url(): string {
    return `https://${this.restApi.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}/${STAGE_NAME}`;
  }

  /** The routes that start a workflow, synchronously and with no function in between. */
  startWorkflows({ checkout, cancellation }: Record<'checkout' | 'cancellation', LiveWorkflow>): void {
    const role = new Role(this, 'StartRole', { assumedBy: new ServicePrincipal('apigateway.amazonaws.com') });
    checkout.grantStartSyncExecution(role);
    cancellation.grantStartSyncExecution(role);
    const validator = new RequestValidator(this, 'PurchaseValidator', {
      restApi: this.restApi,
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    const startAll = (starts: Record<string, WorkflowStart>, workflow: LiveWorkflow) => {
      for (const [name, start] of Object.entries(starts))
        this.startOn(name as RouteName, start, { workflow, role, validator });
    };
    startAll(CHECKOUT_STARTS, checkout);
    startAll(CANCELLATION_STARTS, cancellation);
  }

  private startOn(
    name: RouteName,
    start: WorkflowStart,
    { workflow, role, validator }: { workflow: LiveWorkflow; role: Role; validator: RequestValidator },
  ): void {
    const { method, path, body, signed, headers: required = {}, answers: successes } = routeOf(name);
    if (!body) throw new Error(`${name} has no schema for its body`);
    const { headers, template: allowOrigin } = this.access;
    const [success] = Object.keys(successes);
    const viewer = viewerAddress(this.originSecret?.reference);
    const header = (name: string) => `method.response.header.${name}`;
    const answers = (statusCode: string, template: string, selectionPattern?: string) => ({
      statusCode,
      selectionPattern,
      responseParameters: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [header(name), value]),
      ),
      responseTemplates: { 'application/json': allowOrigin + template },
    });
    const integration = new AwsIntegration({
      service: 'states',
      action: 'StartSyncExecution',
      integrationHttpMethod: 'POST',
      options: {
        credentialsRole: role,
        passthroughBehavior: PassthroughBehavior.NEVER,
        requestTemplates: { 'application/json': startRequest(start, workflow.arn, viewer) },
        integrationResponses: [
          answers(success!, outcomeResponse(start)),
          answers('400', startRefusedResponse(start), String.raw`4\d{2}`),
          answers('504', startFailedResponse(start), String.raw`5\d{2}`),
        ],
      },
    });
    this.restApi.root.resourceForPath(path).addMethod(method, integration, {
      authorizationType: signed ? AuthorizationType.IAM : AuthorizationType.NONE,
      requestParameters: Object.fromEntries(
        Object.keys(required).map((each) => [`method.request.header.${each}`, true]),
      ),
      requestModels: { 'application/json': this.modelOf(body) },
      requestValidator: validator,
      // These stand for all: the templates override the status with the purchase's or the problem's own.
      methodResponses: [success!, '400', '504'].map((statusCode) => ({
        statusCode,
        responseParameters: Object.fromEntries(Object.keys(headers).map((name) => [header(name), true])),
      })),
    });
  }

  /** One for each kind of body, whichever routes take it. */
  private modelOf(body: keyof typeof BODIES): Model {
    const id = `${body}Model`;
    const made = this.node.tryFindChild(id) as Model | undefined;
    return (
      made ??
      new Model(this, id, {
        restApi: this.restApi,
        modelName: body,
        description: `${body} of the API's document`,
        contentType: 'application/json',
        schema: jsonSchemaOf(BODIES[body]),
      })
    );
  }

  /** A route, or several, that a function answers. */
  route(names: RouteName | readonly RouteName[], fn: NodeFunction): void {
    const routes = [names].flat().map(routeOf);
    for (const { method, path, signed } of routes) {
      for (const each of methodsOf(method)) {
        // The console's test button may invoke nothing: a permission a method, and a template takes 500 resources.
        const integration = new LambdaIntegration(fn.live, { allowTestInvoke: false });
        this.restApi.root.resourceForPath(path).addMethod(each, integration, {
          authorizationType: signed ? AuthorizationType.IAM : AuthorizationType.NONE,
        });
      }
    }
    const { origins } = this.access;
    if (origins.length > 0) fn.addEnvironment(ENVIRONMENT.allowedOrigins, origins.join(','));
    this.canary?.add(fn.node.id, fn.live, [
      ...new Set(routes.flatMap(({ method, path }) => this.canaryAlarms(method, path))),
    ]);
  }

  /** What takes back a new version of what answers the route: its errors, and purchases that fail, whoever's fault it is. */
  canaryAlarms(method: string, path: string): Alarm[] {
    this.failedPurchases ??= new FailedPurchasesAlarm(this, 'FailedPurchasesAlarm');
    return [this.failedPurchases, this.alarmOn(method, path)];
  }

  private alarmOn(method: string, path: string): Alarm {
    return new RouteAlarm(this, `${method}${path.replaceAll(/\W+/g, '-')}Alarm`, {
      ...{ method, path, apiName: this.restApi.restApiName, apiStage: STAGE_NAME },
    });
  }
}

function acknowledgeFindings(restApi: RestApi, config: StageConfig): void {
  const acknowledge = (id: string, reason: string) => Validations.of(restApi).acknowledge({ id, reason });
  const open =
    'Anybody may buy: there is no account to log in to. Writing an event, cancelling a purchase and checking a ticket need an IAM signature';
  acknowledge('AwsSolutions-APIG4', open);
  acknowledge('AwsSolutions-COG4', open);
  acknowledge(
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    'API Gateway writes its logs by one role an account, and this is the policy AWS made for it',
  );
  if (!config.webAcl) {
    acknowledge(
      'AwsSolutions-APIG3',
      `The stage ${config.name} is configured without a firewall; throttling applies`,
    );
  }
}
