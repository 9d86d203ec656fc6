import { randomUUID } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { EventOrders } from '../../../lambda/event-cancellation/event-orders';
import { EventCancellations } from '../../../lambda/event/event-cancellations';
import { type Order } from '../../../lambda/order/order';
import { refundOrder } from '../../../lambda/order/refund-order';
import { restoreInventory } from '../../../lambda/order/restore-inventory';
import { tellOrder } from '../../../lambda/order/tell-order';
import { type PaymentGateway } from '../../../lambda/payment/payment-gateway';
import { BALANCE_KEY, EmptyBalance } from '../../../lambda/purchase/empty-balance';
import { BalanceEmpty, RefundFailed } from '../../../lambda/shared/saga-errors';
import { useTables } from '../../support/tables';
import { OrderShop } from '../order/order-shop';

const tables = useTables();
let shop: OrderShop;
let started: string[];
let balanceIsEmpty: boolean;

beforeEach(async () => {
  shop = await OrderShop.open(tables, { programme: 10 });
  started = [];
  balanceIsEmpty = false;
  await tables.client.send(
    new DeleteCommand({ TableName: tables.purchaseTable, Key: { purchaseId: BALANCE_KEY } }),
  );
});

const failuresOf = () => new EventCancellations(tables.client, tables.seatTable);
const eventOrders = (perPage = 200, start = async (orderId: string) => void started.push(orderId)) =>
  new EventOrders({
    ...{ orders: shop.orders, balance: { isEmpty: () => Promise.resolve(balanceIsEmpty) } },
    ...{ eventCancellations: failuresOf(), clock: shop.clock, perSecond: 1_000, perPage },
    executions: {
      start: async (orderId) => {
        await start(orderId);
        return true;
      },
    },
  });

/** What the workflow does with a revoked order, with a bank that takes the money or not. */
async function undo(
  { orderId }: Pick<Order, 'orderId'>,
  refundTo = jest.fn().mockResolvedValue('SUCCEEDED'),
) {
  const executionId = randomUUID();
  const taken = await shop.orders.take(orderId, executionId);
  const input = { orderId, executionId, failures: {} };
  const gateway = () => Promise.resolve({ refundTo } as unknown as PaymentGateway);
  const balance = new EmptyBalance(tables.client, tables.purchaseTable);
  const refund = await refundOrder(input, {
    ...{ orders: shop.orders, gateway, balance, clock: shop.clock },
  }).catch((error: Error) => error);
  const failures = refund instanceof Error ? { RefundPayment: { Error: refund.name, Cause: '' } } : {};
  return {
    ...{ taken, refundTo, isEmpty: await balance.isEmpty(shop.clock.nowSeconds()) },
    restored: await restoreInventory({ ...input, failures }, { orders: shop.orders }),
  };
}

test('each order that stands is revoked and its undoing started once; nobody pays for one that does not', async () => {
  const sold = await Promise.all([shop.sold({ programme: 1 }), shop.sold({ programme: 2 })]);
  await shop.reserved({ programme: 1 });

  const page = await eventOrders().cancelPage(shop.eventId);

  expect(page).toEqual({ started: 2, busy: 1 });
  expect(started.toSorted()).toEqual(sold.map(({ orderId }) => orderId).toSorted());
});

test('a page says nothing of an order, takes as many as it may, and the next goes on with the others', async () => {
  await Promise.all([1, 1, 1].map((programme) => shop.sold({ programme })));

  const first = await eventOrders(2).cancelPage(shop.eventId);
  for (const orderId of started) await undo({ orderId });
  const second = await eventOrders(2).cancelPage(shop.eventId);

  expect(first).toEqual({ next: 'again', started: 2, busy: 0 });
  expect(second).toEqual({ started: 1, busy: 0 });
  expect(new Set(started).size).toBe(3);
});

test('starts nothing while the balance is empty', async () => {
  await shop.sold({ programme: 1 });
  balanceIsEmpty = true;

  expect(await eventOrders().cancelPage(shop.eventId)).toEqual({ started: 0, busy: 0, balanceIsEmpty: true });
  expect(started).toEqual([]);
});

test('who dies between the revocation and the start leaves an order that is started by the page after it, and is due', async () => {
  const { orderId } = await shop.sold({ programme: 1 });
  const dying = eventOrders(200, () => Promise.reject(new Error('died')));
  await expect(dying.cancelPage(shop.eventId)).rejects.toThrow('died');

  expect(await eventOrders().cancelPage(shop.eventId)).toEqual({ started: 1, busy: 0 });

  expect(started).toEqual([orderId]);
  shop.clock.advance(60);
  const due: string[] = [];
  for await (const each of shop.orders.due(shop.clock.nowSeconds())) due.push(each.orderId);
  expect(due).toContain(orderId);
});

test('a revoked order is refunded, gives its extras back, and ends CANCELLED, not FAILED', async () => {
  const order = await shop.sold({ programme: 3 });
  await eventOrders().cancelPage(shop.eventId);

  const { refundTo, isEmpty, restored } = await undo(order);

  expect(restored).toMatchObject({ name: 'OrderCancelled' });
  expect(isEmpty).toBe(false);
  expect(refundTo).toHaveBeenCalledTimes(1);
  expect(refundTo).toHaveBeenCalledWith(
    expect.objectContaining({ kind: 'order', paymentIntentId: order.paymentIntentId, amount: 1_500 }),
  );
  const ended = await shop.orders.find(order.orderId);
  expect(ended).toMatchObject({ status: 'CANCELLED', stock: 'RESTORED' });
  expect(ended).not.toHaveProperty('failure');
  expect(ended).not.toHaveProperty('dueAt');
  expect(await shop.available()).toEqual({ programme: 10 });
  expect(await eventOrders().cancelPage(shop.eventId)).toEqual({ started: 0, busy: 0 });
});

test('a restore whose answer was lost says again that the order is cancelled, and gives nothing back twice', async () => {
  const order = await shop.sold({ programme: 3 });
  await eventOrders().cancelPage(shop.eventId);
  await undo(order);
  const { executionId } = (await shop.orders.find(order.orderId))!;
  const input = { orderId: order.orderId, executionId: executionId!, failures: {} };

  const again = await restoreInventory(input, { orders: shop.orders });

  expect(again).toMatchObject({ name: 'OrderCancelled' });
  expect(await shop.available()).toEqual({ programme: 10 });
});

test('one that was given back by hand meanwhile is not revoked, and its money is not given back again', async () => {
  const order = await shop.sold({ programme: 1 });
  // The page has read the order before.
  await shop.orders.noteRefunded({ ...order, amount: 500 }, 500);

  expect(await shop.orders.revoke(order)).toBe(false);

  const { taken, refundTo } = await undo(order);
  expect(taken).toMatchObject({ order: { status: 'CANCELLED' } });
  expect(refundTo).not.toHaveBeenCalled();
});

describe('a bank that does not take the money back', () => {
  const refusing = () => jest.fn().mockRejectedValue(new RefundFailed('no'));

  test('leaves the order unsettled: it is listed by its reason, and waited for no longer', async () => {
    const order = await shop.sold({ programme: 1 });
    await eventOrders().cancelPage(shop.eventId);
    expect(await eventOrders().countUnsettled(shop.eventId)).toBe(1);

    await undo(order, refusing());

    expect(await shop.orders.find(order.orderId)).toMatchObject({
      status: 'COMPENSATING',
      refundFailed: true,
    });
    expect(await eventOrders().countUnsettled(shop.eventId)).toBe(0);
    expect(await eventOrders().listFailures(shop.eventId)).toBe(1);
    expect(await failuresOf().failures(shop.eventId)).toMatchObject([
      { purchaseId: order.orderId, kind: 'order', code: 'REFUND_FAILED' },
    ]);
  });

  test('and takes it later: nothing of the refusal is left', async () => {
    const order = await shop.sold({ programme: 1 });
    await eventOrders().cancelPage(shop.eventId);
    await undo(order, refusing());
    shop.clock.advance(1_600);

    await undo(order);

    const ended = await shop.orders.find(order.orderId);
    expect(ended).toMatchObject({ status: 'CANCELLED' });
    expect(ended).not.toHaveProperty('refundFailed');
    expect(await shop.available()).toEqual({ programme: 10 });
  });
});

describe('a balance at Stripe that is too low', () => {
  test('lets the refund wait: it counts as given back, and whoever cancels the event hears of it', async () => {
    const order = await shop.sold({ programme: 1 });
    await eventOrders().cancelPage(shop.eventId);

    const { isEmpty } = await undo(order, jest.fn().mockResolvedValue('UNFUNDED'));

    expect(isEmpty).toBe(true);
    expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'CANCELLED' });
  });

  test('may refuse it: that is heard, too, and the order waits until it can be given back', async () => {
    const order = await shop.sold({ programme: 1 });
    await eventOrders().cancelPage(shop.eventId);

    const { isEmpty } = await undo(order, jest.fn().mockRejectedValue(new BalanceEmpty()));

    expect(isEmpty).toBe(true);
    expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'COMPENSATING' });
    expect(await eventOrders().countUnsettled(shop.eventId)).toBe(1);
  });
});

describe('the buyer', () => {
  const told = (order: Order, send = jest.fn().mockResolvedValue(undefined)) => ({
    send,
    done: tellOrder(order.orderId, randomUUID(), {
      ...{ orders: shop.orders, send, hasTime: () => false },
      eventCancellations: { find: () => Promise.resolve({ message: 'Ill.', at: 1 }) },
    }),
  });

  test('who was told of the sale is told of its end, once, in the words of the organiser', async () => {
    const order = await shop.sold({ programme: 1 });
    await told(order).done;
    await eventOrders().cancelPage(shop.eventId);
    await undo(order);

    const first = told(order);
    await first.done;
    const again = told(order);
    await again.done;

    expect(first.send).toHaveBeenCalledWith(expect.objectContaining({ status: 'CANCELLED' }), 'Ill.');
    expect(again.send).not.toHaveBeenCalled();
  });

  test('whose message of the sale is on its way while the order is revoked is told of its end all the same', async () => {
    const order = await shop.sold({ programme: 1 });
    const slow = told(
      order,
      jest.fn().mockImplementation(async () => {
        await eventOrders().cancelPage(shop.eventId);
        await undo(order);
      }),
    );
    await slow.done;

    const { send, done } = told(order);
    await done;

    expect(send).toHaveBeenCalledWith(expect.objectContaining({ status: 'CANCELLED' }), 'Ill.');
  });
});
