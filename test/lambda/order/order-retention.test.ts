import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Order } from '../../../lambda/order/order';
import { useTables } from '../../support/tables';
import { OrderShop } from './order-shop';

const DAY = 86_400;
const CANNOT_PAY = { code: 'PAYMENT_DECLINED', detail: 'The card was declined.' } as const;

const tables = useTables();
let shop: OrderShop;
/** Until when the event has its sales kept. */
let keptUntil: number;

beforeEach(async () => {
  shop = await OrderShop.open(tables, { programme: 5 });
  keptUntil = now() + 190 * DAY;
});

const now = () => shop.clock.nowSeconds();
const orderKey = ({ orderId }: Order) => ({ pk: `ORDER#${orderId}`, sk: 'ORDER' });
const reservationKey = ({ orderId }: Order) => ({ pk: `EVENT#${shop.eventId}#ORDERS`, sk: orderId });

async function expiryOf(Key: Record<string, string>): Promise<unknown> {
  const { Item } = await tables.client.send(
    new GetCommand({ TableName: tables.orderTable, Key, ConsistentRead: true }),
  );
  return Item?.['expiresAt'];
}

/** As UpdateInventory writes it, which has no function. */
async function sold(): Promise<Order> {
  const order = await shop.sold({ programme: 1 });
  for (const [Key, UpdateExpression] of [
    [orderKey(order), 'SET keptUntil = :until, expiresAt = :until'],
    [reservationKey(order), 'SET expiresAt = :until'],
  ] as const) {
    const ExpressionAttributeValues = { ':until': keptUntil };
    await tables.client.send(
      new UpdateCommand({ TableName: tables.orderTable, Key, UpdateExpression, ExpressionAttributeValues }),
    );
  }
  return (await shop.orders.find(order.orderId))!;
}

test.each([
  ['refused', (order: Order) => shop.orders.refuse(order.orderId, order.executionId!, CANNOT_PAY)],
  [
    'undone',
    async (order: Order) => {
      await shop.claimed(order);
      await shop.orders.settleFailed(order.orderId, order.executionId!);
    },
  ],
])('an order that is %s goes after 40 days', async (_, settle) => {
  const order = await shop.taken({ programme: 1 });
  const before = await expiryOf(orderKey(order));

  await settle(order);

  expect(before).toBeUndefined();
  expect(await expiryOf(orderKey(order))).toBe(now() + 40 * DAY);
});

test('a sale that is given back by hand on its last day stays for 40 days, in which the refund may come back; its stock is back at once', async () => {
  const order = await sold();
  shop.clock.advance(189 * DAY);

  await shop.orders.noteRefunded(order, order.amount!);

  expect(await expiryOf(orderKey(order))).toBe(now() + 40 * DAY);
  expect(await expiryOf(reservationKey(order))).toBeUndefined();
  expect(await shop.available()).toEqual({ programme: 5 });
});

test('an order whose payment is disputed on its last day stays for 180 days', async () => {
  const order = await sold();
  shop.clock.advance(189 * DAY);

  await shop.orders.noteDispute(order.orderId, { id: 'du_1', status: 'needs_response' });

  expect(await expiryOf(orderKey(order))).toBe(now() + 180 * DAY);
});

test('a dispute keeps no order shorter than its event does', async () => {
  const order = await sold();

  await shop.orders.noteDispute(order.orderId, { id: 'du_1', status: 'needs_response' });

  expect(await expiryOf(orderKey(order))).toBe(keptUntil);
});

test('a sale that is revoked cannot go while money is owed, and then stays as long as its event says', async () => {
  const order = await sold();

  await shop.orders.revoke(order);
  const owed = await expiryOf(orderKey(order));
  const taken = (await shop.orders.take(order.orderId, 'undoing')) as Order;
  await shop.orders.settleCancelled(taken, 'undoing');

  expect(owed).toBeUndefined();
  expect(await expiryOf(orderKey(order))).toBe(keptUntil);
  expect(await expiryOf({ pk: `EVENT#${shop.eventId}#REVOKED`, sk: order.orderId })).toBe(keptUntil);
});

test('an event that is moved to a later day keeps its orders and what they have reserved; one that is moved to an earlier day, no shorter', async () => {
  const order = await sold();
  const later = keptUntil + 100 * DAY;

  await shop.orders.keepWithEvent(shop.eventId, order.orderId, later);
  await shop.orders.keepWithEvent(shop.eventId, order.orderId, keptUntil);

  expect(await expiryOf(orderKey(order))).toBe(later);
  expect(await expiryOf(reservationKey(order))).toBe(later);
  expect(await shop.available()).toEqual({ programme: 4 });
});
