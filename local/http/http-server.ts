import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type AwsRequest, type AwsResponse, UnsupportedLocally } from '../aws/aws-service';
import { isThisMachine } from './own-requests';

/** A body that is a stream is sent as it comes, and destroyed when the client has gone. */
export interface HttpResponse extends Omit<AwsResponse, 'body'> {
  readonly body?: AwsResponse['body'] | Readable;
}

/** Answers a request, or says by `undefined` that it is for another handler. */
export type HttpHandler = (
  request: AwsRequest,
) => Promise<HttpResponse | undefined> | HttpResponse | undefined;

export interface HttpServer {
  readonly url: string;
  /** From here on requests are answered; until then they wait. */
  serve(handlers: readonly HttpHandler[]): void;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

/** Bytes; API Gateway refuses above 10 MB, so a little more must come through to be refused by it. */
const MAX_BODY = 11 * 1024 * 1024;

/** Connections that may wait to be accepted, as far as the system lets them: a sale begins with all buyers at once. */
const BACKLOG = 4096;

/**
 * Listens on the loopback interface, and answers what is addressed to this machine.
 *
 * @param port 0 picks a free one
 * @param warn hears why a request was answered with a 500
 * @throws Error that names the port when it is taken
 */
export async function listen(
  port: number,
  warn: (message: string) => void = () => undefined,
): Promise<HttpServer> {
  let serve!: (handlers: readonly HttpHandler[]) => void;
  const serving = new Promise<readonly HttpHandler[]>((resolve) => (serve = resolve));

  const server = createServer((request, response) => {
    answer(request, serving)
      .then((answered) => send(response, answered))
      .catch((error: unknown) => {
        if (!request.complete) return void response.destroy(); // The client hung up while it was read.
        const { method, url } = request;
        warn(`${method} ${url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        if (response.headersSent) return void response.destroy();
        return send(response, failure(error));
      });
  });
  // An idle connection that the browser is about to use again must not be cut in that moment.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`Port ${port} is in use. ${otherPort(port)}`) : error),
    );
    server.listen({ port, host: '127.0.0.1', backlog: BACKLOG }, resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function otherPort(port: number): string {
  const next = port < 65_535 ? `PORT=${port + 1} npm start, or ` : '';
  return `Choose another one: ${next}PORT=0 ${next ? '' : 'npm start '}for any free one`;
}

async function answer(
  request: IncomingMessage,
  serving: Promise<readonly HttpHandler[]>,
): Promise<HttpResponse> {
  const body = await read(request);
  if (!body) return text(413, 'The request is too large.');
  const { host } = request.headers;
  if (!isThisMachine(host)) return text(421, `This server is 127.0.0.1 or localhost, not ${host}.`);
  const incoming = received(request, body);
  for (const handler of await serving) {
    const answered = await handler(incoming);
    if (answered) return answered;
  }
  return text(404, 'Not found');
}

/** What is not supported is named, as everywhere; of an error that nobody expected the caller learns nothing. */
function failure(error: unknown): HttpResponse {
  return error instanceof UnsupportedLocally ? text(501, error.message) : text(500, 'Internal server error');
}

function text(statusCode: number, line: string): HttpResponse {
  return { statusCode, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${line}\n` };
}

function received(request: IncomingMessage, body: Buffer): AwsRequest {
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    ),
    headerNames: Object.fromEntries(
      request.rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), name]] : [])),
    ),
    body,
    sourceIp: request.socket.remoteAddress,
  };
}

async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  }
  return size <= MAX_BODY ? Buffer.concat(chunks) : undefined;
}

async function send(
  response: ServerResponse,
  { statusCode, headers = {}, body = '' }: HttpResponse,
): Promise<void> {
  response.writeHead(statusCode, headers);
  if (!(body instanceof Readable)) return void response.end(body);
  // Rejects when the client ends the connection, which is how a stream without an end is meant to end.
  await pipeline(body, response).catch(() => undefined);
}
