import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, type EventProClient, type ExtrasOrder } from '../harness/eventpro-client';
import { type InboxMessage } from '../local/inbox/inbox';
import { StripeError } from '../local/stripe/stripe-error';
import { type StripeServer } from '../local/stripe/stripe-server';
import { referenceOf } from '../lambda/shared/reference';
import { type EffectProxy } from './effect-proxy';
import { type Effect } from './effects/effects';
import { type Fault } from './fault';
import { type ObservedOrder, type Reply } from './invariants/observation';
import { putAtStart } from './put';
import { ASKING_CARDS } from './work/asking-cards';
import { type OrderPlan } from './work/shop';

/** What orders of the harness's own event may take. */
const STOCK = [
  { extraId: 'programme', name: 'Programme', price: 500, stock: 100_000 },
  { extraId: 'parking', name: 'Parking', price: 1_500, stock: 100_000 },
  { extraId: 'map', name: 'Map', price: 0, stock: 100_000 },
  { extraId: 'sold-out', name: 'Souvenir', price: 900, stock: 0 },
];

/** Between these an e-mail can only be sent again. */
const AFTER_SENDING = ['send order e-mail', 'note order e-mail'] as const satisfies readonly Effect[];

/** From there on, nobody may know whether there was one. */
const AFTER_LEASING = ['lease order e-mail', ...AFTER_SENDING] as const satisfies readonly Effect[];

interface Placed {
  readonly orderId: string;
  readonly order: Omit<ExtrasOrder, 'key'>;
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly answer: Reply;
  readonly returns: Reply[];
  refundedByHand: number;
}

interface Parts {
  readonly client: EventProClient;
  readonly proxy: EffectProxy;
  readonly stripe: StripeServer;
  /** The event whose extras are ordered where nothing else is said. */
  readonly eventId: string;
  readonly limit: { run<Result>(work: () => Promise<Result>): Promise<Result> };
  readonly plan: (id: string, faults: readonly Fault[]) => void;
  /** Whether a function or an execution is at work on it; one that waits for its buyer is not. */
  readonly isBusyWith: (id: string) => boolean;
  readonly wasKilled: (id: string) => boolean;
  readonly pathOf: (id: string) => string;
  readonly messagesOf: (reference: string) => readonly InboxMessage[];
}

/** What the harness does with orders of extras, and knows of them. */
export class OrderDesk {
  readonly cancelledEvents = new Set<string>();
  private readonly orders = new Map<string, Placed>();

  constructor(private readonly parts: Parts) {}

  get isUsed(): boolean {
    return this.orders.size > 0;
  }

  async open(): Promise<void> {
    const { client, eventId } = this.parts;
    await putAtStart('extras', () => client.putExtras(STOCK, eventId));
  }

  order(wanted: OrderPlan = {}): Promise<Answer & { readonly orderId: string }> {
    const { client, limit, plan, eventId, proxy } = this.parts;
    const { key: orderId = randomUUID(), faults = [], name, ...rest } = wanted;
    const order = { eventId, items: [{ extraId: 'programme', quantity: 2 }], ...rest };
    plan(orderId, faults);
    return limit.run(async () => {
      const answer = await client.order({ key: orderId, ...order });
      if (!this.orders.has(orderId)) {
        const words = name ?? (faults.length > 0 ? JSON.stringify(faults) : 'none');
        this.orders.set(orderId, {
          ...{ orderId, order, faults, name: words, returns: [], refundedByHand: 0 },
          answer: { status: answer.status, text: answer.text },
        });
      }
      await this.rest(orderId);
      proxy.enter('recovery', orderId);
      await this.releaseLate(orderId);
      return answer;
    });
  }

  comeBack(orderId: string): Promise<Answer> {
    const { client, limit, proxy } = this.parts;
    return limit.run(async () => {
      proxy.enter('return', orderId);
      const answer = await client.resumeOrder(orderId);
      this.orders.get(orderId)?.returns.push({ status: answer.status, text: answer.text });
      await this.rest(orderId);
      await this.releaseLate(orderId);
      return answer;
    });
  }

  refundByHand(orderId: string, amount?: number): boolean {
    const intent = this.parts.proxy.intentOf(orderId);
    const order = this.orders.get(orderId);
    if (!intent || !order) return false;
    try {
      order.refundedByHand += this.parts.stripe.refundByHand(intent, amount)!.refunds.at(-1)!.amount;
      return true;
    } catch (error) {
      if (error instanceof StripeError) return false;
      throw error;
    }
  }

  async cancelEvent(eventId: string): Promise<void> {
    const path = `/api/events/${eventId}/cancellation`;
    const { status } = await this.parts.client.signed('POST', path, { message: 'The singer is ill.' });
    if (status === 202) this.cancelledEvents.add(eventId);
  }

  /** Whether every cancellation of an event has come to its end. */
  async cancellationsAreDone(): Promise<boolean> {
    for (const eventId of this.cancelledEvents) {
      const path = `/api/events/${eventId}/cancellation`;
      const { body } = await this.parts.client.signed<{ status: string }>('GET', path);
      if (body.status !== 'DONE') return false;
    }
    return true;
  }

  /** Asks for each order once more. */
  repeat(): Promise<readonly Reply[]> {
    return this.each(async ({ orderId, order }) => {
      const { status, text } = await this.parts.client.order({ key: orderId, ...order });
      return { status, text };
    });
  }

  /** @param repeats the answers of `repeat` */
  observe(repeats: readonly Reply[]): Promise<readonly ObservedOrder[]> {
    return this.each(async (placed, index) => {
      const { orderId, name, answer, returns, refundedByHand } = placed;
      const view = await this.parts.client.request('GET', `/api/orders/${orderId}`);
      const mails = this.parts.messagesOf(referenceOf(orderId)).map(({ subject = '' }) => subject);
      return {
        ...{ orderId, plan: name, answer, returns, refundedByHand, mails, repeat: repeats[index]! },
        view: { status: view.status, text: view.text },
        isAsked: ASKING_CARDS.has(placed.order.paymentMethod ?? ''),
        path: this.parts.pathOf(orderId),
        mayRepeat: this.isHit(placed, AFTER_SENDING),
        mayBeUnknown: this.isHit(placed, AFTER_LEASING),
        mayBeUntold: placed.faults.some(endsBeforeItIsTold),
      };
    });
  }

  private isHit({ orderId, faults }: Placed, effects: readonly Effect[]): boolean {
    return (
      this.parts.wasKilled(orderId) ||
      faults.some((fault) => 'effect' in fault && effects.includes(fault.effect)) ||
      [...this.parts.proxy.repeatsOf(orderId)].some((effect) => effects.includes(effect))
    );
  }

  /** Carries out what was to arrive when all is over, and waits for what that has set in motion. */
  private async releaseLate(orderId: string): Promise<void> {
    await this.parts.proxy.releaseLate(orderId);
    await this.rest(orderId);
  }

  /** Until its execution has ended, or waits for its buyer. */
  private async rest(orderId: string): Promise<void> {
    for (let quiet = 0; quiet < 2;) {
      await delay(5);
      quiet = this.parts.isBusyWith(orderId) ? 0 : quiet + 1;
    }
  }

  private each<Result>(work: (placed: Placed, index: number) => Promise<Result>): Promise<Result[]> {
    return Promise.all(
      [...this.orders.values()].map((placed, index) => this.parts.limit.run(() => work(placed, index))),
    );
  }
}

/** What is published last is published by the execution alone: where it was aborted, or could not, people redrive it. */
function endsBeforeItIsTold(fault: Fault): boolean {
  return 'killBefore' in fault || fault.effect === 'publish order' || /^(?:abort|crash)-/.test(fault.mode);
}
