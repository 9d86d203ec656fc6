import { eventually } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';

const eventpro = useLocalRun();

const STOCK = 3;
const PROGRAMME = { extraId: 'programme', name: 'Programme', price: 500, stock: STOCK };

beforeEach(async () => {
  await eventpro.reset();
  await eventpro.putExtras([PROGRAMME]);
});

async function order(paymentMethod = 'pm_card_visa'): Promise<string> {
  const { orderId } = await eventpro.order({
    ...{ items: [{ extraId: 'programme', quantity: 2 }], paymentMethod },
  });
  return orderId;
}

const until: (typeof eventpro)['orderThatIs'] = (...what) => eventpro.orderThatIs(...what);
const get = (orderId: string) => eventpro.orderAsItIs(orderId);
const available = async () => (await eventpro.availableExtras())['programme'];

/** What of the order's payments is with us. */
async function kept(orderId: string): Promise<number> {
  const payments = await eventpro.paymentsOfOrder(orderId);
  return payments.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
}

/** What must hold of an order, whatever went wrong: all of it, or nothing. */
async function holds(orderId: string, status: string): Promise<void> {
  const isConfirmed = status === 'CONFIRMED';
  expect(await kept(orderId)).toBe(isConfirmed ? 1_000 : 0);
  expect(await available()).toBe(isConfirmed ? STOCK - 2 : STOCK);
}

// That nothing is lost, whatever goes wrong in which way, is for the matrix (`faults/work/orders.ts`). Here is what it does not
// say: how the order ends.
test.each([
  ['ValidateOrder', 'FAILED', 'ORDER_INTERRUPTED'],
  ['CheckInventory', 'FAILED', 'ORDER_INTERRUPTED'],
  ['ProcessPayment', 'FAILED', 'PAYMENT_UNAVAILABLE'],
  ['UpdateInventory', 'FAILED', 'ORDER_INTERRUPTED'],
  // A sale that stands is not undone, though nobody was told of it.
  ['SendNotification', 'CONFIRMED', undefined],
] as const)('an order whose %s fails for good ends %s', async (state, end, code) => {
  await eventpro.setFault(state, { mode: 'fail-before' });

  const orderId = await order();

  const { status, failure } = await until(orderId, 'CONFIRMED', 'FAILED');
  expect([status, failure?.code]).toEqual([end, code]);
  await holds(orderId, status);
});

test.each(['RefundPayment', 'RestoreInventory'])(
  '%s that fails for good is escalated, and the reconciler brings the order to its end',
  async (state) => {
    await eventpro.setFault('UpdateInventory', { mode: 'fail-before' });
    await eventpro.setFault(state, { mode: 'fail-before' });
    const orderId = await order();
    await eventually(async () => {
      const [execution] = (await eventpro.executions()).filter(({ status }) => status === 'FAILED');
      return execution;
    }, 'an execution that failed');
    expect((await get(orderId)).status).toBe('PENDING');
    await eventpro.healFaults();

    await eventpro.advanceClock(1_620);

    const { status } = await until(orderId, 'FAILED');
    await holds(orderId, status);
  },
);

test('an order whose execution was aborted while the buyer is with the bank is undone when it is due', async () => {
  const orderId = await order('pm_card_authenticationRequired');
  await until(orderId, 'AWAITING_AUTHENTICATION');
  const running = (await eventpro.executions()).find(({ status }) => status === 'RUNNING');
  const name = running!.executionArn.split(':').at(-1)!;
  expect((await eventpro.request('POST', `/local/executions/${name}/kill`)).status).toBe(204);

  await eventpro.advanceClock(1_620);

  const { status, failure } = await until(orderId, 'FAILED');
  expect(failure!.code).toBe('ORDER_INTERRUPTED');
  await holds(orderId, status);
});

test('money that is given back by hand in part is recorded; in full, the order is cancelled and its extras sell again', async () => {
  const orderId = await order();
  await until(orderId, 'CONFIRMED');
  const [payment] = await eventpro.paymentsOfOrder(orderId);

  await eventpro.refundByHand(payment!.paymentIntentId, 300);
  await eventpro.refundByHand(payment!.paymentIntentId);

  await until(orderId, 'CANCELLED');
  expect(await available()).toBe(STOCK);
  expect(await kept(orderId)).toBe(0);
});
