import {
  Agent,
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo } from 'node:net';

/** An answer over the wire. */
export interface WireReply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

/** Stands between callers and services. What happens to a request on its way, the handler of its service decides. */
export class ServiceProxy {
  private readonly servers: Server[] = [];
  private readonly agent = new Agent({ keepAlive: true });

  /**
   * Stands before a service from now on. A request whose handler fails is cut off.
   *
   * @returns the address for the callers
   */
  async before(
    handle: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>,
  ): Promise<string> {
    const server = createServer({ keepAliveTimeout: 120_000 }, (incoming, response) => {
      handle(incoming, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    this.servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /**
   * Passes a request on.
   *
   * @param headers by default the very headers, `host` included: they are signed
   */
  forward(
    upstream: URL,
    { method, url, rawHeaders }: IncomingMessage,
    body: Buffer,
    headers: OutgoingHttpHeaders | readonly string[] = rawHeaders,
  ): Promise<WireReply> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = upstream;
      const options = { hostname, port, method, path: url, agent: this.agent, headers };
      const outgoing = httpRequest(options, (answer) => {
        bodyOf(answer)
          .then((text) => resolve({ status: answer.statusCode!, headers: answer.headers, body: text }))
          .catch(reject);
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }

  async close(): Promise<void> {
    for (const server of this.servers.splice(0)) {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    }
    this.agent.destroy();
  }
}

export async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function send(response: ServerResponse, { status, headers, body }: WireReply): void {
  response.writeHead(status, headers);
  response.end(body);
}
