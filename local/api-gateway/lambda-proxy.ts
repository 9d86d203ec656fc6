import { type AwsResponse, UnsupportedLocally } from '../aws/aws-service';
import { ApiError } from './api-error';
import { type Invocation, type Route, sourceIpOf } from './invocation';
import { headersAsSent } from './template-input';
import { toJsonText } from './velocity/json-text';

/** API Gateway sets these itself; what the function says comes out under another name. */
const REMAPPED = new Set(['connection', 'content-length', 'date', 'server']);
const RESPONSE_FIELDS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);
const IDENTITY_FIELDS = [
  'accessKey', 'accountId', 'caller', 'cognitoAuthenticationProvider', 'cognitoAuthenticationType',
  'cognitoIdentityId', 'cognitoIdentityPoolId', 'principalOrgId', 'sourceIp', 'user', 'userAgent', 'userArn',
]; // prettier-ignore

/** The event of a Lambda proxy integration (payload version 1.0). Absent maps are null, as in AWS. */
export function proxyEvent(
  invocation: Invocation,
  { resource, pathParameters }: Route,
): Record<string, unknown> {
  const { request, parameters } = invocation;
  const headers = proxyHeaders(invocation);
  const { responseOverride: _response, requestOverride: _request, identity, ...context } = plain(invocation);
  return {
    resource: resource.path,
    path: invocation.path,
    httpMethod: request.method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: orNull(parameters.querystring),
    multiValueQueryStringParameters: orNull(
      Object.fromEntries(
        [...new Set(request.query.keys())].map((name) => [name, request.query.getAll(name)]),
      ),
    ),
    pathParameters: orNull(pathParameters),
    stageVariables: orNull(invocation.stageVariables),
    requestContext: {
      ...context,
      identity: Object.fromEntries(
        IDENTITY_FIELDS.map((field) => [field, (identity as Record<string, unknown>)[field] ?? null]),
      ),
    },
    body: request.body.toString() || null,
    // Binary media types are refused, and without them API Gateway takes every body for text.
    isBase64Encoded: false,
  };
}

/** @throws ApiError 502 if the function did not return `{statusCode?, headers?, multiValueHeaders?, body?, isBase64Encoded?}` */
export function proxyResponse(payload: unknown): AwsResponse {
  if (!isProxyResponse(payload)) {
    throw new ApiError('API_CONFIGURATION_ERROR', 'Internal server error', {
      statusCode: 502,
      cause: new Error(`Malformed Lambda proxy response: ${JSON.stringify(payload)}`),
    });
  }
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const [name, value] of Object.entries(payload.headers ?? {})) setHeader(headers, name, [value]);
  for (const [name, values] of Object.entries(payload.multiValueHeaders ?? {}))
    setHeader(headers, name, values);
  return { statusCode: Number(payload.statusCode ?? 200), headers, body: payload.body ?? '' };
}

interface ProxyResponse {
  readonly statusCode?: number | string;
  readonly headers?: Readonly<Record<string, HeaderValue>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly HeaderValue[]>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

type HeaderValue = string | number | boolean;

function isProxyResponse(payload: unknown): payload is ProxyResponse {
  if (!isRecord(payload) || Object.keys(payload).some((field) => !RESPONSE_FIELDS.has(field))) return false;
  const { statusCode = 200, headers, multiValueHeaders, body } = payload;
  return (
    /^[1-5]\d\d$/.test(String(statusCode)) &&
    (body == null || typeof body === 'string') &&
    (headers == null || (isRecord(headers) && Object.values(headers).every(isHeaderValue))) &&
    (multiValueHeaders == null ||
      (isRecord(multiValueHeaders) && Object.values(multiValueHeaders).every(isHeaderList)))
  );
}

function isHeaderValue(value: unknown): value is HeaderValue {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function isHeaderList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isHeaderValue);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function setHeader(headers: Record<string, string>, name: string, values: readonly HeaderValue[]): void {
  const key = name.toLowerCase();
  if (key === 'set-cookie' && values.length > 1)
    throw new UnsupportedLocally('Several Set-Cookie headers in one response');
  headers[REMAPPED.has(key) ? `x-amzn-remapped-${key}` : key] = values.join(', ');
}

function proxyHeaders({ request, requestId, receivedAt, parameters }: Invocation): Record<string, string> {
  const trace = `${Math.floor(receivedAt / 1000).toString(16)}-${requestId.replaceAll('-', '').slice(0, 24)}`;
  return {
    ...Object.fromEntries(headersAsSent(parameters)),
    'X-Amzn-Trace-Id': `Root=1-${trace}`,
    'X-Forwarded-For': sourceIpOf(request),
    'X-Forwarded-Port': /:(\d+)$/.exec(request.headers.host ?? '')?.[1] ?? '80',
    'X-Forwarded-Proto': 'http',
  };
}

function plain({ context }: Invocation): Record<string, unknown> {
  return JSON.parse(toJsonText(context)) as Record<string, unknown>;
}

function orNull<T extends object>(map: T): T | null {
  return Object.keys(map).length > 0 ? map : null;
}
