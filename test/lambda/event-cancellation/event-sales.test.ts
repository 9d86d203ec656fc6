import { EventSales, type Page } from '../../../lambda/event-cancellation/event-sales';
import { progressOf } from '../../../lambda/event-cancellation/event-cancellation-progress';
import { OrderRepository } from '../../../lambda/order/order-repository';
import { referenceOf } from '../../../lambda/shared/reference';
import { useTables } from '../../support/tables';
import { Checkout, LAYOUT, type Order } from '../checkout';

const tables = useTables();
let checkout: Checkout;
/** Purchases whose cancellation was started, in that order. */
let started: string[];

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  started = [];
  // The balance is the table's, and so common to all these tests.
  await checkout.purchases.balance.note(0);
});

const sales = (pace: { perSecond?: number; perPage?: number } = {}) =>
  new EventSales({
    ...{ events: checkout.events, seats: checkout.seats, purchases: checkout.purchases },
    ...{ eventCancellations: checkout.eventCancellations, clock: checkout.clock },
    cancellations: {
      startCancelled: async (purchaseId) => void started.push(await Promise.resolve(purchaseId)),
    },
    perSecond: 1_000,
    ...pace,
  });
const now = () => checkout.clock.nowSeconds();
const close = () => checkout.eventCancellations.open(checkout.eventId, { message: 'Ill.', at: now() }, 0);
const progress = () =>
  progressOf(checkout.eventId, {
    ...{ eventCancellations: checkout.eventCancellations, seats: checkout.seats },
    ...{ purchases: checkout.purchases, orders: new OrderRepository(tables.client, tables.orderTable) },
  });

/** As `CancelPurchase` brings it to its end. */
async function cancel(order: Order): Promise<void> {
  await checkout.cancelling(order);
  for (const seatId of order.request.seats) {
    await checkout.seats.release(checkout.eventId, checkout.seat(seatId), order.purchaseId);
  }
  await checkout.purchases.settleCancelled(order.purchaseId);
}

describe('closing', () => {
  test('is for good: the first message stands, and no other layout brings the event back', async () => {
    const found = await checkout.events.find(checkout.eventId);
    await close();

    const again = await checkout.eventCancellations.open(checkout.eventId, { message: 'Late.', at: 0 }, 0);

    expect(again).toMatchObject({ message: 'Ill.' });
    await expect(checkout.events.put(checkout.eventId, LAYOUT, found)).rejects.toMatchObject({
      name: 'EventChanged',
    });
    expect((await checkout.events.list()).find(({ eventId }) => eventId === checkout.eventId)).toMatchObject({
      cancelledAt: now(),
    });
  });

  test('of an event that is not there says so, and leaves nothing', async () => {
    expect(await checkout.eventCancellations.open('nowhere', { message: 'Ill.', at: 1 }, 0)).toBeUndefined();
    expect(await checkout.eventCancellations.running.all()).not.toContainEqual(
      expect.objectContaining({ eventId: 'nowhere' }),
    );
  });
});

describe('a page', () => {
  test('starts the cancellation of every sale once, over all sections', async () => {
    const first = await checkout.confirmed(['A-1', 'B-1', 'C-1']);
    const second = await checkout.confirmed(['C-2']);
    await close();

    const page = await sales().cancelPage(checkout.eventId);

    expect(page).toEqual({ started: 2, busy: 0 });
    expect(started.toSorted()).toEqual([first.purchaseId, second.purchaseId].toSorted());
  });

  test('leaves alone who buys, waits or is cancelled already: they are busy', async () => {
    await checkout.pending(['A-1']);
    await checkout.paid(['A-2']);
    await checkout.cancelling(await checkout.confirmed(['A-3']));
    await close();

    expect(await sales().cancelPage(checkout.eventId)).toEqual({ started: 0, busy: 3 });
    expect(started).toEqual([]);
  });

  test('does not see a hold that is over', async () => {
    await checkout.pending(['A-1']);
    await close();
    checkout.clock.advance(601);

    expect(await sales().cancelPage(checkout.eventId)).toEqual({ started: 0, busy: 0 });
  });

  test('starts nothing while the balance is empty, and says so for a quarter of an hour', async () => {
    await checkout.confirmed(['A-1']);
    await close();
    await checkout.purchases.balance.note(now());

    expect(await sales().cancelPage(checkout.eventId, { section: 'Stalls' })).toEqual({
      ...{ next: { section: 'Stalls' }, started: 0, busy: 0, balanceIsEmpty: true },
    });
    checkout.clock.advance(900);
    expect(await sales().cancelPage(checkout.eventId)).toEqual({ started: 1, busy: 0 });
  });

  test('ends where the next one begins: every purchase of a hall once, whatever the size of a page', async () => {
    const seatIds = [
      ...Array.from({ length: 8 }, (_, index) => `A-${index + 1}`),
      'B-3',
      'C-1',
      'C-2',
      'C-6',
    ];
    for (const seatId of seatIds) await checkout.confirmed([seatId]);
    await close();

    const pages: Page[] = [];
    do pages.push(await sales({ perPage: 3 }).cancelPage(checkout.eventId, pages.at(-1)?.next));
    while (pages.at(-1)?.next);

    expect(pages.length).toBeGreaterThan(3);
    expect(started).toHaveLength(seatIds.length);
    expect(new Set(started).size).toBe(seatIds.length);
    expect(await sales().count(checkout.eventId)).toBe(seatIds.length);
  });

  test('keeps to its rate', async () => {
    for (const seatId of ['A-1', 'A-2', 'A-3', 'A-4']) await checkout.confirmed([seatId]);
    await close();
    const begun = Date.now();

    await sales({ perSecond: 10 }).cancelPage(checkout.eventId);

    expect(Date.now() - begun).toBeGreaterThanOrEqual(299);
  });
});

describe('progress', () => {
  test('is counted from the records: what is cancelled, what failed, what is left', async () => {
    const [one, two, three] = [
      await checkout.confirmed(['A-1']),
      await checkout.confirmed(['A-2']),
      await checkout.confirmed(['A-3']),
    ];
    await close();
    await sales().count(checkout.eventId);
    await cancel(one);
    await checkout.cancelling(two);
    await checkout.purchases.noteRefund(two.purchaseId, 'FAILED');

    expect(await sales().countUnsettled(checkout.eventId)).toBe(0);
    await cancel(three);
    expect(await sales().listFailures(checkout.eventId)).toBe(1);
    expect(await progress()).toEqual({
      ...{ status: 'RUNNING', message: 'Ill.', at: new Date(now() * 1000).toISOString() },
      ...{ purchases: 3, cancelled: 2, failed: 1, remaining: 0 },
      failures: [{ reference: referenceOf(two.purchaseId), code: 'REFUND_FAILED' }],
    });

    await checkout.purchases.settleCancelled(two.purchaseId);
    await checkout.eventCancellations.finish(checkout.eventId, now());
    await checkout.eventCancellations.finish(checkout.eventId, now());
    expect(await progress()).toMatchObject({ status: 'DONE', cancelled: 3, failed: 0, failures: [] });
    expect(await checkout.eventCancellations.running.all()).not.toContainEqual(
      expect.objectContaining({ eventId: checkout.eventId }),
    );
  });

  test('is none where nobody has cancelled the event', async () => {
    expect(await progress()).toBeUndefined();
  });
});

describe('an execution', () => {
  test('is taken over by one alone, and the one before it no longer keeps it alive for itself', async () => {
    await close();
    const running = { eventId: checkout.eventId, attempt: 1, dueAt: 0 };

    const taken = await Promise.all(
      [1, 2, 3].map(() => checkout.eventCancellations.running.takeOver(running, 99)),
    );

    expect(taken.filter(Boolean)).toHaveLength(1);
    const { eventId } = checkout;
    const list = checkout.eventCancellations.running;
    expect(await list.keepAlive({ eventId, attempt: 1 }, 2_700)).toBe(false);
    expect(await list.find(eventId)).toMatchObject({
      ...running,
      attempt: 2,
      dueAt: 99,
    });
    expect(await list.keepAlive({ eventId, attempt: 2 }, 2_700)).toBe(true);
  });
});
