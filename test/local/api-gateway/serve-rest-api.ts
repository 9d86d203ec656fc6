import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { LocalClock } from '../../../local/core/clock';
import { createRestApi, type RestApiPorts } from '../../../local/api-gateway/rest-api';
import { RestApiDefinition } from '../../../local/api-gateway/rest-api-definition';

/** Ports that fail a test which did not expect a call. */
export function ports(given: Partial<RestApiPorts> = {}): RestApiPorts {
  return {
    invokeFunction: () => Promise.reject(new Error('no function was expected to be invoked')),
    callService: () => Promise.reject(new Error('no service was expected to be called')),
    clock: new LocalClock(),
    ...given,
  };
}

export const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:seats';
export const FUNCTION_URI = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`;
export const ACTION_URI = 'arn:aws:apigateway:us-east-1:states:action/StartSyncExecution';

export const PROXY = { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: FUNCTION_URI };
export const MOCK = {
  Type: 'MOCK',
  RequestTemplates: { 'application/json': '{ statusCode: 200 }' },
  IntegrationResponses: [{ StatusCode: '200' }],
};
export const OK = [{ StatusCode: '200' }];

/** An API with a stage `v1` and the methods given, keyed by `METHOD /path`. */
export function defineApi(methods: Record<string, Record<string, unknown>>): RestApiDefinition {
  const api = new RestApiDefinition('api1', { Name: 'tickets' });
  const resources = new Map([['', api.rootResourceId]]);
  for (const [route, properties] of Object.entries(methods)) {
    const [HttpMethod, path] = route.split(' ');
    let parent = '';
    for (const PathPart of path!.split('/').filter(Boolean)) {
      const own = `${parent}/${PathPart}`;
      if (!resources.has(own)) {
        api.addResource(own, { RestApiId: 'api1', ParentId: resources.get(parent), PathPart });
        resources.set(own, own);
      }
      parent = own;
    }
    const ResourceId = resources.get(parent);
    api.addMethod({ HttpMethod, ResourceId, RestApiId: 'api1', AuthorizationType: 'NONE', ...properties });
  }
  api.addStage({ RestApiId: 'api1', StageName: 'v1', Variables: { table: 'seats' } });
  return api;
}

const closers: (() => void)[] = [];

/** Serves the API over HTTP on a free port of the loopback interface. */
export async function serve(
  definition: RestApiDefinition,
  given: Partial<RestApiPorts> = {},
): Promise<string> {
  const api = createRestApi(definition, ports(given));
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const [path, query] = incoming.url!.split(/\?(.*)/s);
      const headers = Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      );
      api
        .handle({
          method: incoming.method!,
          path: path!,
          query: new URLSearchParams(query),
          headers,
          headerNames: Object.fromEntries(
            incoming.rawHeaders
              .map((name) => [name.toLowerCase(), name])
              .filter((_, index) => index % 2 === 0),
          ),
          body: Buffer.concat(chunks),
        })
        .then(({ statusCode, headers: own, body }) => outgoing.writeHead(statusCode, own).end(body))
        .catch((error: Error) => outgoing.writeHead(501).end(error.message));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function closeServers(): void {
  for (const close of closers.splice(0)) close();
}
