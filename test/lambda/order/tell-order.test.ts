import { randomUUID } from 'node:crypto';
import { SendingUnknown } from '../../../lambda/notification/send-once';
import { type Order } from '../../../lambda/order/order';
import { tellOrder } from '../../../lambda/order/tell-order';
import { useTables } from '../../support/tables';
import { OrderShop } from './order-shop';

const tables = useTables();
/** Longer than an attempt may take. */
const LATER = 60;

let shop: OrderShop;
let order: Order;
beforeEach(async () => {
  shop = await OrderShop.open(tables, { programme: 10 });
  order = await shop.sold({ programme: 1 });
});

const succeeds = () => Promise.resolve();
const unknown = () => Promise.reject(new SendingUnknown('no answer'));
const refused = () => Promise.reject(new Error('no such address'));

/** @returns how it has ended, and whether anything was sent */
async function attempt(send: () => Promise<void> = succeeds) {
  const sent = jest.fn(send);
  const { orders } = shop;
  const outcome = await tellOrder(order.orderId, randomUUID(), {
    ...{ orders, send: sent, hasTime: () => false },
    eventCancellations: { find: () => Promise.resolve(undefined) },
  }).then(
    () => 'ended',
    (error: Error) => error.name,
  );
  shop.clock.advance(LATER);
  return { outcome, isSent: sent.mock.calls.length > 0 };
}

/** An attempt whose function dies while it sends. */
async function dyingAttempt(): Promise<void> {
  const { status, orderId } = order;
  await shop.orders.beginTelling({ status, orderId }, randomUUID());
  shop.clock.advance(LATER);
}

const item = () => shop.orders.find(order.orderId);

test.each([
  ['had no answer', () => attempt(unknown)],
  ['died', dyingAttempt],
])('after two attempts that %s there is no third, and it is noted that nobody knows', async (_, fail) => {
  await fail();
  expect(await item()).not.toHaveProperty('tellingUnknownAt');
  await fail();
  await attempt();
  const { isSent } = await attempt();

  expect(isSent).toBe(false);
  expect(await item()).toMatchObject({ tellings: 2, tellingUnknownAt: expect.any(Number) as number });
  expect(await item()).not.toHaveProperty('toldAt');
});

test('an attempt that had no answer fails once, so that its message comes again, and then ends', async () => {
  expect(await attempt(unknown)).toEqual({ outcome: 'SendingUnknown', isSent: true });
  expect(await attempt(unknown)).toEqual({ outcome: 'ended', isSent: true });
});

test('what was refused was not sent: it counts as no attempt', async () => {
  for (let times = 0; times < 4; times++) expect((await attempt(refused)).outcome).toBe('Error');

  expect(await attempt()).toEqual({ outcome: 'ended', isSent: true });
  expect(await item()).toMatchObject({ toldAt: expect.any(Number) as number });
});

test('whose sale is revoked is told of that, though nobody knows whether the sale was told', async () => {
  await attempt(unknown);
  await attempt(unknown);

  await shop.orders.revoke((await item())!);

  expect(await item()).not.toHaveProperty('tellingUnknownAt');
});

test('an attempt whose request is repeated is one, and every other waits for it', async () => {
  const mine = randomUUID();

  expect(await shop.orders.beginTelling(order, mine)).toEqual({ isLast: false });
  expect(await shop.orders.beginTelling(order, mine)).toEqual({ isLast: false });
  await expect(shop.orders.beginTelling(order, randomUUID())).rejects.toThrow('Another attempt is under way');
  // Nor does it take another off that somebody else has begun.
  await shop.orders.withdrawTelling(order, randomUUID());

  expect(await item()).toMatchObject({ tellings: 1, tellingBy: mine });
});

describe('a message that is faster than the write of the end', () => {
  const send = jest.fn((_: Order) => Promise.resolve());
  let early: Order;
  beforeEach(async () => {
    send.mockClear();
    early = await shop.reserved({ programme: 1 });
  });

  const tell = (hasTime: () => boolean) =>
    tellOrder(early.orderId, randomUUID(), {
      ...{ orders: shop.orders, send, hasTime },
      eventCancellations: { find: () => Promise.resolve(undefined) },
    });

  test('waits for it, and tells it', async () => {
    let written: Promise<Order> | undefined;
    await tell(() => {
      written ??= shop.confirmed(early);
      return true;
    });

    expect(send.mock.calls.map(([{ status }]) => status)).toEqual(['CONFIRMED']);
  });

  test('goes back to the queue while there is still time for that', async () => {
    await expect(tell(() => false)).rejects.toThrow('The order has no end yet');

    expect(send).not.toHaveBeenCalled();
  });
});
