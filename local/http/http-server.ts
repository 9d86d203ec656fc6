import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type AwsRequest, type AwsResponse } from '../aws-service';

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
 * Listens on the loopback interface.
 *
 * @param port 0 picks a free one
 * @throws Error that names the port when it is taken
 */
export async function listen(port: number): Promise<HttpServer> {
  let serve!: (handlers: readonly HttpHandler[]) => void;
  const serving = new Promise<readonly HttpHandler[]>((resolve) => (serve = resolve));

  const server = createServer((request, response) => {
    answer(request, serving)
      .then((answered) => send(response, answered))
      .catch((error: unknown) => {
        if (response.headersSent) return void response.destroy();
        return send(response, {
          statusCode: 500,
          body: `${error instanceof Error ? error.message : 'Error'}\n`,
        });
      });
  });
  // An idle connection that the browser is about to use again must not be cut in that moment.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${port} is in use. Choose another one: PORT=${port + 1} npm start, or PORT=0 for any free one`,
            )
          : error,
      ),
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

async function answer(
  request: IncomingMessage,
  serving: Promise<readonly HttpHandler[]>,
): Promise<HttpResponse> {
  const body = await read(request);
  if (!body) return { statusCode: 413, body: 'The request is too large.\n' };
  const incoming = received(request, body);
  for (const handler of await serving) {
    const answered = await handler(incoming);
    if (answered) return answered;
  }
  return { statusCode: 404, headers: { 'content-type': 'text/plain' }, body: 'Not found\n' };
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
    body,
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
