import { Readable } from 'node:stream';
import { type HttpResponse } from '../http/http-server';

/** Bytes that may wait for a client that does not read. One that falls further behind is cut off and comes back. */
const MAX_BACKLOG = 4 * 1024 * 1024;

/** Milliseconds after which a browser that lost the stream asks again. */
const RETRY_AFTER = 1_000;

/** Server-sent events to everybody who listens. Nothing is kept: who comes later asks the other routes. */
export class EventStream {
  private readonly listening = new Set<Readable>();

  /** How many listen. */
  get clients(): number {
    return this.listening.size;
  }

  /** @param data of the event, made only if somebody listens */
  publish(event: string, data: () => object): void {
    if (this.listening.size === 0) return;
    const text = `event: ${event}\ndata: ${JSON.stringify(data())}\n\n`;
    for (const client of this.listening) {
      client.push(text);
      if (client.readableLength > MAX_BACKLOG) client.destroy();
    }
  }

  /** The answer to a client: it lasts until the client, or the server, ends the connection. */
  connect(): HttpResponse {
    const client = new Readable({ read: () => undefined });
    this.listening.add(client);
    client.once('close', () => this.listening.delete(client));
    client.push(`retry: ${RETRY_AFTER}\n\n`);
    return {
      statusCode: 200,
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
      body: client,
    };
  }
}
