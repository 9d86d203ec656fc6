import { PurchaseRepository } from '../../../lambda/purchase/purchase-repository';
import { handler, releaseSeat } from '../../../lambda/seat/release-seat';
import { logger } from '../../../lambda/shared/logger';
import { measure } from '../../../lambda/shared/measure';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, type Order, unlessRefused } from '../checkout';
import { CONTEXT } from '../invocation';

jest.mock('../../../lambda/shared/measure', () => ({ measure: jest.fn() }));

const tables = useTables();
let checkout: Checkout;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
});

const DECLINED = {
  ProcessPayment: {
    Error: 'PaymentDeclined',
    Cause: JSON.stringify({ errorType: 'PaymentDeclined', errorMessage: 'The card has expired.' }),
  },
};
const TICKET_FAILED = { GenerateTicket: { Error: 'Error', Cause: 'arn:aws:lambda:…:secret' } };
const REFUND_FAILED = { ...TICKET_FAILED, RefundPayment: { Error: 'RefundFailed', Cause: '{}' } };

function release(order: Order, failures: Record<string, { Error: string; Cause?: string }> = DECLINED) {
  return unlessRefused(releaseSeat({ ...order, failures }, checkout));
}

describe('what it gives back', () => {
  test('the seats of the purchase, which is settled as FAILED with what the buyer was told', async () => {
    const order = await checkout.pending(['A-1', 'C-2']);

    const result = await release(order);

    expect(result).toMatchObject({ released: 2 });
    expect(await checkout.seatItems()).toEqual([]);
    const purchase = await checkout.purchases.find(order.purchaseId);
    expect(purchase).toMatchObject({
      status: 'FAILED',
      failure: { code: 'PAYMENT_DECLINED', detail: 'The card has expired.' },
    });
    expect(purchase).not.toHaveProperty('dueShard');
  });

  test('the seats can be bought at once', async () => {
    await release(await checkout.pending(['A-1']));

    await checkout.pending(['A-1']);

    expect(await checkout.seatStates()).toEqual(['A-1 HELD']);
  });

  test('also those of a purchase that was paid', async () => {
    const order = await checkout.paid(['A-1']);

    await release(order, TICKET_FAILED);

    expect(await checkout.seatItems()).toEqual([]);
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'TICKET_FAILED' },
    });
  });

  test('also a hold that has expired, as long as it is its own', async () => {
    const order = await checkout.pending(['A-1']);
    checkout.clock.advance(601);

    await release(order);

    expect(await checkout.seatItems()).toEqual([]);
  });
});

describe('what it leaves alone', () => {
  test('a seat that another purchase took when the hold had expired', async () => {
    const late = await checkout.pending(['A-1', 'A-2']);
    checkout.clock.advance(600);
    const next = await checkout.pending(['A-1']);

    const result = await release(late);

    expect(result).toMatchObject({ released: 1 });
    expect(await checkout.seatItems()).toMatchObject([
      { seatId: 'A-1', status: 'HELD', purchaseId: next.purchaseId },
    ]);
  });

  test('a seat that another purchase bought when the hold had expired', async () => {
    const late = await checkout.pending(['A-1']);
    checkout.clock.advance(600);
    await checkout.confirmed(['A-1']);

    const result = await release(late);

    expect(result).toMatchObject({ released: 0 });
    expect(measure).toHaveBeenCalledWith({ Compensations: 1 }, { step: 'ReleaseSeat', result: 'none' });
    expect(await checkout.seatStates()).toEqual(['A-1 SOLD']);
  });

  test("the other buyers' seats", async () => {
    await checkout.pending(['A-2']);
    await checkout.confirmed(['A-3']);

    await release(await checkout.pending(['A-1']));

    expect(await checkout.seatStates()).toEqual(['A-2 HELD', 'A-3 SOLD']);
  });

  test('a purchase that is CONFIRMED: the sale stands', async () => {
    const order = await checkout.confirmed(['A-1']);
    const before = await checkout.purchases.find(order.purchaseId);

    const error = await errorOf(release(order));

    expect(error.name).toBe('SaleStands');
    expect(await checkout.seatStates()).toEqual(['A-1 SOLD']);
    expect(await checkout.purchases.find(order.purchaseId)).toEqual(before);
  });

  test('a purchase that is CONFIRMED although its reservation seemed to fail: the record answers', async () => {
    const order = await checkout.confirmed(['A-1']);
    const failures = { ReserveSeat: { Error: 'States.Timeout', Cause: '' } };

    const error = await errorOf(release(order, failures));

    expect(error.name).toBe('PurchaseAlreadyAnswered');
    expect(JSON.parse(error.message)).toMatchObject({ status: 'CONFIRMED', seats: ['A-1'], amount: 12_000 });
    expect(error.message).not.toContain(order.purchaseId);
    expect(await checkout.seatStates()).toEqual(['A-1 SOLD']);
  });

  test('a purchase of another execution under the same key, which is still in progress', async () => {
    const order = await checkout.pending(['A-1']);
    const before = await checkout.purchases.find(order.purchaseId);

    const error = await errorOf(release({ ...order, executionId: 'another' }));

    expect(error.name).toBe('PurchaseInProgress');
    expect(await checkout.seatStates()).toEqual(['A-1 HELD']);
    expect(await checkout.purchases.find(order.purchaseId)).toEqual(before);
  });

  test('a CONFIRMED purchase of another execution: its answer is that of the key', async () => {
    const order = await checkout.confirmed(['A-1']);

    const error = await errorOf(release({ ...order, executionId: 'another' }));

    expect(error.name).toBe('PurchaseAlreadyAnswered');
    expect(JSON.parse(error.message)).toMatchObject({ status: 'CONFIRMED', seats: ['A-1'] });
    expect(await checkout.seatStates()).toEqual(['A-1 SOLD']);
  });

  test('a purchase of another execution with another body: the key was used before', async () => {
    const order = await checkout.pending(['A-1']);
    const other = checkout.order(['A-2']);

    const error = await errorOf(release({ ...other, purchaseId: order.purchaseId, executionId: 'another' }));

    expect(error.name).toBe('IdempotencyKeyReused');
    expect(await checkout.seatStates()).toEqual(['A-1 HELD']);
  });
});

describe('when there is no purchase yet', () => {
  test('it succeeds and closes the key: a hold that arrives late holds nothing', async () => {
    const order = checkout.order(['A-1']);

    const result = await release(order, { ReserveSeat: { Error: 'Sandbox.Timedout' } });
    const late = await errorOf(checkout.reserve(order));

    expect(result).toMatchObject({ released: 0 });
    expect(late.name).toBe('PurchaseAlreadyAnswered');
    expect(JSON.parse(late.message)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'RESERVATION_FAILED' },
    });
    expect(await checkout.seatItems()).toEqual([]);
  });

  test('the key is closed without anything about the buyer', async () => {
    const order = checkout.order(['A-1']);

    await release(order);

    expect(JSON.stringify(await checkout.purchases.find(order.purchaseId))).not.toMatch(/Ada|example\.com/);
  });

  test('a hold that arrives between its look and its closing is given back', async () => {
    const order = checkout.order(['A-1']);
    const slow = new (class extends PurchaseRepository {
      override async recordRefused(...[refused]: Parameters<PurchaseRepository['recordRefused']>) {
        await checkout.reserve(order);
        return super.recordRefused(refused);
      }
    })(tables.client, tables.purchaseTable);

    const result = await releaseSeat(
      { ...order, failures: { ReserveSeat: { Error: 'Sandbox.Timedout' } } },
      { seats: checkout.seats, purchases: slow, clock: checkout.clock },
    );

    expect(result).toMatchObject({ released: 1 });
    expect(await checkout.seatItems()).toEqual([]);
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({ status: 'FAILED' });
  });

  test.each(Array.from({ length: 10 }, (_, n) => [n]))(
    'whoever comes first, hold and release at the same moment leave no seat behind (%d)',
    async () => {
      const order = checkout.order(['A-1', 'A-2']);

      await Promise.allSettled([checkout.reserve(order), release(order)]);

      expect(await checkout.seatItems()).toEqual([]);
      expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({ status: 'FAILED' });
    },
  );
});

describe('when the refund before it failed', () => {
  test('the seats go back, but the purchase stays COMPENSATING and listed, and the log says so', async () => {
    const order = await checkout.paid(['A-1']);
    const logged = jest.spyOn(logger, 'error');

    const result = await release(order, REFUND_FAILED);

    expect(result).toMatchObject({ released: 1 });
    expect(await checkout.seatItems()).toEqual([]);
    const purchase = await checkout.purchases.find(order.purchaseId);
    expect(purchase).toMatchObject({ status: 'COMPENSATING', dueShard: expect.any(String) });
    expect(logged).toHaveBeenCalledWith('A compensation failed: the purchase stays unsettled');
  });

  test('a later release, after a refund that went through, settles it with the first failure', async () => {
    const order = await checkout.paid(['A-1']);
    await release(order, REFUND_FAILED);

    await release(order, TICKET_FAILED);

    const purchase = await checkout.purchases.find(order.purchaseId);
    expect(purchase).toMatchObject({ status: 'FAILED', failure: { code: 'TICKET_FAILED' } });
    expect(purchase).not.toHaveProperty('dueShard');
  });
});

describe('when the purchase was claimed with another failure', () => {
  test('it is undone with the first failure, and the saga answers that one', async () => {
    const order = await checkout.pending(['A-1']);
    await checkout.claim(order, { code: 'CHECKOUT_INTERRUPTED', detail: 'Error, please retry.' });

    const error = await errorOf(release(order, DECLINED));

    expect(error.name).toBe('PurchaseAlreadyAnswered');
    expect(JSON.parse(error.message)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'CHECKOUT_INTERRUPTED', detail: 'Error, please retry.' },
    });
    expect(await checkout.seatItems()).toEqual([]);
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({ status: 'FAILED' });
  });
});

describe('run again', () => {
  test('it changes nothing: a terminal purchase keeps its first failure', async () => {
    const order = await checkout.pending(['A-1']);
    await release(order, DECLINED);
    const settled = await checkout.purchases.find(order.purchaseId);
    const next = await checkout.pending(['A-1']);

    const result = await release(order, DECLINED);
    const error = await errorOf(release(order, TICKET_FAILED));

    expect(result).toMatchObject({ released: 0 });
    expect(error.name).toBe('PurchaseAlreadyAnswered');
    expect(await checkout.purchases.find(order.purchaseId)).toEqual(settled);
    expect(await checkout.seatItems()).toMatchObject([{ purchaseId: next.purchaseId }]);
  });

  test('after it died between giving back and settling, it settles', async () => {
    const order = await checkout.pending(['A-1', 'A-2']);
    await checkout.claim(order, { code: 'PAYMENT_DECLINED', detail: 'The card has expired.' });
    await checkout.seats.release(checkout.eventId, checkout.seat('A-1'), order.purchaseId);

    const result = await release(order);

    expect(result).toMatchObject({ released: 1 });
    expect(await checkout.seatItems()).toEqual([]);
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({ status: 'FAILED' });
  });

  test('a refused purchase of its own stays as it was refused', async () => {
    await checkout.pending(['A-1']);
    const order = checkout.order(['A-1']);
    await errorOf(checkout.reserve(order));
    const refused = await checkout.purchases.find(order.purchaseId);

    const error = await errorOf(release(order, { ReserveSeat: { Error: 'Sandbox.Timedout' } }));

    expect(error.name).toBe('PurchaseAlreadyAnswered');
    expect(JSON.parse(error.message)).toMatchObject({ failure: { code: 'SEAT_UNAVAILABLE' } });
    expect(await checkout.purchases.find(order.purchaseId)).toEqual(refused);
    expect(await checkout.seatStates()).toEqual(['A-1 HELD']);
  });
});

describe('for recovery, which has neither execution nor request', () => {
  test('it undoes the purchase of whichever execution', async () => {
    const { purchaseId } = await checkout.pending(['A-1']);

    checkout.clock.advance(360);
    const result = await releaseSeat({ purchaseId }, checkout);

    expect(result).toMatchObject({ released: 1 });
    expect(await checkout.seatItems()).toEqual([]);
    expect(await checkout.purchases.find(purchaseId)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'CHECKOUT_INTERRUPTED' },
    });
  });

  test('it keeps what the execution knew of the failure before it died', async () => {
    const order = await checkout.pending(['A-1']);
    await checkout.claim(order, { code: 'PAYMENT_DECLINED', detail: 'The card has expired.' });

    checkout.clock.advance(360);
    await releaseSeat({ purchaseId: order.purchaseId }, checkout);

    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'PAYMENT_DECLINED', detail: 'The card has expired.' },
    });
  });

  test('a CONFIRMED purchase stands', async () => {
    const { purchaseId } = await checkout.confirmed(['A-1']);

    checkout.clock.advance(360);
    const error = await errorOf(releaseSeat({ purchaseId }, checkout));

    expect(error.name).toBe('SaleStands');
    expect(await checkout.seatStates()).toEqual(['A-1 SOLD']);
  });
});

test('as the Lambda, it takes what the state machine has: the request and the failures so far', async () => {
  const order = await checkout.pending(['A-1']);

  const result = await handler({ ...order, requestId: 'r-1', failures: DECLINED }, CONTEXT);

  expect(result).toMatchObject({ released: 1 });
  expect(await checkout.seatItems()).toEqual([]);
});
