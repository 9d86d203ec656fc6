import { createHmac } from 'node:crypto';
import type Stripe from 'stripe';
import { type LocalClock } from '../core/clock';
import { endingOfMany } from '../core/ending';
import { type PaymentEvent } from './payment-events';

/** Where events go: what one enters in Stripe's dashboard as an event destination, a webhook endpoint. */
export interface EventEndpoint {
  readonly url: string;
  /** `whsec_…`; several while one is being rolled: then each delivery is signed with all. */
  readonly secrets: readonly string[];
  /** Types of events that are sent there. @default all, `*` */
  readonly enabledEvents?: readonly string[];
  /** Which version its events have, as Stripe lists it; null for the account's own. @default the version of this server */
  readonly apiVersion?: string | null;
  /** @default enabled */
  readonly status?: 'enabled' | 'disabled';
}

/** It as Stripe lists it: the secret is told once, when it is made. */
export type WebhookEndpoint = Omit<Stripe.WebhookEndpoint, 'secret'>;

/** How Stripe may send: never just once, in order and at once. */
export interface SendingMode {
  /** Sends nothing until it is let go. */
  readonly held: boolean;
  /** How often each event is sent, one beside the other. */
  readonly copies: number;
  /** The newest first, of those that were held. */
  readonly reversed: boolean;
}

export interface EventReport {
  readonly id: string;
  readonly type: string;
  readonly created: string;
  /** Of each attempt to send it, oldest first: the status of the answer, or `null` for none. */
  readonly answers: readonly (number | null)[];
  /** `given up` after the last attempt. */
  readonly status: 'held' | 'pending' | 'delivered' | 'given up';
}

const AS_A_RULE: SendingMode = { held: false, copies: 1, reversed: false };

/** Stripe tries for three days, ever more seldom; here it is some minutes, and at once when the clock is moved. */
const ATTEMPTS = 10;
const FIRST_PAUSE_MS = 1_000;

/** Stripe does not say how long it waits for an answer. */
const ANSWERED_WITHIN_MS = 20_000;

const EVENTS_KEPT = 1_000;

interface Sending {
  readonly event: PaymentEvent;
  readonly answers: (number | null)[];
  status: EventReport['status'];
}

/**
 * Sends events as Stripe does: signed anew at each attempt, again until the answer is a 2xx, and in no order to rely on
 * ("Receive Stripe events in your webhook endpoint", https://docs.stripe.com/webhooks, read in November 2026). What is not sent
 * when the process ends is lost: a deployed shop would get it.
 */
export class EventDestination {
  private mode = AS_A_RULE;
  private sendings: Sending[] = [];
  private readonly waiting = new Map<NodeJS.Timeout, () => void>();
  private readonly running = new Set<Promise<void>>();
  private ending = endingOfMany();
  /** How many wait for the end of it. */
  private inHaste = 0;

  /** @param endpoint undefined: events are listed and go nowhere */
  constructor(
    private readonly endpoint: EventEndpoint | undefined,
    private readonly clock: LocalClock,
  ) {
    clock.onAdvance(() => this.hurry());
  }

  /** Newest first. */
  reports(): EventReport[] {
    return this.sendings.toReversed().map(({ event, answers, status }) => ({
      ...{ id: event.id, type: event.type, answers: [...answers], status },
      created: new Date(event.created * 1000).toISOString(),
    }));
  }

  get sendingMode(): SendingMode {
    return this.mode;
  }

  /** What is not said is as a rule. What was held is sent when it is let go. */
  setMode(mode: Partial<SendingMode>): void {
    this.mode = { ...AS_A_RULE, ...mode };
    if (this.mode.held) return;
    const held = this.sendings.filter(({ status }) => status === 'held');
    for (const sending of this.mode.reversed ? held.reverse() : held) this.send(sending);
  }

  /** Sends what is held of one payment, however the others are sent. */
  letGo(paymentIntentId: string): void {
    const isOfIt = ({ event }: Sending) =>
      (event.data.object as { readonly payment_intent?: unknown }).payment_intent === paymentIntentId;
    for (const sending of this.sendings) if (sending.status === 'held' && isOfIt(sending)) this.send(sending);
  }

  push(events: readonly PaymentEvent[]): void {
    for (const event of events.filter(({ type }) => this.takes(type))) {
      const sending: Sending = { event, answers: [], status: 'held' };
      this.sendings.push(sending);
      if (this.sendings.length > EVENTS_KEPT) this.sendings.shift();
      if (!this.mode.held) this.send(sending);
    }
  }

  /** Nothing is sent of a type that the endpoint did not ask for, nor to one that is disabled. */
  private takes(type: string): boolean {
    const { enabledEvents = ['*'], status } = this.endpoint ?? {};
    return status !== 'disabled' && (enabledEvents.includes('*') || enabledEvents.includes(type));
  }

  /** Sends one once more, whatever became of it. @returns undefined when there is no such event */
  async sendAgain(id: string): Promise<EventReport | undefined> {
    const sending = this.sendings.find(({ event }) => event.id === id);
    if (!sending) return undefined;
    await this.attempt(sending);
    return this.reports().find((report) => report.id === id);
  }

  /** Sends without pauses, and resolves when each event that is not held is delivered or given up. */
  async idle(): Promise<void> {
    this.inHaste++;
    this.hurry();
    while (this.running.size > 0) await Promise.all(this.running);
    this.inHaste--;
  }

  /** Cuts off what is being sent, and forgets all, at once. @returns when nothing of it runs any more */
  async reset(): Promise<void> {
    const ending = [...this.running];
    this.ending.abort();
    this.ending = endingOfMany();
    this.hurry();
    this.sendings = [];
    this.mode = AS_A_RULE;
    await Promise.all(ending);
  }

  private send(sending: Sending): void {
    if (!this.endpoint) return;
    sending.status = 'pending';
    for (let copy = 1; copy <= this.mode.copies; copy++) {
      const running = this.deliver(sending).finally(() => this.running.delete(running));
      this.running.add(running);
    }
  }

  private async deliver(sending: Sending): Promise<void> {
    const { signal } = this.ending;
    for (let attempt = 1; !signal.aborted; attempt++) {
      if ((await this.attempt(sending, signal)) || signal.aborted) return;
      if (attempt === ATTEMPTS) {
        if (sending.status === 'pending') sending.status = 'given up';
        return;
      }
      await this.pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }

  /** @returns whether it was taken */
  private async attempt(sending: Sending, signal = this.ending.signal): Promise<boolean> {
    if (!this.endpoint) return false;
    const { url, secrets } = this.endpoint;
    const body = JSON.stringify(sending.event, null, 2);
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': signatureOf(body, secrets, Math.floor(this.clock.now() / 1000)),
      },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWERED_WITHIN_MS)]),
    }).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => undefined);
    if (signal.aborted) return false;
    sending.answers.push(answer?.status ?? null);
    if (!answer?.ok) return false;
    sending.status = 'delivered';
    return true;
  }

  private pause(milliseconds: number): Promise<void> {
    if (this.inHaste > 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(timer);
        resolve();
      };
      const timer = setTimeout(done, milliseconds).unref();
      this.waiting.set(timer, done);
    });
  }

  /** Nobody waits longer for the next attempt. */
  private hurry(): void {
    for (const go of [...this.waiting.values()]) go();
  }
}

/** `t=…,v1=…`, with a `v1` for each secret. */
export function signatureOf(body: string, secrets: readonly string[], time: number): string {
  const signatures = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'),
  );
  return [`t=${time}`, ...signatures.map((signature) => `v1=${signature}`)].join(',');
}
