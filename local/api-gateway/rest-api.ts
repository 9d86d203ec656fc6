import {
  type AwsRequest,
  type AwsResponse,
  LOCAL_ACCOUNT,
  LOCAL_CREDENTIALS,
  LOCAL_REGION,
  UnsupportedLocally,
} from '../aws/aws-service';
import { credentialScope, verifySignature } from '../core/sigv4';
import { ApiError } from './api-error';
import { gatewayErrorResponse } from './gateway-response';
import { integrate } from './integration-call';
import { beginInvocation, type Invocation, type Route, routeInvocation, sourceIpOf } from './invocation';
import { type RestApiPorts } from './ports';
import { validateRequest } from './request-validation';
import { ResourceTree } from './resource-tree';
import { type Resource } from './method';
import { type RestApiDefinition } from './rest-api-definition';
import { type JavaMap } from './velocity/java-value';

export { type RestApiPorts } from './ports';

const MAX_BODY_BYTES = 10_485_760;

export interface RestApi {
  /** Rejects with UnsupportedLocally where a template meets something this run does not know; answers everything else. */
  handle(request: AwsRequest): Promise<AwsResponse>;
}

/** Serves a REST API (API Gateway v1) as its definition says. */
export function createRestApi(definition: RestApiDefinition, ports: RestApiPorts): RestApi {
  return new ServedRestApi(definition, ports);
}

class ServedRestApi implements RestApi {
  private readonly tree = new ResourceTree<Resource>();
  private readonly basePath: string;

  constructor(
    private readonly definition: RestApiDefinition,
    private readonly ports: RestApiPorts,
  ) {
    this.basePath = (ports.basePath ?? `/${definition.stage.name}`).replace(/\/$/, '');
    for (const resource of definition.resources.values()) this.tree.add(resource.path, resource);
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    if (!`${request.path}/`.startsWith(`${this.basePath}/`)) return forbidden();
    const invocation = beginInvocation(request, {
      apiId: this.definition.restApiId,
      basePath: this.basePath,
      stageName: this.definition.stage.name,
      stageVariables: this.definition.stage.variables,
      now: this.ports.clock.now(),
    });
    const response = await this.answer(invocation);
    const headers = {
      // As the clock that everything behind the API goes by: a page reckons with it how much time is left.
      date: new Date(this.ports.clock.now()).toUTCString(),
      'x-amzn-requestid': invocation.requestId,
      'x-amz-apigw-id': invocation.context.get('extendedRequestId') as string,
    };
    return { ...response, headers: { ...response.headers, ...headers } };
  }

  private async answer(invocation: Invocation): Promise<AwsResponse> {
    try {
      this.filter(invocation);
      if (invocation.request.body.length > MAX_BODY_BYTES) {
        throw new ApiError('REQUEST_TOO_LARGE', `HTTP content length exceeded ${MAX_BODY_BYTES} bytes.`);
      }
      const route = this.route(invocation);
      routeInvocation(invocation, route);
      if (route.method.AuthorizationType === 'AWS_IAM') await this.authorize(invocation);
      const validator = this.definition.validators.get(route.method.RequestValidatorId ?? '');
      if (validator) validateRequest(route.method, invocation, validator, this.definition.models);
      return await integrate(route, invocation, this.ports);
    } catch (error) {
      if (error instanceof UnsupportedLocally) throw error;
      const apiError =
        error instanceof ApiError
          ? error
          : new ApiError('API_CONFIGURATION_ERROR', 'Internal server error', { cause: error });
      this.log(invocation, apiError.cause);
      return gatewayErrorResponse(apiError, invocation, this.definition.gatewayResponses);
    }
  }

  /** To the firewall a path begins with the stage, under whatever path the API is served here. */
  private filter({ request, path, stageName, receivedAt }: Invocation): void {
    const { method, headers } = request;
    const asked = { method, headers, uriPath: `/${stageName}${path}`, sourceIp: sourceIpOf(request) };
    const blocked = this.definition.webAcl?.blockedBy(asked, receivedAt);
    if (blocked !== undefined) throw new ApiError('WAF_FILTERED', 'Forbidden');
  }

  private log({ requestId }: Invocation, cause: unknown): void {
    if (cause === undefined) return;
    this.ports.executionLog?.(
      `(${requestId}) ${cause instanceof Error ? cause.message : JSON.stringify(cause)}`,
    );
  }

  /** An unknown path and an unknown method are the same to API Gateway: as if an unsigned call went to an AWS service. */
  private route({ path, request }: Invocation): Route {
    const match = this.tree.find(path);
    const method = match?.leaf.methods.get(request.method) ?? match?.leaf.methods.get('ANY');
    if (!match || !method) throw new ApiError('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
    return { resource: match.leaf, method, pathParameters: match.pathParameters };
  }

  private async authorize({ request, context, path }: Invocation): Promise<void> {
    const { clock, policyOf = () => undefined } = this.ports;
    const check = await (this.ports.verifySignature ?? verifySignature)(request, {
      ...{ service: 'execute-api', clock },
      isUser: (accessKeyId) => policyOf(accessKeyId) !== undefined,
    });
    if (!check.ok) {
      if (check.code === 'MissingAuthenticationToken') {
        throw new ApiError('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
      }
      throw new ApiError(
        check.code.startsWith('AccessDenied') ? 'ACCESS_DENIED' : 'INVALID_SIGNATURE',
        check.message,
      );
    }
    const { accessKeyId = LOCAL_CREDENTIALS.accessKeyId } = credentialScope(request) ?? {};
    const policy = policyOf(accessKeyId);
    const user = policy ? accessKeyId : LOCAL_ACCOUNT;
    const userArn = `arn:aws:iam::${LOCAL_ACCOUNT}:${policy ? `user/${user}` : 'root'}`;
    const { restApiId, stage } = this.definition;
    const called = `arn:aws:execute-api:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${restApiId}/${stage.name}/${request.method}${path}`;
    if (policy && !policy.allows('execute-api:Invoke', called)) {
      const denied = `User: ${userArn} is not authorized to perform: execute-api:Invoke on resource: ${called}`;
      throw new ApiError('ACCESS_DENIED', denied);
    }
    (context.get('identity') as JavaMap)
      .set('accessKey', accessKeyId)
      .set('accountId', LOCAL_ACCOUNT)
      .set('caller', user)
      .set('user', user)
      .set('userArn', userArn);
  }
}

/** What API Gateway's front door says of a stage that does not exist; no gateway response can change it. */
function forbidden(): AwsResponse {
  return {
    statusCode: 403,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'ForbiddenException' },
    body: '{"message":"Forbidden"}',
  };
}
