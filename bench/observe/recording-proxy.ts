import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { nameCall, NO_UNITS, unitsOf, type WireCall } from './wire-call';

interface Reply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

/** Stands between the functions and the services and tells what is called, how long it takes and what it consumes. */
export class RecordingProxy {
  private readonly servers: Server[] = [];
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly record: (call: WireCall) => void) {}

  /** Stands before a service from now on. @returns the address for the functions */
  async before(service: 'aws' | 'dynamodb' | 'stripe', url: string): Promise<string> {
    const upstream = new URL(url);
    const server = createServer({ keepAliveTimeout: 120_000 }, (incoming, response) => {
      this.handle(service === 'dynamodb', upstream, incoming)
        .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
        .catch(() => response.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    this.servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const server of this.servers) {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    }
    this.agent.destroy();
  }

  private async handle(isDynamoDb: boolean, upstream: URL, incoming: IncomingMessage): Promise<Reply> {
    const startedAt = performance.now();
    const received = await bodyOf(incoming);
    const body = isDynamoDb ? askingForUnits(received) : received;
    const sentAt = performance.now();
    const reply = await this.forward(upstream, incoming, body);
    const serviceMs = performance.now() - sentAt;
    const named = nameCall(incoming, body.toString());
    const units = isDynamoDb ? unitsOf(named.operation, reply.body.toString()) : NO_UNITS;
    this.record({ ...named, ...units, startedAt, endedAt: performance.now(), serviceMs });
    return reply;
  }

  private forward(upstream: URL, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = upstream;
      const options = {
        ...{ hostname, port, method, path: url, agent: this.agent },
        headers: { ...headers, 'content-length': body.length },
      };
      const outgoing = httpRequest(options, (answer) => {
        bodyOf(answer)
          .then((text) => resolve({ status: answer.statusCode!, headers: answer.headers, body: text }))
          .catch(reject);
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }
}

/** The local engine does not check signatures, so the body may be changed on its way. */
function askingForUnits(body: Buffer): Buffer {
  const request = JSON.parse(body.toString()) as object;
  return Buffer.from(JSON.stringify({ ...request, ReturnConsumedCapacity: 'TOTAL' }));
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
