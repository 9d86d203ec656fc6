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

const MODES = ['fail-before', 'fail-after', 'timeout'] as const;
/** States without a function. */
const DIRECT = ['UpdateInventory', 'SendNotification'];
const STATES = ['ValidateOrder', 'CheckInventory', 'ProcessPayment', ...DIRECT];

describe.each(STATES)('%s', (state) => {
  test.each(MODES)('that fails for good (%s) leaves all of the order, or nothing', async (mode) => {
    await eventpro.setFault(state, { mode });

    const orderId = await order();

    const { status, failure } = await until(orderId, 'CONFIRMED', 'FAILED');
    // A sale that stands is not undone, though nobody was told of it, or its answer was lost.
    const stands = state === 'SendNotification' || (state === 'UpdateInventory' && mode !== 'fail-before');
    expect(status).toBe(stands ? 'CONFIRMED' : 'FAILED');
    if (!stands) expect(failure!.code).toMatch(/^(ORDER_INTERRUPTED|PAYMENT_UNAVAILABLE)$/);
    await holds(orderId, status);
  });

  test.each(MODES)('that fails once (%s), and not for good, costs nobody anything', async (mode) => {
    // Of a function, those of Lambda's own are tried again.
    const isTriedAgain = mode === 'timeout' || DIRECT.includes(state);
    await eventpro.setFault(state, {
      ...{ mode, times: 1 },
      ...(!isTriedAgain && { error: 'Lambda.ServiceException' }),
    });

    const orderId = await order();

    const { status } = await until(orderId, 'CONFIRMED', 'FAILED');
    expect(status).toBe('CONFIRMED');
    await holds(orderId, status);
  });
});

describe.each(['RefundPayment', 'RestoreInventory'])('%s', (state) => {
  test.each(MODES)(
    'that fails for good (%s) is escalated, and the reconciler brings the order to its end',
    async (mode) => {
      await eventpro.setFault('UpdateInventory', { mode: 'fail-before' });
      await eventpro.setFault(state, { mode });
      const orderId = await order();
      await eventually(async () => {
        const [execution] = (await eventpro.executions()).filter(({ status }) => status === 'FAILED');
        return execution;
      }, 'an execution that failed');
      // What was done before its answer was lost is done.
      const isDone = state === 'RestoreInventory' && mode !== 'fail-before';
      expect((await get(orderId)).status).toBe(isDone ? 'FAILED' : 'PENDING');
      await eventpro.healFaults();

      await eventpro.advanceClock(1_620);

      const { status } = await until(orderId, 'FAILED');
      await holds(orderId, status);
    },
  );
});

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

test('an hourly audit leaves the payment of an order that stands alone, and one that is on its way', async () => {
  const confirmed = await order();
  await until(confirmed, 'CONFIRMED');

  for (let hour = 0; hour < 4; hour++) await eventpro.advanceClock(3_600);

  await holds(confirmed, (await until(confirmed, 'CONFIRMED', 'FAILED', 'CANCELLED')).status);
  expect((await get(confirmed)).status).toBe('CONFIRMED');
});
