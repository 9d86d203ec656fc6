import { randomBytes, randomUUID } from 'node:crypto';
import { type AwsRequest, LOCAL_ACCOUNT } from '../aws/aws-service';
import { type Method, type Resource } from './method';
import { type MethodRequestParameters } from './template-input';
import { type JavaMap, type JavaValue } from './velocity/java-value';

/** Headers that belong to the connection: no mapping and no integration sees them. */
const HOP_BY_HOP = new Set([
  'connection', 'content-length', 'content-md5', 'expect', 'max-forwards', 'proxy-authenticate', 'server', 'te',
  'trailer', 'transfer-encoding', 'upgrade', 'www-authenticate',
]); // prettier-ignore

/** One request on its way through the API. */
export interface Invocation {
  readonly request: AwsRequest;
  /** Path below the stage, still percent-encoded. */
  readonly path: string;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly stageName: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** `$context`, written to by mapping templates. */
  readonly context: JavaMap;
  /** Filled in as soon as the request is routed. */
  parameters: MethodRequestParameters;
}

/** A request that has found its method. */
export interface Route {
  readonly resource: Resource;
  readonly method: Method;
  readonly pathParameters: Readonly<Record<string, string>>;
}

export function beginInvocation(
  request: AwsRequest,
  api: {
    readonly apiId: string;
    readonly basePath: string;
    readonly stageName: string;
    readonly stageVariables: Readonly<Record<string, string>>;
    readonly now: number;
  },
): Invocation {
  const requestId = randomUUID();
  return {
    request,
    path: request.path.slice(api.basePath.length) || '/',
    requestId,
    receivedAt: api.now,
    stageName: api.stageName,
    stageVariables: api.stageVariables,
    context: newContext(request, { ...api, requestId }),
    parameters: {
      path: {},
      querystring: lastValues(request.query),
      header: endToEnd(request.headers),
      headerNames: request.headerNames ?? {},
    },
  };
}

/** Adds what is known only once the request is routed. */
export function routeInvocation(invocation: Invocation, { resource, pathParameters }: Route): void {
  invocation.context.set('resourceId', resource.id).set('resourcePath', resource.path);
  invocation.parameters = { ...invocation.parameters, path: pathParameters };
}

/** Every address of 127.0.0.0/8 is this machine, so whoever wants to be several people binds several of them. */
export function sourceIpOf({ sourceIp = '127.0.0.1' }: AwsRequest): string {
  return sourceIp;
}

function newContext(
  request: AwsRequest,
  api: {
    readonly apiId: string;
    readonly stageName: string;
    readonly now: number;
    readonly requestId: string;
  },
): JavaMap {
  const domainName = request.headers.host ?? 'localhost';
  return new Map<string, JavaValue>([
    ['accountId', LOCAL_ACCOUNT],
    ['apiId', api.apiId],
    ['domainName', domainName],
    ['domainPrefix', domainName.split('.')[0]!],
    ['extendedRequestId', `${randomBytes(11).toString('base64').slice(0, 15)}=`],
    ['httpMethod', request.method],
    [
      'identity',
      new Map([
        ['sourceIp', sourceIpOf(request)],
        ['userAgent', request.headers['user-agent'] ?? null],
      ]),
    ],
    ['path', request.path],
    ['protocol', 'HTTP/1.1'],
    ['requestId', api.requestId],
    ['requestTime', commonLogTime(api.now)],
    ['requestTimeEpoch', api.now],
    ['stage', api.stageName],
    ['requestOverride', emptyMaps('header', 'path', 'querystring')],
    ['responseOverride', emptyMaps('header')],
  ]);
}

function emptyMaps(...names: string[]): JavaMap {
  return new Map<string, JavaValue>(names.map((name) => [name, new Map<string, JavaValue>()]));
}

/** `21/Nov/2026:12:26:30 +0000` */
function commonLogTime(time: number): string {
  const [, day, month, year, clock] = new Date(time).toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}

function endToEnd(headers: AwsRequest['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}

function lastValues(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries(query);
}
