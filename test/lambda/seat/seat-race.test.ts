import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { PurchaseRepository } from '../../../lambda/purchase/purchase-repository';
import { reserveSeat } from '../../../lambda/seat/reserve-seat';
import { SeatRepository } from '../../../lambda/seat/seat-repository';
import { documentClient, type TransactionWrite } from '../../../lambda/shared/dynamodb';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, type Order, unlessRefused } from '../checkout';

const tables = useTables();
let checkout: Checkout;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
});

/** The negative control: the same write without its condition. */
class UnguardedSeats extends SeatRepository {
  override hold(...[eventId, seat, purchaseId, now]: Parameters<SeatRepository['hold']>): TransactionWrite {
    const { TableName, Item } = super.hold(eventId, seat, purchaseId, now).Put!;
    return { Put: { TableName, Item } };
  }
}

/** Reserves all at once and tells who holds a reservation, and why the others do not. */
async function race(orders: Order[], seats = checkout.seats) {
  const { layouts, purchases, addresses, clock, unpaidBound } = checkout;
  const outcomes = await Promise.allSettled(
    orders.map((order) =>
      unlessRefused(reserveSeat(order, { layouts, seats, purchases, addresses, clock, unpaidBound })),
    ),
  );
  return {
    winners: orders.filter((_, index) => outcomes[index]!.status === 'fulfilled'),
    refusals: outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as Error).name] : [],
    ),
  };
}

describe('fifty buyers of one seat', () => {
  test('at the same moment: exactly one holds it', async () => {
    const orders = Array.from({ length: 50 }, () => checkout.order(['A-1']));

    const { winners, refusals } = await race(orders);

    expect(winners).toHaveLength(1);
    expect(refusals).toEqual(Array<string>(49).fill('SeatUnavailable'));
    expect(await checkout.seatItems()).toMatchObject([
      { seatId: 'A-1', status: 'HELD', purchaseId: winners[0]!.purchaseId },
    ]);
  });

  test('of which the hold before has expired: exactly one holds it', async () => {
    await checkout.pending(['A-1']);
    checkout.clock.advance(600);
    const orders = Array.from({ length: 50 }, () => checkout.order(['A-1']));

    const { winners } = await race(orders);

    expect(winners).toHaveLength(1);
    expect(await checkout.seatItems()).toMatchObject([{ purchaseId: winners[0]!.purchaseId }]);
  });

  test('negative control: without the condition more than one believes to hold it', async () => {
    const orders = Array.from({ length: 50 }, () => checkout.order(['A-1']));

    const { winners } = await race(orders, new UnguardedSeats(tables.client, tables.seatTable));

    expect(winners.length).toBeGreaterThan(1);
  });
});

test('two purchases of the same seats in opposite order: one gets all, the other none, and neither waits', async () => {
  const seats = ['A-1', 'A-2', 'A-3', 'A-4'];
  for (let round = 0; round < 20; round++) {
    const fresh = await Checkout.open(tables);
    checkout = fresh;
    const orders = [fresh.order(seats), fresh.order([...seats].reverse())];

    const { winners, refusals } = await race(orders);

    expect(winners).toHaveLength(1);
    expect(refusals).toEqual(['SeatUnavailable']);
    expect(new Set((await fresh.seatItems()).map(({ purchaseId }) => purchaseId))).toEqual(
      new Set([winners[0]!.purchaseId]),
    );
  }
});

test('purchases that overlap in one seat: the seats of a loser are free', async () => {
  const orders = [checkout.order(['A-1', 'A-2']), checkout.order(['A-2', 'A-3'])];

  const { winners } = await race(orders);

  expect(winners).toHaveLength(1);
  expect((await checkout.seatItems()).map(({ seatId }) => seatId)).toEqual(winners[0]!.request.seats);
});

test('the same purchase started twenty times at once: one reservation, the others hear it is in progress', async () => {
  const order = checkout.order(['A-1']);
  const executions = Array.from({ length: 20 }, (_, n) => ({ ...order, executionId: `execution-${n}` }));

  const { winners, refusals } = await race(executions);

  expect(winners).toHaveLength(1);
  expect(refusals).toEqual(Array<string>(19).fill('PurchaseInProgress'));
  expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
    executionId: winners[0]!.executionId,
  });
});

describe('a transaction that DynamoDB cancels', () => {
  /** The engine never meets a conflict by itself: the first `times` transactions are cancelled before they leave. */
  function purchasesWithConflicts(times: number, codes: string[]) {
    const client = documentClient();
    let transactions = 0;
    client.middlewareStack.add(
      (next, context) => (args) => {
        if (context['commandName'] !== 'TransactWriteItemsCommand') return next(args);
        if (++transactions > times) return next(args);
        throw new TransactionCanceledException({
          message: 'Transaction cancelled',
          $metadata: {},
          CancellationReasons: codes.map((Code) => ({ Code })),
        });
      },
      // Inside the SDK's own retries: they must not be what saves the write.
      { step: 'finalizeRequest', priority: 'low' },
    );
    const purchases = new PurchaseRepository(client, tables.purchaseTable);
    return { purchases, transactions: () => transactions };
  }

  test.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'for %s is tried again and then holds the seat',
    async (code) => {
      const { purchases, transactions } = purchasesWithConflicts(2, ['None', code]);
      const order = checkout.order(['A-1']);

      await unlessRefused(reserveSeat(order, { ...checkout, purchases }));

      expect(transactions()).toBe(3);
      expect(await checkout.seatItems()).toMatchObject([{ purchaseId: order.purchaseId }]);
    },
  );

  test('for a conflict that does not end is given up, and neither seat nor refusal is recorded', async () => {
    const { purchases, transactions } = purchasesWithConflicts(Infinity, ['None', 'TransactionConflict']);
    const order = checkout.order(['A-1']);

    const error = await errorOf(reserveSeat(order, { ...checkout, purchases }));

    expect(error.name).toBe('TransactionCanceledException');
    expect(transactions()).toBe(6);
    expect(await checkout.purchases.find(order.purchaseId)).toBeUndefined();
    expect(await checkout.seatItems()).toEqual([]);
  });

  test.each([
    ['a failed condition', ['None', 'ConditionalCheckFailed'], 'SeatUnavailable'],
    [
      'a failed condition beside a conflict',
      ['None', 'ConditionalCheckFailed', 'TransactionConflict'],
      'SeatUnavailable',
    ],
    ['a reason that will not pass', ['None', 'ValidationError'], 'TransactionCanceledException'],
  ])('for %s is final', async (_, codes, name) => {
    const { purchases, transactions } = purchasesWithConflicts(Infinity, codes);

    const error = await errorOf(reserveSeat(checkout.order(['A-1', 'A-2']), { ...checkout, purchases }));

    expect(error.name).toBe(name);
    expect(transactions()).toBe(1);
  });
});
