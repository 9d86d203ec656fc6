import { randomUUID } from 'node:crypto';
import { type Lab } from './lab';
import { type MeasuredServer } from './measured-server';
import { seatId, venue } from './venue';
import { type ObservedCheckout } from '../observe/checkout-observer';

export interface ObservedCheckouts {
  readonly observed: readonly { readonly totalMs: number; readonly checkout: ObservedCheckout }[];
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

/** One purchase, and what it made the system do. */
export async function buyObserved(
  server: MeasuredServer,
  eventId: string,
  seats: readonly string[],
): Promise<{ status: number; text: string; totalMs: number; checkout: ObservedCheckout }> {
  await server.ask({ ask: 'begin' });
  const startedAt = performance.now();
  const response = await fetch(`${server.url}/api/purchases`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({
      ...{ eventId, seats, paymentMethod: 'pm_card_visa' },
      buyer: { name: 'Ann Lee', email: 'ann@example.com' },
    }),
  });
  const text = await response.text();
  const totalMs = performance.now() - startedAt;
  const { checkout } = await server.ask({ ask: 'end' });
  return { status: response.status, text, totalMs, checkout: checkout! };
}
