import { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { bodyOf, ServiceProxy } from '../../harness/service-proxy';
import { type Fields, readFields } from './read-fields';

/** A request, and what the gateway reads of its answer. */
export interface Exchange {
  /** `POST /v1/payment_intents/{id}/confirm`. */
  readonly call: string;
  readonly status: number;
  readonly fields: Fields;
}

const PASSED_ON = ['authorization', 'content-type', 'idempotency-key', 'stripe-version', 'user-agent'];
const PASSED_BACK = ['content-type', 'request-id', 'idempotent-replayed', 'stripe-should-retry'];

/**
 * Stands between the gateway and a server that speaks Stripe's API: it keeps the pace, records what the gateway reads, and
 * loses an answer when told to. So the gateway itself is played, as it is deployed.
 */
export class RecordingProxy {
  private recorded: Exchange[] = [];
  private losing: string | undefined;
  private nextAt = 0;

  private constructor(
    private readonly upstream: string,
    private readonly stage: string,
    private readonly gap: number,
  ) {}

  /**
   * @param upstream base URL of the server
   * @param stage whose payments count in a list
   * @param gap milliseconds from one request to the next
   */
  static async start(upstream: string, stage: string, gap: number) {
    const proxy = new RecordingProxy(upstream.replace(/\/$/, ''), stage, gap);
    const server = new ServiceProxy();
    const url = await server.before((request, response) => proxy.handle(request, response));
    return { proxy, url, close: () => server.close() };
  }

  /** Forgets what was recorded, and returns it. */
  take(): Exchange[] {
    return this.recorded.splice(0);
  }

  /** The next answer to such a call never arrives, as when a connection is stuck: the request is carried out. */
  loseAnswer(call: string): void {
    this.losing = call;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    await this.pace();
    const { status, headers, text } = await this.forward(request, body.toString());
    const call = callOf(request);
    this.recorded.push({ call, status, fields: readFields(parsed(text), this.stage) });
    if (this.losing === call) {
      this.losing = undefined;
      return;
    }
    response.writeHead(status, headers);
    response.end(text);
  }

  private async forward({ method, url, headers }: IncomingMessage, body: string) {
    const answer = await fetch(`${this.upstream}${url}`, {
      method,
      headers: PASSED_ON.flatMap((name): [string, string][] => {
        const value = headers[name];
        return typeof value === 'string' ? [[name, value]] : [];
      }),
      ...(body && { body }),
    });
    return {
      status: answer.status,
      headers: Object.fromEntries([...answer.headers].filter(([name]) => PASSED_BACK.includes(name))),
      text: await answer.text(),
    };
  }

  /** One request after the other, each a while after the one before. */
  private async pace(): Promise<void> {
    const now = Date.now();
    const at = Math.max(now, this.nextAt);
    this.nextAt = at + this.gap;
    if (at > now) await delay(at - now);
  }
}

function callOf({ method, url = '' }: IncomingMessage): string {
  const path = url.split('?')[0]!.replace(/\/(pi|re|ch|ctoken|pm)_[^/]+/, '/{id}');
  return `${method} ${path}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
