import { type IncomingMessage } from 'node:http';
import { bodyOf, send, ServiceProxy, type WireReply } from '../../harness/service-proxy';
import { nameCall, NO_UNITS, unitsOf, type WireCall } from './wire-call';

/** Stands between the functions and the services and tells what is called, how long it takes and what it consumes. */
export class RecordingProxy {
  private readonly proxy = new ServiceProxy();

  constructor(private readonly record: (call: WireCall) => void) {}

  /** Stands before a service from now on. @returns the address for the functions */
  before(service: 'aws' | 'dynamodb' | 'stripe', url: string): Promise<string> {
    const upstream = new URL(url);
    return this.proxy.before(async (incoming, response) =>
      send(response, await this.passOn(service === 'dynamodb', upstream, incoming)),
    );
  }

  close(): Promise<void> {
    return this.proxy.close();
  }

  private async passOn(isDynamoDb: boolean, upstream: URL, incoming: IncomingMessage): Promise<WireReply> {
    const startedAt = performance.now();
    const received = await bodyOf(incoming);
    const body = isDynamoDb ? askingForUnits(received) : received;
    const sentAt = performance.now();
    const headers = { ...incoming.headers, 'content-length': body.length };
    const reply = await this.proxy.forward(upstream, incoming, body, headers);
    const serviceMs = performance.now() - sentAt;
    const named = nameCall(incoming, body.toString());
    const units = isDynamoDb ? unitsOf(named.operation, reply.body.toString()) : NO_UNITS;
    this.record({ ...named, ...units, startedAt, endedAt: performance.now(), serviceMs });
    return reply;
  }
}

/** The local engine does not check signatures, so the body may be changed on its way. */
function askingForUnits(body: Buffer): Buffer {
  const request = JSON.parse(body.toString()) as object;
  return Buffer.from(JSON.stringify({ ...request, ReturnConsumedCapacity: 'TOTAL' }));
}
