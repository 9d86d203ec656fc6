import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { eraseBuyer } from '../../../lambda/buyer/erase-buyer';
import { type Order as ExtrasOrder } from '../../../lambda/order/order';
import { OrderRepository } from '../../../lambda/order/order-repository';
import { AddressHashes } from '../../../lambda/shared/address-hash';
import { timeText } from '../../../lambda/shared/clock';
import { referenceOf } from '../../../lambda/shared/reference';
import { useTables } from '../../support/tables';
import { Checkout, LAYOUT, type Order } from '../checkout';
import { OrderShop } from '../order/order-shop';

const DAY = 86_400;
const EMAIL = 'ada@example.com';

const tables = useTables();
let checkout: Checkout;
let erasedTickets: string[];

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  erasedTickets = [];
  const over = timeText(checkout.clock.nowSeconds() + DAY);
  await checkout.replaceLayout({ ...LAYOUT, startsAt: over, saleClosesAt: over });
});

/** Of a buyer of the test's own: the tables are those of the file. */
const buyer = () => ({ name: 'Ada Lovelace', email: `${checkout.eventId}@example.com` });

async function sold(...seats: string[]): Promise<Order> {
  const order = await checkout.confirmed(seats, { buyer: buyer() });
  await checkout.purchases.noteConfirmationTold(order.purchaseId);
  return order;
}

/** An order of an event that nobody knows any more, and its shop. */
async function ordered(): Promise<{ readonly order: ExtrasOrder; readonly shop: OrderShop }> {
  const shop = await OrderShop.open(tables, { programme: 5 });
  const emailHash = await checkout.addresses.of(buyer().email);
  const open = shop.orders.open.bind(shop.orders);
  shop.orders.open = (order) => open({ ...order, buyer: buyer(), emailHash });
  return { order: await shop.sold({ programme: 1 }), shop };
}

const erase = (email = buyer().email, addresses = checkout.addresses) =>
  eraseBuyer(email, {
    ...{ purchases: checkout.purchases, events: checkout.events, addresses, clock: checkout.clock },
    orders: new OrderRepository(tables.client, tables.orderTable, checkout.clock),
    tickets: { erase: ({ purchaseId }) => Promise.resolve(void erasedTickets.push(purchaseId)) },
  });

/** Everything that the tables have, as one text. */
async function everything(): Promise<string> {
  const scans = [tables.seatTable, tables.purchaseTable, tables.orderTable].map((TableName) =>
    tables.client.send(new ScanCommand({ TableName, ConsistentRead: true })),
  );
  return JSON.stringify((await Promise.all(scans)).map(({ Items }) => Items));
}

test('of a sale whose event is over, the buyer goes with the ticket; status, seats and money stay', async () => {
  const { purchaseId } = await sold('A-1', 'A-2');
  const before = (await checkout.purchases.find(purchaseId))!;
  checkout.clock.advance(DAY);

  const erasure = await erase();

  const { buyer: _, emailHash: _hash, ...stays } = before;
  expect(erasure).toEqual({ erased: 1, kept: [] });
  expect(await checkout.purchases.find(purchaseId)).toEqual(stays);
  expect(erasedTickets).toEqual([purchaseId]);
  expect(await everything()).not.toContain(buyer().email);
  expect(await checkout.seatStates()).toEqual(['A-1 SOLD', 'A-2 SOLD']);
});

test('a purchase that has failed goes at once, and an order of an event that nobody knows any more', async () => {
  const failed = await checkout.pending(['A-1'], { buyer: buyer() });
  await checkout.claim(failed);
  await checkout.purchases.settleFailed(failed.purchaseId);
  const { order, shop } = await ordered();
  await shop.told(order);

  expect(await erase()).toEqual({ erased: 2, kept: [] });
  expect(await everything()).not.toContain(buyer().email);
  expect(await erase()).toEqual({ erased: 0, kept: [] });
});

test('what is still due or owed stays, and is named', async () => {
  const ahead = await sold('A-1');
  const pending = await checkout.pending(['A-2'], { buyer: buyer() });
  const cancelled = await sold('A-3');
  await checkout.cancelling(cancelled);
  await checkout.purchases.settleCancelled(cancelled.purchaseId);
  await checkout.purchases.noteCancellationTold(cancelled.purchaseId);

  const { erased, kept } = await erase();

  expect(erased).toBe(0);
  expect(new Map(kept.map(({ reference, why }) => [reference, why]))).toEqual(
    new Map([
      [referenceOf(ahead.purchaseId), 'EVENT_AHEAD'],
      [referenceOf(pending.purchaseId), 'IN_PROGRESS'],
      [referenceOf(cancelled.purchaseId), 'REFUND_DUE'],
    ]),
  );
  expect(erasedTickets).toEqual([]);
});

test('a sale whose buyer is not told yet, or whose payment is disputed, stays', async () => {
  const untold = await checkout.confirmed(['A-1'], { buyer: buyer() });
  const disputed = await sold('A-2');
  await checkout.purchases.noteDispute((await checkout.purchases.find(disputed.purchaseId))!, {
    ...{ id: 'du_1', status: 'needs_response', reason: 'fraudulent', amount: 12_000, currency: 'EUR' },
  });
  checkout.clock.advance(DAY);

  const { kept } = await erase();

  expect(kept).toHaveLength(2);
  expect(kept).toContainEqual({ reference: referenceOf(untold.purchaseId), why: 'MESSAGE_DUE' });
  expect(kept).toContainEqual({ reference: referenceOf(disputed.purchaseId), why: 'DISPUTE_OPEN' });
});

describe('an order whose buyer is not told of it yet', () => {
  const why = 'MESSAGE_DUE';

  test('stays until the message is there, or nobody knows whether it is', async () => {
    const { order, shop } = await ordered();
    await shop.orders.giveUpTelling(await shop.sold({ programme: 1 }));

    const before = await erase();
    await shop.told(order);

    expect(before).toEqual({ erased: 1, kept: [{ reference: referenceOf(order.orderId), why }] });
    expect(await erase()).toEqual({ erased: 1, kept: [] });
  });

  test('stays no longer than a message that was given up can be given back', async () => {
    const { order } = await ordered();
    checkout.clock.advance(14 * DAY - 60);

    const before = await erase();
    checkout.clock.advance(60);

    expect(before.kept).toEqual([{ reference: referenceOf(order.orderId), why }]);
    expect(await erase()).toEqual({ erased: 1, kept: [] });
  });
});

test('what an older key has hashed is erased as well, and another buyer’s is left alone', async () => {
  const { purchaseId } = await sold('A-1');
  const other = await checkout.confirmed(['A-2'], { buyer: { name: 'Ben', email: EMAIL } });
  checkout.clock.advance(DAY);
  const rotated = new AddressHashes(() => Promise.resolve(`${'n'.repeat(64)} ${'k'.repeat(64)}`));

  const { erased } = await erase(buyer().email.toUpperCase(), rotated);

  expect(erased).toBe(1);
  expect((await checkout.purchases.find(purchaseId))!.buyer).toBeUndefined();
  expect((await checkout.purchases.find(other.purchaseId))!.buyer?.email).toBe(EMAIL);
});
