import { randomUUID } from 'node:crypto';
import { DeleteCommand, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { eraseBuyer } from '../../../lambda/buyer/erase-buyer';
import { type Order as ExtrasOrder } from '../../../lambda/order/order';
import { type AuditState } from '../../../lambda/recovery/audit-log';
import { completeOlder, type OlderDependencies, olderRecords } from '../../../lambda/recovery/older-records';
import { timeText } from '../../../lambda/shared/clock';
import { useTables } from '../../support/tables';
import { Checkout, LAYOUT, type Order } from '../checkout';
import { OrderShop } from '../order/order-shop';

const DAY = 86_400;
/** What no version had before there were people's data to be let go. */
const NEWER = 'emailHash, eventShard, expiresAt, keptUntil';

const tables = useTables();
let checkout: Checkout;
let shop: OrderShop;
/** When the event is over, seconds since the epoch. */
let over: number;
let older: OlderDependencies['older'];

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  shop = await OrderShop.open(tables, { programme: 100 });
  over = checkout.clock.nowSeconds() + 10 * DAY;
  const layout = { ...LAYOUT, startsAt: timeText(over), saleClosesAt: timeText(over) };
  await checkout.replaceLayout(layout);
  await checkout.events.put(shop.eventId, layout);
  older = olderRecords(tables.client, { purchases: tables.purchaseTable, orders: tables.orderTable });
});

const now = () => checkout.clock.nowSeconds();
/** Of a buyer of the test's own: the tables are those of the file. */
const email = () => `${checkout.eventId}@example.com`;
const purchaseKey = ({ purchaseId }: Pick<Order, 'purchaseId'>) => ({
  ...{ TableName: tables.purchaseTable, Key: { purchaseId } },
});
const orderKey = ({ orderId }: Pick<ExtrasOrder, 'orderId'>) => ({
  ...{ TableName: tables.orderTable, Key: { pk: `ORDER#${orderId}`, sk: 'ORDER' } },
});
type TableKey = ReturnType<typeof purchaseKey | typeof orderKey>;

/** As an older version has written it. */
async function aged<Record>(record: Record, key: TableKey): Promise<Record> {
  await tables.client.send(new UpdateCommand({ ...key, UpdateExpression: `REMOVE ${NEWER}` }));
  return record;
}
const agedPurchase = (order: Order) => aged(order, purchaseKey(order));
const agedOrder = (order: ExtrasOrder) => aged(order, orderKey(order));

async function itemOf(key: TableKey): Promise<Record<string, unknown> | undefined> {
  const { Item } = await tables.client.send(new GetCommand({ ...key, ConsistentRead: true }));
  return Item;
}

const set = (key: TableKey, attribute: string, value: unknown) =>
  tables.client.send(
    new UpdateCommand({
      ...key,
      UpdateExpression: 'SET #attribute = :value',
      ExpressionAttributeNames: { '#attribute': attribute },
      ExpressionAttributeValues: { ':value': value },
    }),
  );

const bought = (...seats: string[]) =>
  checkout.confirmed(seats, { buyer: { name: 'Ada Lovelace', email: email() } });

async function failed(seat: string): Promise<Order> {
  const order = await checkout.pending([seat], { buyer: { name: 'Ada Lovelace', email: email() } });
  await checkout.claim(order);
  await checkout.purchases.settleFailed(order.purchaseId);
  return order;
}

async function ordered(): Promise<ExtrasOrder> {
  const order = await shop.told(await shop.sold({ programme: 1 }));
  await set(orderKey(order), 'buyer', { name: 'Ada Lovelace', email: email() });
  return order;
}

/** One run of the audit, as far as it concerns this. */
async function run(
  state: Partial<AuditState> = {},
  changes: Partial<OlderDependencies> = {},
  hasTime = () => true,
): Promise<AuditState & { readonly lacking: number; readonly looked: number }> {
  const ran = await completeOlder(
    {
      ...{ older, orders: shop.orders, events: checkout.events, addresses: checkout.addresses },
      ...{ clock: checkout.clock, salesKept: checkout.salesKept, ...changes },
    },
    { state: { tallies: [], ...state }, hasTime },
  );
  return { tallies: [], ...ran.counts, ...ran.state() };
}

const erase = () =>
  eraseBuyer(email(), {
    ...{ purchases: checkout.purchases, orders: shop.orders, events: checkout.events },
    ...{ addresses: checkout.addresses, clock: checkout.clock },
    tickets: { erase: () => Promise.resolve() },
  });

test('a buyer of an older version is found by address and by event, and an erasure lets them go', async () => {
  const sold = await agedPurchase(await bought('A-1'));
  const declined = await agedPurchase(await failed('A-2'));
  const order = await agedOrder(await ordered());
  await checkout.purchases.noteConfirmationTold(sold.purchaseId);
  checkout.clock.advance(11 * DAY);
  const hashes = await checkout.addresses.every(email());
  const before = await erase();

  await run();

  const found = [...(await checkout.purchases.idsByEmail(hashes)), ...(await shop.orders.idsByEmail(hashes))];
  const { ids } = await checkout.purchases.idsOfEvent(checkout.eventId, { limit: 10 });
  expect(before).toEqual({ erased: 0, kept: [] });
  expect(found.toSorted()).toEqual([sold.purchaseId, declined.purchaseId, order.orderId].toSorted());
  expect(ids.toSorted()).toEqual([sold.purchaseId, declined.purchaseId].toSorted());
  expect(await erase()).toEqual({ erased: 3, kept: [] });
});

describe('a record of which nobody has said how long it is kept', () => {
  test('is kept as its like of this version: a sale by its event, what has failed for 40 days', async () => {
    const sold = await agedPurchase(await bought('A-1'));
    const declined = await agedPurchase(await failed('A-2'));
    const order = await agedOrder(await ordered());
    const refused = await shop.taken({ programme: 1 });
    await shop.orders.refuse(refused.orderId, refused.executionId!, { code: 'OUT_OF_STOCK', detail: '' });
    await agedOrder(refused);

    await run();

    const until = over + 180 * DAY;
    expect(await itemOf(purchaseKey(sold))).toMatchObject({ expiresAt: until, keptUntil: until });
    expect(await itemOf(orderKey(order))).toMatchObject({ expiresAt: until, keptUntil: until });
    expect(await itemOf(purchaseKey(declined))).toMatchObject({ expiresAt: now() + 40 * DAY });
    expect(await itemOf(orderKey(refused))).toMatchObject({ expiresAt: now() + 40 * DAY });
  });

  test('of an event of long ago is kept 40 days more: its ticket must go before it does', async () => {
    const sold = await agedPurchase(await bought('A-1'));
    checkout.clock.advance(400 * DAY);

    await run();

    expect(await itemOf(purchaseKey(sold))).toMatchObject({ expiresAt: now() + 40 * DAY });
  });

  test('is kept for 180 days from now, if its bank has disputed the payment', async () => {
    const declined = await agedPurchase(await failed('A-1'));
    await set(purchaseKey(declined), 'dispute', { id: 'du_1', status: 'lost' });

    await run();

    expect(await itemOf(purchaseKey(declined))).toMatchObject({ expiresAt: now() + 180 * DAY });
  });

  test('has no such time while money is owed: before it is settled, and while it is being cancelled', async () => {
    const pending = await agedPurchase(await checkout.pending(['A-1']));
    const cancelling = await bought('A-2');
    await checkout.cancelling(cancelling);
    await agedPurchase(cancelling);

    await run();

    expect(await itemOf(purchaseKey(pending))).not.toHaveProperty('expiresAt');
    expect(await itemOf(purchaseKey(cancelling))).not.toHaveProperty('expiresAt');
    expect(await itemOf(purchaseKey(cancelling))).toHaveProperty('emailHash');
  });

  test('takes the note with it that it was revoked with its event', async () => {
    const order = await agedOrder(await ordered());
    await shop.orders.revoke({ orderId: order.orderId, eventId: shop.eventId });
    const executionId = randomUUID();
    await shop.orders.take(order.orderId, executionId);
    await shop.orders.settleCancelled(order, executionId);
    await agedOrder(order);

    await run();

    const { Items } = await tables.client.send(
      new QueryCommand({
        TableName: tables.orderTable,
        KeyConditionExpression: 'pk = :revoked',
        ExpressionAttributeValues: { ':revoked': `EVENT#${shop.eventId}#REVOKED` },
      }),
    );
    expect(Items).toMatchObject([{ sk: order.orderId, expiresAt: over + 180 * DAY }]);
  });
});

describe('whoever writes between the read and the write was right', () => {
  /** Does it when the record is read, and not written yet. */
  const meanwhile = (act: () => Promise<unknown>) => ({
    addresses: {
      of: async (address: string) => {
        if (address === email()) await act();
        return checkout.addresses.of(address);
      },
    },
  });

  test('a buyer who is erased stays so', async () => {
    const declined = await agedPurchase(await failed('A-1'));
    const { lacking } = await run(
      {},
      meanwhile(() =>
        tables.client.send(new UpdateCommand({ ...purchaseKey(declined), UpdateExpression: 'REMOVE buyer' })),
      ),
    );

    expect(lacking).toBeGreaterThan(0);
    expect(await itemOf(purchaseKey(declined))).not.toHaveProperty('emailHash');
  });

  test('an address that is corrected is the one that finds the purchase', async () => {
    const sold = await agedPurchase(await bought('A-1'));
    const emailHash = await checkout.addresses.of('new@example.com');

    await run(
      {},
      meanwhile(() =>
        checkout.purchases.noteSending(sold.purchaseId, { email: 'new@example.com', emailHash }),
      ),
    );

    expect(await itemOf(purchaseKey(sold))).toMatchObject({ emailHash });
  });

  test('a record that TTL has taken does not come back', async () => {
    const declined = await agedPurchase(await failed('A-1'));

    await run(
      {},
      meanwhile(() => tables.client.send(new DeleteCommand(purchaseKey(declined)))),
    );

    expect(await itemOf(purchaseKey(declined))).toBeUndefined();
  });
});

describe('a round', () => {
  test('goes on where the run before has ended, page by page, through both tables', async () => {
    const sold = await agedPurchase(await bought('A-1'));
    const order = await agedOrder(await ordered());
    let state: Partial<AuditState> = {};

    let runs = 0;
    do {
      let isFirst = true;
      const once = () => isFirst && !(isFirst = false);
      state = await run({ older: state.older }, {}, once);
      runs++;
    } while (state.older?.position);

    expect(runs).toBeGreaterThan(1);
    expect(await itemOf(purchaseKey(sold))).toHaveProperty('emailHash');
    expect(await itemOf(orderKey(order))).toHaveProperty('emailHash');
  });

  test('that has found something is followed by one more; one that has not, by none, and then nothing is read', async () => {
    await agedPurchase(await bought('A-1'));
    const first = await run();
    const late = await agedPurchase(await bought('A-2'));

    const second = await run({ older: first.older });
    const third = await run({ older: second.older });
    const fourth = await run({ older: third.older });

    expect(first.older).toEqual({ found: first.lacking });
    expect(second).toMatchObject({ lacking: 1, older: { found: 1 } });
    expect(await itemOf(purchaseKey(late))).toHaveProperty('emailHash');
    expect(third).toMatchObject({ lacking: 0, older: { found: 0 } });
    expect(fourth).toMatchObject({ looked: 0, older: { found: 0 } });
  });
});
