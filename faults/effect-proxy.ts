import { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { bodyOf, send, ServiceProxy, type WireReply } from '../harness/service-proxy';
import { type RedirectedServer } from '../bin/local-run';
import { AwsError } from '../local/aws/aws-error';
import { type Integration } from '../local/core/plugin';
import { type WireRequest } from './effects/effect';
import { type Effect, recognize, type RecognizedEffect } from './effects/effects';
import { type EffectFault, type FaultMode, type Since } from './fault';

/** What the harness does for the proxy: it knows the functions and executions of a purchase. */
export interface Assassin {
  /** Kills the sandboxes that work on the purchase. */
  killFunctions(purchaseId: string): void;
  /** Aborts the executions of the purchase. */
  abortExecutions(purchaseId: string): void;
}

/** Milliseconds that `timeout` and, when it does not say, `slow` take. */
const WHILE = 60;

interface WiredRequest extends WireRequest {
  readonly service: RedirectedServer;
}

interface Pending {
  readonly fault: EffectFault;
  left: number;
}

/**
 * Stands between the functions and the services, recognises each effect on the wire, and applies the faults of the
 * purchase it belongs to. So hundreds of purchases, each with faults of its own, run at once in one local run.
 */
export class EffectProxy {
  private readonly faults = new Map<string, Pending[]>();
  private readonly since = new Map<string, Set<Since>>();
  private readonly late = new Map<string, (() => Promise<unknown>)[]>();
  /** Purchases by the other names they have. */
  private readonly named = new Map<string, string>();
  /** Purchases by the items they have taken. */
  private readonly owners = new Map<string, string>();
  private readonly hits = new Map<string, Set<Effect>>();
  private readonly repeats = new Map<string, Set<Effect>>();
  private readonly foreign: string[] = [];
  private readonly proxy = new ServiceProxy();
  private readonly silent = new Set<ServerResponse>();

  constructor(private readonly assassin: Assassin) {}

  /** Stands before the service from now on. @returns the address for the functions */
  before(service: RedirectedServer, url: string): Promise<string> {
    const upstream = new URL(url);
    return this.proxy.before((incoming, response) => this.handle(service, upstream, incoming, response));
  }

  /** Stands before what state machines call themselves. There is no SDK in between that asks again by itself. */
  readonly aroundIntegration =
    (name: string, call: Integration['call']): Integration['call'] =>
    async (parameters) => {
      const body = Buffer.from(JSON.stringify(parameters));
      const request = { service: 'integration', method: 'POST', path: name, headers: {}, body } as const;
      const found = recognize(request, (other) => this.named.get(other));
      const fault = found && this.take(found);
      const forward = () => call(parameters);
      return fault ? this.applyToCall(fault, found.purchaseId, forward) : forward();
    };

  /** Adds faults to those of the purchase. */
  plan(purchaseId: string, faults: readonly EffectFault[]): void {
    const pending = faults.map((fault) => ({ fault, left: fault.times ?? Infinity }));
    this.faults.set(purchaseId, [...(this.faults.get(purchaseId) ?? []), ...pending]);
  }

  /** From here on the purchase's faults `from` this are in force. */
  enter(since: Since, purchaseId: string): void {
    this.since.set(purchaseId, new Set([...(this.since.get(purchaseId) ?? []), since]));
  }

  /** The purchase's payment intent, once Stripe has told of one. */
  intentOf(purchaseId: string): string | undefined {
    return [...this.named].find(([name, owner]) => owner === purchaseId && name.startsWith('pi_'))?.[0];
  }

  /** Ends every fault. */
  heal(): void {
    this.faults.clear();
    for (const response of this.silent) response.destroy();
  }

  /** Carries out what was to arrive late for the purchase. */
  async releaseLate(purchaseId: string): Promise<void> {
    const requests = this.late.get(purchaseId) ?? [];
    this.late.delete(purchaseId);
    for (const forward of requests) await forward().catch(() => undefined);
  }

  /** Carries out everything that was to arrive late. @returns whether there was anything */
  async releaseAllLate(): Promise<boolean> {
    const purchaseIds = [...this.late.keys()];
    for (const purchaseId of purchaseIds) await this.releaseLate(purchaseId);
    return purchaseIds.length > 0;
  }

  /** The effects of the purchase that a fault has hit. */
  hitsOf(purchaseId: string): ReadonlySet<Effect> {
    return this.hits.get(purchaseId) ?? new Set();
  }

  /**
   * The effects of the purchase that an SDK asked for again by itself: it had no answer to the first request, by a fault or
   * because the machine was too busy to answer in time.
   */
  repeatsOf(purchaseId: string): ReadonlySet<Effect> {
    return this.repeats.get(purchaseId) ?? new Set();
  }

  /** A sentence for each release that took a seat from another purchase. */
  foreignReleases(): readonly string[] {
    return this.foreign;
  }

  async close(): Promise<void> {
    this.heal();
    await this.proxy.close();
  }

  private async handle(
    service: RedirectedServer,
    upstream: URL,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const request: WiredRequest = {
      service,
      method: incoming.method!,
      path: incoming.url!.split('?')[0]!,
      headers: incoming.headers,
      body: await bodyOf(incoming),
    };
    const found = recognize(request, (name) => this.named.get(name));
    if (found && isRepeat(request)) {
      const { effect, purchaseId } = found;
      this.repeats.set(purchaseId, new Set([...this.repeatsOf(purchaseId), effect.name]));
    }
    const forward = async (): Promise<WireReply> => {
      const owner = found?.effect.items === 'freed' ? this.owners.get(found.items[0]!) : undefined;
      const reply = await this.proxy.forward(upstream, incoming, request.body);
      if (found) this.note(found, reply, owner);
      return reply;
    };
    const fault = found && this.take(found);
    if (fault) await this.apply(fault, found, { request, response, forward });
    else send(response, await forward());
  }

  /** The fault that hits this request, counted down. */
  private take({ purchaseId, effect }: RecognizedEffect): EffectFault | undefined {
    const pending = this.faults.get(purchaseId) ?? [];
    const hit = pending.find(
      ({ fault, left }) =>
        fault.effect === effect.name &&
        left > 0 &&
        (!fault.from || this.since.get(purchaseId)?.has(fault.from)),
    );
    if (!hit) return undefined;
    hit.left--;
    this.hits.set(purchaseId, new Set([...this.hitsOf(purchaseId), effect.name]));
    return hit.fault;
  }

  private async apply(
    { mode, times, instead, delayMs = WHILE }: EffectFault,
    { purchaseId }: RecognizedEffect,
    wire: { request: WiredRequest; response: ServerResponse; forward: () => Promise<WireReply> },
  ): Promise<void> {
    const { request, response, forward } = wire;
    const noAnswer = (): void => {
      if (instead === '502') send(response, refusal('failing', request));
      else response.destroy();
    };
    switch (mode) {
      case 'cut':
        return noAnswer();
      case 'error':
        return send(response, refusal('failing', request));
      case 'answer-lost':
        await forward();
        return noAnswer();
      case 'timeout':
        await delay(WHILE);
        return noAnswer();
      case 'timeout-done':
        await forward();
        await delay(WHILE);
        return noAnswer();
      case 'silence':
        this.silent.add(response.once('close', () => this.silent.delete(response)));
        return;
      case 'late':
        this.late.set(purchaseId, [...(this.late.get(purchaseId) ?? []), forward]);
        return noAnswer();
      case 'duplicate':
        await forward();
        return send(response, await forward());
      case 'slow':
        await delay(delayMs);
        return send(response, await forward());
      case 'conflict':
      case 'throttled':
      case 'forbidden':
        return send(response, refusal(mode, request, times));
      case 'kill-before':
      case 'abort-before':
      case 'crash-before':
        this.strike(mode, purchaseId);
        return mode === 'abort-before' ? send(response, await forward()) : void response.destroy();
      case 'kill-after':
      case 'abort-after':
      case 'crash-after': {
        const answer = await forward();
        this.strike(mode, purchaseId);
        return mode === 'abort-after' ? send(response, answer) : void response.destroy();
      }
    }
  }

  private async applyToCall(
    { mode, delayMs = WHILE }: EffectFault,
    purchaseId: string,
    forward: () => Promise<object>,
  ): Promise<object> {
    switch (mode) {
      case 'cut':
        throw NO_ANSWER;
      case 'error':
      case 'conflict':
      case 'throttled':
      case 'forbidden':
        throw new AwsError(REFUSALS_OF_INTEGRATIONS[mode], 'Injected fault');
      case 'answer-lost':
        await forward();
        throw NO_ANSWER;
      case 'timeout':
        await delay(WHILE);
        throw NO_ANSWER;
      case 'timeout-done':
        await forward();
        await delay(WHILE);
        throw NO_ANSWER;
      case 'silence':
        return new Promise(() => undefined);
      case 'late':
        this.late.set(purchaseId, [...(this.late.get(purchaseId) ?? []), forward]);
        throw NO_ANSWER;
      case 'duplicate':
        await forward();
        return forward();
      case 'slow':
        await delay(delayMs);
        return forward();
      // There is no function that could die.
      case 'kill-before':
      case 'abort-before':
      case 'crash-before':
        this.assassin.abortExecutions(purchaseId);
        return forward();
      case 'kill-after':
      case 'abort-after':
      case 'crash-after': {
        const answer = await forward();
        this.assassin.abortExecutions(purchaseId);
        return answer;
      }
    }
  }

  private strike(mode: FaultMode, purchaseId: string): void {
    // The execution first: it must not learn that its function died.
    if (!mode.startsWith('kill')) this.assassin.abortExecutions(purchaseId);
    if (!mode.startsWith('abort')) this.assassin.killFunctions(purchaseId);
  }

  /** Remembers what later requests do not say: whose a name is, and which purchase has which items. */
  private note(
    { effect, purchaseId, items, names }: RecognizedEffect,
    reply: WireReply,
    owner: string | undefined,
  ): void {
    if (reply.status !== 200) return;
    for (const name of [...names, ...(effect.names?.(purchaseId, reply) ?? [])])
      this.named.set(name, purchaseId);
    for (const item of items) {
      if (effect.items === 'taken') this.owners.set(item, purchaseId);
      if (effect.items !== 'freed') continue;
      if (owner && owner !== purchaseId)
        this.foreign.push(`${purchaseId} released ${item}, held by ${owner}`);
      if (this.owners.get(item) === purchaseId) this.owners.delete(item);
    }
  }
}

function dynamoDbError(status: number, type: string, more: object = {}): WireReply {
  const body = { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'Injected fault', ...more };
  return reply(status, 'application/x-amz-json-1.0', JSON.stringify(body));
}

function awsError(status: number, code: string): WireReply {
  const xml = `<ErrorResponse><Error><Code>${code}</Code><Message>Injected fault</Message></Error></ErrorResponse>`;
  return reply(status, 'text/xml', xml);
}

function stripeError(status: number, error: object): WireReply {
  return reply(
    status,
    'application/json',
    JSON.stringify({ error: { message: 'Injected fault', ...error } }),
  );
}

function reply(status: number, type: string, text: string): WireReply {
  const body = Buffer.from(text);
  return { status, headers: { 'content-type': type, 'content-length': String(body.length) }, body };
}

/** In the words of each service. A conflict is one of DynamoDB's transactions, or of Stripe's locks. */
const REFUSALS: Readonly<
  Record<'failing' | 'conflict' | 'throttled' | 'forbidden', Readonly<Record<RedirectedServer, WireReply>>>
> = {
  failing: {
    dynamodb: dynamoDbError(502, 'InternalServerError'),
    aws: awsError(502, 'InternalFailure'),
    stripe: stripeError(502, { type: 'api_error' }),
  },
  conflict: {
    dynamodb: dynamoDbError(400, 'TransactionCanceledException', {
      CancellationReasons: [{ Code: 'TransactionConflict', Message: 'Injected fault' }, { Code: 'None' }],
    }),
    aws: awsError(409, 'OperationAborted'),
    stripe: stripeError(429, { type: 'invalid_request_error', code: 'lock_timeout' }),
  },
  throttled: {
    dynamodb: dynamoDbError(400, 'ProvisionedThroughputExceededException'),
    aws: awsError(503, 'SlowDown'),
    stripe: stripeError(429, { type: 'rate_limit_error', code: 'rate_limit' }),
  },
  forbidden: {
    dynamodb: dynamoDbError(400, 'AccessDeniedException'),
    aws: awsError(403, 'AccessDenied'),
    stripe: stripeError(401, { type: 'invalid_request_error', code: 'api_key_expired' }),
  },
};

/** By the name of the error. */
const REFUSALS_OF_INTEGRATIONS = {
  error: 'InternalServerError',
  conflict: 'TransactionConflictException',
  throttled: 'ThrottlingException',
  forbidden: 'AccessDeniedException',
} as const;

const NO_ANSWER = new Error('Injected fault');

/** DynamoDB tells a single write of a conflict in other words than it tells a transaction. */
const CONFLICT_OF_A_SINGLE_WRITE = dynamoDbError(400, 'TransactionConflictException');

/** SES names what it throttles, and answers in JSON: what passes is the rate, what does not is the quota of the day. */
const THROTTLED_BY_SES = {
  forAWhile: sesThrottling('Maximum sending rate exceeded.'),
  forGood: sesThrottling('Daily message quota exceeded.'),
};

function sesThrottling(message: string): WireReply {
  return reply(429, 'application/json', JSON.stringify({ __type: 'TooManyRequestsException', message }));
}

/** @param times how often it is refused. @default for good */
function refusal(
  kind: keyof typeof REFUSALS,
  { service, headers, path }: WiredRequest,
  times?: number,
): WireReply {
  if (kind === 'throttled' && path === '/v2/email/outbound-emails')
    return times === undefined ? THROTTLED_BY_SES.forGood : THROTTLED_BY_SES.forAWhile;
  const isSingleWrite = service === 'dynamodb' && !String(headers['x-amz-target']).includes('Transact');
  return kind === 'conflict' && isSingleWrite ? CONFLICT_OF_A_SINGLE_WRITE : REFUSALS[kind][service];
}

/** The SDK counts: `amz-sdk-request: attempt=2; max=3`. */
function isRepeat({ headers }: WireRequest): boolean {
  return /\battempt=(?!1\b)/.test(String(headers['amz-sdk-request'] ?? ''));
}
