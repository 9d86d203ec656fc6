import { randomUUID } from 'node:crypto';
import { type ExtraRepository } from '../../../lambda/order/extra-repository';
import { type Order } from '../../../lambda/order/order';
import { OrderRepository } from '../../../lambda/order/order-repository';
import { transactWrite, type TransactionWrite } from '../../../lambda/shared/dynamodb';
import { useTables } from '../../support/tables';
import { OrderShop } from './order-shop';

const tables = useTables();

/** Reserves all at once, and tells which have it. */
async function race(orders: readonly Order[], repository: OrderRepository): Promise<Order[]> {
  const outcomes = await Promise.allSettled(
    orders.map((order) => repository.reserve(order, order.executionId!)),
  );
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect((outcome.reason as Error).name).toBe('StockShort');
  }
  return orders.filter((_, index) => {
    const outcome = outcomes[index]!;
    return outcome.status === 'fulfilled' && outcome.value;
  });
}

/** A write without its condition. */
function unguarded({ Update }: TransactionWrite): TransactionWrite {
  const { ConditionExpression: _, ...update } = Update!;
  return { Update: update };
}

describe('ten buyers of three programmes', () => {
  test('at the same moment: three have one each, and none is left', async () => {
    const shop = await OrderShop.open(tables, { programme: 3 });
    const orders = await Promise.all(Array.from({ length: 10 }, () => shop.taken({ programme: 1 })));

    const winners = await race(orders, shop.orders);

    expect(winners).toHaveLength(3);
    expect(await shop.available()).toEqual({ programme: 0 });
    expect(await shop.reservedOf()).toEqual({ programme: 3 });
  });

  test('negative control: without the condition the stock is sold more than once', async () => {
    const shop = await OrderShop.open(tables, { programme: 3 });
    const orders = await Promise.all(Array.from({ length: 10 }, () => shop.taken({ programme: 1 })));
    const repository = new OrderRepository(tables.client, tables.orderTable, shop.clock);
    const take = repository.extras.take.bind(repository.extras);
    repository.extras.take = (...of: Parameters<ExtraRepository['take']>) => unguarded(take(...of));

    const winners = await race(orders, repository);

    expect(winners).toHaveLength(10);
    expect(await shop.available()).toEqual({ programme: -7 });
  });
});

test('an order of two extras of which one is short has neither', async () => {
  const shop = await OrderShop.open(tables, { parking: 5, programme: 1 });
  const order = await shop.taken({ parking: 2, programme: 2 });

  await expect(shop.orders.reserve(order, order.executionId!)).rejects.toMatchObject({
    name: 'StockShort',
    positions: [1],
  });

  expect(await shop.available()).toEqual({ parking: 5, programme: 1 });
  expect(await shop.reservedOf()).toEqual({});
  expect(await shop.orders.find(order.orderId)).not.toHaveProperty('stock');
});

test('orders of the same extras in another sequence: each has all or nothing, and nothing is lost', async () => {
  const shop = await OrderShop.open(tables, { parking: 3, programme: 3, scarf: 3 });
  const orders = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      shop.taken(index % 2 ? { scarf: 1, parking: 2 } : { parking: 2, programme: 1, scarf: 1 }),
    ),
  );

  const winners = await race(orders, shop.orders);

  expect(winners).toHaveLength(1);
  expect((await shop.available())['parking']).toBe(1);
  expect((await shop.reservedOf())['parking']).toBe(2);
});

describe('what is reserved', () => {
  test('is reserved once, however often the step runs', async () => {
    const shop = await OrderShop.open(tables, { programme: 3 });
    const order = await shop.taken({ programme: 2 });

    const answers = await Promise.all([1, 2, 3].map(() => shop.orders.reserve(order, order.executionId!)));

    expect(answers).toEqual([true, true, true]);
    expect(await shop.available()).toEqual({ programme: 1 });
  });

  test.each([
    ['one after another', async (give: () => Promise<boolean>) => [await give(), await give(), await give()]],
    ['at once', async (give: () => Promise<boolean>) => Promise.all([give(), give(), give()])],
  ])('is given back once, also three times %s', async (_, three) => {
    const shop = await OrderShop.open(tables, { programme: 3 });
    const order = await shop.claimed(await shop.reserved({ programme: 2 }));

    const given = await three(() => shop.orders.restore(order));

    expect(given.filter(Boolean)).toHaveLength(1);
    expect(await shop.available()).toEqual({ programme: 3 });
    expect(await shop.reservedOf()).toEqual({});
  });

  test('negative control: without the order in the transaction each of them adds to the stock', async () => {
    const shop = await OrderShop.open(tables, { programme: 3 });
    await shop.reserved({ programme: 2 });
    const giveBack = shop.orders.extras.giveBack(shop.eventId, 'programme', 2);

    for (let time = 0; time < 2; time++) await transactWrite(tables.client, [giveBack]);

    expect(await shop.available()).toEqual({ programme: 5 });
  });

  test('is not given back by an execution that has lost the order, nor of one that is not claimed', async () => {
    const shop = await OrderShop.open(tables, { programme: 3 });
    const order = await shop.reserved({ programme: 2 });

    expect(await shop.orders.restore(order)).toBe(false);
    const claimed = await shop.claimed(order);
    expect(await shop.orders.restore({ ...claimed, executionId: 'another' })).toBe(false);

    expect(await shop.available()).toEqual({ programme: 1 });
  });

  test('is not reserved late, once the order is undone: the stock stays whole', async () => {
    const shop = await OrderShop.open(tables, { programme: 3 });
    const order = await shop.taken({ programme: 2 });
    await shop.claimed(order);

    expect(await shop.orders.reserve(order, order.executionId!)).toBe(false);

    expect(await shop.available()).toEqual({ programme: 3 });
  });
});

describe('extras that are put anew', () => {
  test('keep count of what is reserved', async () => {
    const shop = await OrderShop.open(tables, { programme: 3 });
    await shop.reserved({ programme: 2 });

    await shop.orders.extras.replace(shop.eventId, [
      { extraId: 'programme', name: 'Programme', price: 600, stock: 10 },
    ]);

    expect(await shop.orders.extras.list(shop.eventId)).toMatchObject([
      { extraId: 'programme', price: 600, stock: 10, available: 8 },
    ]);
  });

  test('cannot have less stock than is reserved, and then nothing changes', async () => {
    const shop = await OrderShop.open(tables, { parking: 1, programme: 3 });
    await shop.reserved({ programme: 2 });

    await expect(
      shop.orders.extras.replace(shop.eventId, [
        { extraId: 'parking', name: 'Parking', price: 0, stock: 9 },
        { extraId: 'programme', name: 'Programme', price: 600, stock: 1 },
      ]),
    ).rejects.toMatchObject({ name: 'StockTaken', message: 'More are reserved or sold: programme (2).' });

    expect(await shop.available()).toEqual({ parking: 1, programme: 1 });
  });

  test('that are left out are not listed, take back what was reserved, and come back with it', async () => {
    const shop = await OrderShop.open(tables, { programme: 3 });
    const order = await shop.reserved({ programme: 2 });
    const { extras } = shop.orders;
    const programme = { extraId: 'programme', name: 'Programme', price: 500, stock: 3 };

    expect(await extras.replace(shop.eventId, [])).toEqual([]);
    await shop.orders.restore(await shop.claimed(order));
    await extras.replace(shop.eventId, [programme]);

    expect(await shop.available()).toEqual({ programme: 3 });
  });

  test('while they are sold lose nothing', async () => {
    const shop = await OrderShop.open(tables, { programme: 30 });
    const orders = await Promise.all(Array.from({ length: 10 }, () => shop.taken({ programme: 1 })));
    const replacing = Promise.allSettled(
      [40, 50].map((stock) =>
        shop.orders.extras.replace(shop.eventId, [
          { extraId: 'programme', name: randomUUID(), price: 1, stock },
        ]),
      ),
    );

    const winners = await race(orders, shop.orders);
    await replacing;

    const [extra] = await shop.orders.extras.list(shop.eventId);
    expect(winners).toHaveLength(10);
    expect(extra!.stock - extra!.available).toBe(10);
  });
});
