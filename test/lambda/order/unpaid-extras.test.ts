import { randomUUID } from 'node:crypto';
import { awaitAuthentication } from '../../../lambda/order/await-authentication';
import { checkInventory } from '../../../lambda/order/check-inventory';
import { type Order } from '../../../lambda/order/order';
import { restoreInventory } from '../../../lambda/order/restore-inventory';
import { timeText } from '../../../lambda/shared/clock';
import { useTables } from '../../support/tables';
import { OrderShop } from './order-shop';

const BOUND = 5;
const HOME = '192.0.2.1';

const tables = useTables();
let shop: OrderShop;
beforeEach(async () => (shop = await OrderShop.open(tables, { programme: 100 })));

/** An order from an address, which an execution has priced. */
async function priced(programme: number, { price = 500, address = HOME } = {}): Promise<Order> {
  const orderId = randomUUID();
  const executionId = randomUUID();
  const order = shop.order(orderId, { programme });
  await shop.orders.open({ ...order, unpaidKey: await shop.orders.unpaid.keyOf(order.eventId, address) });
  const taken = (await shop.orders.take(orderId, executionId)) as Order;
  const items = taken.items.map((item) => ({ ...item, price }));
  const agreed = { items, amount: programme * price, currency: 'EUR', keptUntil: 4_000_000_000 };
  return (await shop.orders.price(taken, executionId, agreed)) as Order;
}

const inputOf = ({ orderId, executionId = '' }: Order) => ({ orderId, executionId });
const reserve = (order: Order) => checkInventory(inputOf(order), { orders: shop.orders, unpaidBound: BOUND });

/** Lets it wait for its bank. @returns what it was refused, or nothing */
async function wait(order: Order, unpaidBound = BOUND): Promise<string | undefined> {
  const entered = { taskToken: `token of ${order.orderId}`, enteredAt: timeText(shop.clock.nowSeconds()) };
  const waited = await awaitAuthentication(
    { ...inputOf(order), ...entered },
    { orders: shop.orders, unpaidBound },
  );
  return (waited as { name?: string }).name;
}

/** Orders it, as far as its bank. */
async function ordered(programme: number, address = HOME): Promise<{ order: Order; refused?: string }> {
  const order = await priced(programme, { address });
  await reserve(order);
  return { order, refused: await wait(order) };
}

const undo = (order: Order) => restoreInventory({ ...inputOf(order), failures: {} }, { orders: shop.orders });

test('an address has so many extras of an event wait for a bank, and no more', async () => {
  expect((await ordered(3)).refused).toBeUndefined();
  expect((await ordered(3)).refused).toBe('TooManyUnpaidExtras');
  expect((await ordered(2)).refused).toBeUndefined();
  expect((await ordered(1)).refused).toBe('TooManyUnpaidExtras');
});

test('ten orders at once: no more of them wait than may', async () => {
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => ordered(1)));

  expect(outcomes.filter(({ refused }) => refused === undefined)).toHaveLength(BOUND);
});

test('negative control: without the bound all ten wait', async () => {
  const orders = await Promise.all(Array.from({ length: 10 }, () => priced(1)));
  await Promise.all(orders.map(reserve));

  const refused = await Promise.all(orders.map((order) => wait(order, 1_000)));

  expect(refused).toEqual(orders.map(() => undefined));
});

test('others are not counted: another address, another event, a card that pays at once', async () => {
  await ordered(BOUND);
  await reserve(await priced(4));

  expect((await ordered(BOUND, '192.0.2.2')).refused).toBeUndefined();
  shop = await OrderShop.open(tables, { programme: 100 });
  expect((await ordered(BOUND)).refused).toBeUndefined();
});

test('a state that runs again counts its order once', async () => {
  const { order } = await ordered(3);

  expect([await wait(order), await wait(order)]).toEqual([undefined, undefined]);

  expect((await ordered(2)).refused).toBeUndefined();
});

test('what is paid for, undone, or older than ten minutes is not counted any more', async () => {
  const { order: paid } = await ordered(BOUND);
  await shop.orders.noLongerUnpaid(paid);
  await shop.orders.noLongerUnpaid(paid);
  const { order: undone, refused } = await ordered(BOUND);
  await undo(undone);
  const third = await ordered(BOUND);
  shop.clock.advance(601);
  const fourth = await ordered(BOUND);

  expect([refused, third.refused, fourth.refused]).toEqual([undefined, undefined, undefined]);
  expect((await ordered(1)).refused).toBe('TooManyUnpaidExtras');
});

test('what costs nothing counts when it is reserved; who has too much is told so, and nothing is reserved', async () => {
  const first = await reserve(await priced(BOUND, { price: 0 }));
  const order = await priced(1, { price: 0 });
  const second = await reserve(order);
  const again = await reserve(order);

  expect([first, second, again]).toEqual([{ inStock: true }, { inStock: false }, { inStock: false }]);
  expect(await shop.orders.find(order.orderId)).toMatchObject({
    ...{ status: 'FAILED', failure: { code: 'TOO_MANY_UNPAID_EXTRAS' } },
  });
  expect(await shop.available()).toEqual({ programme: 100 - BOUND });
});

test('an order of an older version, without a key, is not counted', async () => {
  const order = await shop.reserved({ programme: 50 });

  expect(await wait(order)).toBeUndefined();
});
