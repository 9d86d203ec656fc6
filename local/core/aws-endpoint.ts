import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { AwsError, errorResponse } from '../aws/aws-error';
import { type AwsRequest, type AwsResponse, type AwsService, UnsupportedLocally } from '../aws/aws-service';
import { isForeignChange, isThisMachine } from '../http/own-requests';
import { credentialScope } from './sigv4';

export interface AwsEndpointOptions {
  /** @default 0, a free port */
  readonly port?: number;
  /** Largest request body in bytes; more is answered 413. @default 64 MiB */
  readonly maxBodyBytes?: number;
  /** Awaited between what a service has done and its answer. @default nothing */
  readonly beforeAnswer?: (signingName: string) => Promise<void>;
}

export interface AwsEndpoint {
  /** `http://127.0.0.1:<port>`, the value of `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** Stops listening and ends every connection at once, idle, kept alive or in a long poll. */
  close(): Promise<void>;
}

/**
 * Serves all services on one port of the loopback interface, each chosen by the signing name of the request.
 *
 * @param services as long as they are not known, requests wait
 */
export async function startAwsEndpoint(
  services: readonly AwsService[] | Promise<readonly AwsService[]>,
  { port = 0, maxBodyBytes = 64 * 1024 * 1024, beforeAnswer = async () => {} }: AwsEndpointOptions = {},
): Promise<AwsEndpoint> {
  const byName = Promise.resolve(services).then(
    (known) => new Map(known.map((service) => [service.signingName, service])),
  );
  const server = createServer((request, response) => {
    answer(byName, request, { maxBodyBytes, beforeAnswer })
      .then((result) => send(response, result))
      // The client hung up while its body was read: there is nobody left to answer.
      .catch(() => response.destroy());
  });
  // SDK agents keep connections open; closing one as it is being reused would reset that request.
  server.keepAliveTimeout = 120_000;

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  services: Promise<ReadonlyMap<string, AwsService>>,
  incoming: IncomingMessage,
  { maxBodyBytes, beforeAnswer }: Required<Pick<AwsEndpointOptions, 'maxBodyBytes' | 'beforeAnswer'>>,
): Promise<AwsResponse> {
  const head = requestHead(incoming);
  const name = credentialScope(head)?.service;
  const body = await readBody(incoming, maxBodyBytes);
  if (!body) {
    const tooLarge = new AwsError('EntityTooLarge', `The body exceeds ${maxBodyBytes} bytes`, {
      statusCode: 413,
    });
    // The rest of the body is still on its way: the connection cannot be used again.
    const response = errorResponse(head, name, tooLarge);
    return { ...response, headers: { ...response.headers, connection: 'close' } };
  }
  const request = { ...head, body };
  try {
    refuseForeign(head);
    const service = serviceFor(await services, name);
    const response = await service.handle(request);
    await beforeAnswer(service.signingName);
    return response;
  } catch (error) {
    return errorResponse(request, name, asAwsError(error));
  }
}

/** The keys are public, so a signature keeps no page away: it could make its own. A link to an object may be followed. */
function refuseForeign(request: AwsRequest): void {
  const { host } = request.headers;
  if (!isThisMachine(host)) throw accessDenied(421, `This endpoint is 127.0.0.1 or localhost, not ${host}`);
  if (isForeignChange(request)) {
    throw accessDenied(403, 'The request comes from a page in a browser');
  }
}

function accessDenied(statusCode: number, message: string): AwsError {
  return new AwsError('AccessDenied', message, { statusCode });
}

function serviceFor(services: ReadonlyMap<string, AwsService>, name: string | undefined): AwsService {
  if (!name) {
    throw new AwsError(
      'MissingAuthenticationToken',
      'The request is not signed, so it names no service: sign it with Signature Version 4',
      { statusCode: 403 },
    );
  }
  const service = services.get(name);
  if (!service) throw new UnsupportedLocally(`The AWS service '${name}'`);
  return service;
}

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  // 501 and not 500 or 503: those the SDKs would retry.
  if (error instanceof UnsupportedLocally)
    return new AwsError(error.name, error.message, { statusCode: 501 });
  if (error instanceof SyntaxError) return new AwsError('SerializationException', error.message);
  const message = error instanceof Error ? error.message : String(error);
  return new AwsError('InternalFailure', message, { statusCode: 500 });
}

function requestHead(incoming: IncomingMessage): AwsRequest {
  const [path, query] = incoming.url!.split(/\?(.*)/s);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: incoming.method!,
    path: path!,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.alloc(0),
  };
}

/** The whole body, or nothing if it is larger than allowed. */
async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { statusCode, headers, body = '' }: AwsResponse): void {
  const length =
    statusCode === 204 || statusCode === 304 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(statusCode, { 'x-amzn-requestid': randomUUID(), ...length, ...headers });
  response.end(body);
}
