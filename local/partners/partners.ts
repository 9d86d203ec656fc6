import { randomUUID, timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type AwsRequest } from '../aws/aws-service';
import { type LocalClock } from '../core/clock';
import { Journal } from '../core/journal';
import { type HttpResponse } from '../http/http-server';

/** A request that a partner has got. */
export interface PartnerRequest {
  readonly id: string;
  /** The host that is called by this name elsewhere. */
  readonly partner: string;
  readonly method: string;
  readonly path: string;
  /** Parsed, where it is JSON. */
  readonly body: unknown;
  /** What was answered. */
  readonly status: number;
  /** ISO 8601, by the local clock. */
  readonly receivedAt: string;
}

/** How a partner answers. */
export interface PartnerMode {
  /** @default 200 */
  readonly status?: number;
  /** Seconds until it answers. @default 0 */
  readonly seconds?: number;
  /** Of its answer `Retry-After`, in seconds. @default none */
  readonly retryAfter?: number;
  /** After as many answers it is well again. @default never */
  readonly times?: number;
}

/** By which a partner knows who calls. */
export interface PartnerKey {
  /** In lower case. */
  readonly header: string;
  readonly value: string;
}

const REQUESTS_KEPT = 1_000;

/**
 * Whoever is called over HTTPS by an API destination: a server elsewhere, which a laptop must not reach. Each host gets a stand-in that
 * notes what it is told, refuses who does not show the key, and is down or slow when it is told to be.
 */
export class Partners {
  private readonly journal: Journal<PartnerRequest>;
  private readonly keys = new Map<string, PartnerKey[]>();
  private readonly modes = new Map<string, PartnerMode>();
  private requests: PartnerRequest[];

  constructor(
    private readonly clock: LocalClock,
    journalFile?: string,
    private readonly onRequest: () => void = () => undefined,
  ) {
    this.journal = new Journal(journalFile);
    this.requests = this.journal.replay().slice(-REQUESTS_KEPT);
    this.journal.rewrite(this.requests);
  }

  /** Makes a stand-in for a host, or tells it of another key. */
  register(host: string, key: PartnerKey): void {
    this.keys.set(host, [...(this.keys.get(host) ?? []), key]);
  }

  has(host: string): boolean {
    return this.keys.has(host);
  }

  /** Each with what it has got, newest first. */
  list(
    limit = Infinity,
  ): readonly { name: string; mode: PartnerMode; requests: readonly PartnerRequest[] }[] {
    return [...this.keys.keys()].map((name) => ({
      ...{ name, mode: this.modes.get(name) ?? {} },
      requests: this.requests
        .filter(({ partner }) => partner === name)
        .reverse()
        .slice(0, limit),
    }));
  }

  setMode(host: string, mode: PartnerMode): void {
    if (Object.keys(mode).length === 0) this.modes.delete(host);
    else this.modes.set(host, mode);
  }

  /** @param host whom it is for */
  async answer(host: string, path: string, { method, headers, body }: AwsRequest): Promise<HttpResponse> {
    const { retryAfter, seconds = 0, status = 200 } = this.modeFor(host, headers);
    if (seconds > 0) await delay(seconds * 1000, undefined, { ref: false });
    const request = {
      ...{ id: randomUUID(), partner: host, method, path, body: parsed(body.toString()), status },
      receivedAt: new Date(this.clock.now()).toISOString(),
    };
    this.journal.append(request);
    this.requests.push(request);
    if (this.requests.length > REQUESTS_KEPT) this.requests.shift();
    this.onRequest();
    return {
      statusCode: status,
      headers: {
        'content-type': 'application/json',
        ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      },
      body: '{}',
    };
  }

  reset(): void {
    this.requests = [];
    this.modes.clear();
    this.journal.rewrite([]);
  }

  /** For one request. */
  private modeFor(host: string, headers: AwsRequest['headers']): PartnerMode {
    if (!this.has(host)) return { status: 404 };
    return this.isKnown(host, headers) ? this.used(host) : { status: 401 };
  }

  private isKnown(host: string, headers: AwsRequest['headers']): boolean {
    return this.keys.get(host)!.some(({ header, value }) => same(headers[header] ?? '', value));
  }

  private used(host: string): PartnerMode {
    const mode = this.modes.get(host) ?? {};
    if (mode.times === undefined) return mode;
    if (mode.times <= 1) this.modes.delete(host);
    else this.modes.set(host, { ...mode, times: mode.times - 1 });
    return mode;
  }
}

function same(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
