import { DeliveryLog } from '../../../lambda/notification/delivery-log';
import { type CancellationReason, CANCELS_ADMITTED } from '../../../lambda/purchase/cancellation';
import { type Failure, SETTLED_WITHIN } from '../../../lambda/purchase/purchase';
import { purchaseAnswer } from '../../../lambda/purchase/purchase-answer';
import { timeText } from '../../../lambda/shared/clock';
import { NotTaken } from '../../../lambda/purchase/purchase-repository';
import { recordedAnswer } from '../../../lambda/purchase/recorded-answer';
import { releaseSeat } from '../../../lambda/seat/release-seat';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, type Order, unlessRefused } from '../checkout';

const FAILURE: Failure = { code: 'TICKET_FAILED', detail: 'Error, please retry.' };
const AGREED = { reason: 'BUYER_REQUEST', refund: { amount: 12_000, status: 'PENDING' } } as const;

const tables = useTables();
let checkout: Checkout;
let order: Order;
let purchaseId: string;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  order = await checkout.confirmed(['A-1']);
  ({ purchaseId } = order);
});

const now = () => checkout.clock.nowSeconds();
const found = async () => (await checkout.purchases.find(purchaseId))!;
const cancel = (executionId: string, agreed: Parameters<Checkout['claimCancellation']>[2] = AGREED) =>
  checkout.claimCancellation(order, executionId, agreed);

/** Whether recovery finds it at this time. */
async function isDue(at = now() + SETTLED_WITHIN): Promise<boolean> {
  for await (const due of checkout.purchases.due(at)) if (due.purchaseId === purchaseId) return true;
  return false;
}

describe('the claim', () => {
  test('is one of two that come at once, and what it agrees stays', async () => {
    const [one, other] = await Promise.all([
      cancel('run-1'),
      cancel('run-2', { reason: 'FRAUD', refund: { amount: 0, status: 'NONE' } }),
    ]);

    const claimed = [one, other].filter((claim) => !(claim instanceof NotTaken));
    expect(claimed).toEqual([await found()]);
    expect(await found()).toMatchObject({ status: 'CANCELLING' });
  });

  test('that comes again after its answer was lost is its own', async () => {
    await cancel('run-1');

    expect(await cancel('run-1')).toMatchObject({ status: 'CANCELLING', executionId: 'run-1' });
  });

  test.each([
    ['PENDING', () => checkout.pending(['B-1'])],
    ['PAID', () => checkout.paid(['B-1'])],
    ['COMPENSATING', compensating],
  ])('takes no purchase that is %s', async (status, bring) => {
    const other = await bring();

    const claim = await checkout.claimCancellation(other, 'run-1', AGREED);

    expect(claim).toBeInstanceOf(NotTaken);
    expect(await checkout.purchases.find(other.purchaseId)).toMatchObject({ status });
  });

  async function compensating(): Promise<Order> {
    const other = await checkout.pending(['B-1']);
    await checkout.claim(other);
    return other;
  }
});

describe('a ticket that has let somebody in', () => {
  const admit = (seatId = 'A-1') =>
    checkout.purchases.admit(purchaseId, seatId, { gate: 'North', at: now() });
  const agreed = (reason: CancellationReason) => ({ ...AGREED, reason });

  test.each(Object.entries(CANCELS_ADMITTED) as [CancellationReason, boolean][])(
    'keeps %s from cancelling the sale: %p is whether it cancels it all the same',
    async (reason, cancels) => {
      await admit();

      const claim = await cancel('run-1', agreed(reason));

      expect(claim instanceof NotTaken).toBe(!cancels);
      expect(await found()).toMatchObject({ status: cancels ? 'CANCELLING' : 'CONFIRMED', admitted: 1 });
    },
  );

  test('and a cancellation at the same time: one of them wins, the other finds it', async () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      order = await checkout.confirmed([`A-${attempt + 2}`]);
      ({ purchaseId } = order);

      const [admitted, cancelled] = await Promise.all([admit(`A-${attempt + 2}`), cancel('run-1')]);

      const lost = [admitted, cancelled].filter((each) => each instanceof NotTaken);
      expect(lost).toHaveLength(1);
      expect(await revoked()).toEqual(cancelled instanceof NotTaken ? [] : [purchaseId]);
    }
  });

  const revoked = async () => {
    const all = await checkout.seats.listRevoked(checkout.eventId, { since: 0, limit: 100 });
    return all.revoked.map((sale) => sale.purchaseId).filter((id) => id === purchaseId);
  };
});

describe('the revocation', () => {
  test('is there from the claim on, and none of a sale that cannot be cancelled', async () => {
    const other = await checkout.paid(['B-1']);

    await cancel('run-1');
    await checkout.claimCancellation(other, 'run-2', AGREED);

    const { revoked } = await checkout.seats.listRevoked(checkout.eventId, { since: 0, limit: 100 });
    expect(revoked).toEqual([expect.objectContaining({ purchaseId, revokedAt: now() })]);
  });
});

describe('a cancellation that dies', () => {
  test('is due when its execution is over, although the confirmation is delivered meanwhile', async () => {
    const log = new DeliveryLog(tables.client, tables.purchaseTable, checkout.clock);
    const attempt = { channel: 'email', by: 'request/message' } as const;
    await log.begin(purchaseId, attempt);
    await cancel('run-1');

    await log.finish(purchaseId, attempt);

    expect(await found()).toMatchObject({ delivery_email: { state: 'SENT' } });
    expect([await isDue(now() + SETTLED_WITHIN - 1), await isDue()]).toEqual([false, true]);
  });

  test('stays due, too, where nobody knows what became of the confirmation', async () => {
    const log = new DeliveryLog(tables.client, tables.purchaseTable, checkout.clock);
    const attempt = { channel: 'email', by: 'request/message' } as const;
    await log.begin(purchaseId, attempt);
    await cancel('run-1');

    await log.giveUp(purchaseId, attempt);

    expect(await found()).toMatchObject({ delivery_email: { state: 'UNKNOWN' } });
    expect(await isDue()).toBe(true);
  });

  test('is never compensated: recovery and its own run get it as it is, the saga that sold it does not', async () => {
    await cancel('run-1');

    const early = await checkout.purchases.claim(purchaseId, FAILURE, { now: now() });
    const due = await checkout.purchases.claim(purchaseId, FAILURE, { now: now() + SETTLED_WITHIN });
    const own = await checkout.purchases.claim(purchaseId, FAILURE, { executionId: 'run-1' });
    const seller = await checkout.purchases.claim(purchaseId, FAILURE, order);

    expect(early).toBeInstanceOf(NotTaken);
    expect(seller).toBeInstanceOf(NotTaken);
    expect([due, own]).toEqual([await found(), await found()]);
    expect(await found()).toMatchObject({ status: 'CANCELLING' });
  });

  test('and was settled is due until its buyer is told, and then nobody’s', async () => {
    await cancel('run-1');
    await checkout.purchases.settleCancelled(purchaseId);
    const before = await isDue();

    await checkout.purchases.noteCancellationTold(purchaseId);

    const at = { now: now() + SETTLED_WITHIN };
    expect([before, await isDue()]).toEqual([true, false]);
    expect(await checkout.purchases.claim(purchaseId, FAILURE, at)).toBeInstanceOf(NotTaken);
  });
});

describe('the seats', () => {
  test('sell again at once', async () => {
    const executionId = await checkout.cancelling(order);

    const { released, purchase } = await unlessRefused(release(executionId));
    await checkout.reserve(checkout.order(['A-1']));

    expect(released).toBe(1);
    expect(purchase).toMatchObject({ status: 'CANCELLED', cancellation: { refund: { amount: 12_000 } } });
  });

  test('are the next buyer’s when it runs again', async () => {
    const executionId = await checkout.cancelling(order);
    await release(executionId);
    await checkout.confirmed(['A-1']);

    const again = await unlessRefused(release(executionId));

    expect(again).toMatchObject({ released: 0, purchase: { status: 'CANCELLED' } });
    expect(await checkout.seatStates()).toEqual(['A-1 SOLD']);
  });

  test('are free although the refund has failed, and the cancellation stays unsettled', async () => {
    const executionId = await checkout.cancelling(order);

    await release(executionId, { RefundPayment: { Error: 'RefundFailed' } });

    expect(await checkout.seatStates()).toEqual([]);
    expect(await found()).toMatchObject({ status: 'CANCELLING' });
    expect(await isDue()).toBe(true);
  });

  const release = (executionId: string, failures = {}) =>
    releaseSeat({ purchaseId, executionId, failures }, checkout);
});

describe('what is told of it', () => {
  test('why, how much is given back, and since when', async () => {
    await cancel('run-1');
    await checkout.purchases.noteRefund(purchaseId, 'SUCCEEDED');

    expect(purchaseAnswer(await found())).toMatchObject({
      status: 'CANCELLING',
      cancellation: {
        reason: 'BUYER_REQUEST',
        refund: { amount: 12_000, status: 'SUCCEEDED' },
        at: timeText(now()),
      },
    });
  });

  test('to whoever buys under its key again, that it is cancelled', async () => {
    await cancel('run-1');

    expect(recordedAnswer(await found(), now())).toMatchObject({ name: 'PurchaseCancelled' });
    expect(await errorOf(checkout.reserve(order))).toMatchObject({ name: 'PurchaseCancelled' });
  });

  test('by a confirmation that was under way, nothing', async () => {
    await cancel('run-1');
    const log = new DeliveryLog(tables.client, tables.purchaseTable, checkout.clock);

    expect(await log.begin(purchaseId, { channel: 'email', by: 'request/message' })).toBe('CANCELLED');
  });

  test('of a sale that stands no refund is noted', async () => {
    const noting = checkout.purchases.noteRefund(purchaseId, 'SUCCEEDED');

    await expect(noting).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });
});
