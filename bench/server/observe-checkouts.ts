import { type Lab } from './lab';
import { type MeasuredServer } from './measured-server';
import { seatId, venue } from './venue';
import { type ObservedCheckout } from '../observe/checkout-observer';
import { EventProClient } from '../../harness/eventpro-client';

export interface ObservedCheckouts {
  readonly observed: readonly Observed[];
  readonly emptyInvocationMs: number;
}

let events = 0;

/** Buys one purchase after the other, and watches each. @throws Error when one is not sold */
export async function observeCheckouts(
  lab: Lab,
  {
    purchases,
    seatsPerPurchase,
    warmUp = purchases > 1 ? 40 : 1,
  }: {
    readonly purchases: number;
    readonly seatsPerPurchase: number;
    /**
     * Purchases that are thrown away first, while the just-in-time compiler works.
     * @default 40; 1 before a single purchase, which tells no times
     */
    readonly warmUp?: number;
  },
): Promise<ObservedCheckouts> {
  const server = await lab.server('observed');
  const eventId = `observed-${++events}`;
  try {
    await server.ask({ ask: 'put-event', eventId, layout: venue(2_000) });
    const observed: { totalMs: number; checkout: ObservedCheckout }[] = [];
    for (let purchase = 0; purchase < warmUp + purchases; purchase++) {
      const first = purchase * seatsPerPurchase;
      const chosen = Array.from({ length: seatsPerPurchase }, (_, index) => seatId(first + index));
      const { status, text, ...seen } = await buyObserved(server, eventId, chosen);
      if (status !== 201) throw new Error(`A purchase failed: ${status} ${text}`);
      observed.push(seen);
    }
    return { observed: observed.slice(warmUp), emptyInvocationMs: server.emptyInvocationMs };
  } finally {
    await server.close();
  }
}

/**
 * Buys where the bank wants its customer, and watches each half by itself: until the bank has asked, and from its answer on.
 *
 * @throws Error when one is not sold
 */
export async function observeAuthentications(
  lab: Lab,
  {
    purchases,
    seatsPerPurchase,
    warmUp = purchases > 1 ? 20 : 0,
  }: { readonly purchases: number; readonly seatsPerPurchase: number; readonly warmUp?: number },
): Promise<Record<'asking' | 'answered', ObservedCheckouts['observed']>> {
  const server = await lab.server('observed');
  const client = new EventProClient(() => server.url);
  const eventId = `observed-${++events}`;
  const asking: Observed[] = [];
  const answered: Observed[] = [];
  try {
    await server.ask({ ask: 'put-event', eventId, layout: venue(2_000) });
    for (let purchase = 0; purchase < warmUp + purchases; purchase++) {
      const first = purchase * seatsPerPurchase;
      const seats = Array.from({ length: seatsPerPurchase }, (_, index) => seatId(first + index));
      const paymentMethod = 'pm_card_authenticationRequired';
      const begun = await watched(server, () =>
        client.buy({ ...{ eventId, seats, paymentMethod }, buyer: BUYER }),
      );
      if (begun.answer.status !== 202) throw new Error(`The bank did not ask: ${begun.answer.text}`);
      const { purchaseId } = begun.answer;
      const payment = (await client.payments()).find(({ metadata }) => metadata['purchaseId'] === purchaseId);
      await client.answerBank(payment!.paymentIntentId, 'succeeded');
      const ended = await watched(server, () => client.resume(purchaseId));
      if (ended.answer.status !== 201) throw new Error(`A purchase failed: ${ended.answer.text}`);
      asking.push(begun);
      answered.push(ended);
    }
    return { asking: asking.slice(warmUp), answered: answered.slice(warmUp) };
  } finally {
    await server.close();
  }
}

/** One purchase, and what it made the system do. */
export async function buyObserved(
  server: MeasuredServer,
  eventId: string,
  seats: readonly string[],
): Promise<Observed & { status: number; text: string }> {
  const client = new EventProClient(() => server.url);
  const { answer, ...seen } = await watched(server, () => client.buy({ eventId, seats, buyer: BUYER }));
  return { status: answer.status, text: answer.text, ...seen };
}

const BUYER = { name: 'Ann Lee', email: 'ann@example.com' };

interface Observed {
  readonly totalMs: number;
  readonly checkout: ObservedCheckout;
}

/** A request of the buyer's, and what it made the system do. */
async function watched<Answer>(
  server: MeasuredServer,
  request: () => Promise<Answer>,
): Promise<Observed & { readonly answer: Answer }> {
  await server.ask({ ask: 'begin' });
  const startedAt = performance.now();
  const answer = await request();
  const totalMs = performance.now() - startedAt;
  const { checkout } = await server.ask({ ask: 'end' });
  return { answer, totalMs, checkout: checkout! };
}
