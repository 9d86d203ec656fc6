import { type AwsResponse, UnsupportedLocally } from '../aws/aws-service';
import { ApiError, configurationError } from './api-error';
import { type Integration, integrationTarget } from './integration';
import { integrationRequestBody } from './integration-request';
import { integrationResponse } from './integration-response';
import { type Invocation, type Route } from './invocation';
import { proxyEvent, proxyResponse } from './lambda-proxy';
import { type IntegrationAnswer } from './parameter-mapping';
import { type RestApiPorts } from './ports';

const DEFAULT_TIMEOUT_MS = 29_000;

type IntegrationPorts = Pick<RestApiPorts, 'callService' | 'invokeFunction'>;

/** Calls what the method integrates with, and maps the answer back. */
export async function integrate(
  route: Route,
  invocation: Invocation,
  ports: IntegrationPorts,
): Promise<AwsResponse> {
  const { Integration: integration } = route.method;
  switch (integration.Type) {
    case 'MOCK':
      return mock(integration, invocation);
    case 'AWS_PROXY':
      return invokeProxy(integration, route, invocation, ports);
    case 'AWS':
      return callTarget(integration, invocation, ports);
  }
}

async function invokeProxy(
  integration: Integration,
  route: Route,
  invocation: Invocation,
  ports: IntegrationPorts,
): Promise<AwsResponse> {
  const { functionArn } = integrationTarget(integration.Uri!) as { functionArn: string };
  const event = proxyEvent(invocation, route);
  // Where Lambda itself refuses, API Gateway answers 502 and not the 504 of an unreachable endpoint.
  return proxyResponse(await inTime(integration, ports.invokeFunction(functionArn, event), 502));
}

async function callTarget(
  integration: Integration,
  invocation: Invocation,
  ports: IntegrationPorts,
): Promise<AwsResponse> {
  const target = integrationTarget(integration.Uri!);
  const body = integrationRequestBody(integration, invocation);
  if ('action' in target) {
    const call = ports.callService(target.service, target.action, body);
    const { headers = {}, ...answer } = await inTime(integration, call);
    return integrationResponse(integration, { ...answer, headers }, String(answer.statusCode), invocation);
  }
  const event = parseEvent(body);
  const payload = await inTime(integration, ports.invokeFunction(target.functionArn, event));
  const answer = { statusCode: 200, body: JSON.stringify(payload ?? null), headers: {} };
  const message = (payload as { errorMessage?: unknown } | null)?.errorMessage;
  return integrationResponse(integration, answer, typeof message === 'string' ? message : '', invocation);
}

/** A mock answers with the status that its own request template names; CDK writes it as `{ statusCode: 200 }`. */
function mock(integration: Integration, invocation: Invocation): AwsResponse {
  const body = integrationRequestBody(integration, invocation);
  const [, statusCode] = /[{,]\s*["']?statusCode["']?\s*:\s*(\d{3})\b/.exec(body) ?? [];
  if (!statusCode) {
    throw configurationError(
      'Unable to parse statusCode. It should be an integer that is defined in the request template.',
    );
  }
  const answer: IntegrationAnswer = { statusCode: Number(statusCode), body: '', headers: {} };
  return integrationResponse(integration, answer, statusCode, invocation);
}

/** Waits no longer than the integration's timeout; what was started runs on, as it does behind API Gateway. */
async function inTime<T>(integration: Integration, work: Promise<T>, failureStatus?: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new ApiError('INTEGRATION_TIMEOUT', 'Endpoint request timed out')),
      Number(integration.TimeoutInMillis ?? DEFAULT_TIMEOUT_MS),
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } catch (error) {
    if (error instanceof ApiError || error instanceof UnsupportedLocally) throw error;
    const message = failureStatus ? 'Internal server error' : 'Network error communicating with endpoint';
    throw new ApiError('INTEGRATION_FAILURE', message, { statusCode: failureStatus, cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function parseEvent(body: string): unknown {
  try {
    return JSON.parse(body || '{}');
  } catch (error) {
    throw configurationError(`The event for the function is not JSON: ${(error as Error).message}`);
  }
}
