import { randomUUID } from 'node:crypto';
import { AlteredAssembly } from '../../faults/altered-assembly';
import { cloudAssembly } from '../support/cloud-assembly';
import { type Answer, type EventProClient, type PurchaseBody } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';
import { useOwnLocalRun } from '../support/own-local-run';
import { expectProblem } from '../support/problem';

const PRICE = 12_000;

describe('many buyers at once', () => {
  const eventpro = useLocalRun();
  beforeEach(() => eventpro.reset());

  test('fifty want one seat: one gets it, forty-nine are told that it is taken, and one is charged', async () => {
    const answers = await fiftyBuyersOf('A-1', eventpro);

    expect(tally(answers)).toEqual({ '201': 1, '409 SEAT_UNAVAILABLE': 49 });
    expect(await eventpro.seatStatus('A-1')).toBe('SOLD');
    expect(capturedOf(await eventpro.payments())).toBe(PRICE);
  });

  test('twenty want overlapping seats, named in opposite orders: each seat has one owner, and the money is theirs', async () => {
    const choices = Array.from({ length: 20 }, (_, buyer) => {
      const seats = [0, 1, 2].map((offset) => `B-${1 + (buyer % 5) + offset}`);
      return buyer % 2 ? seats.reverse() : seats;
    });

    const answers = await Promise.all(choices.map((seats) => eventpro.buy({ seats })));

    const confirmed = answers.filter(({ status }) => status === 201).map(({ body }) => body as PurchaseBody);
    const owned = confirmed.flatMap(({ seats }) => seats);
    const notAvailable = (await eventpro.seats()).filter(({ status }) => status !== 'AVAILABLE');
    expect(confirmed.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    expect(new Set(owned).size).toBe(owned.length);
    expect(notAvailable.map(({ seatId, status }) => `${seatId} ${status}`).sort()).toEqual(
      owned.map((seatId) => `${seatId} SOLD`).sort(),
    );
    const charges = await eventpro.payments();
    expect(capturedOf(charges)).toBe(confirmed.reduce((sum, { amount }) => sum + amount, 0));
    expect(charges).toHaveLength(confirmed.length);
  });

  test('twenty requests with one key and body: one charge, and each is told of it or asked to wait', async () => {
    const key = randomUUID();
    const order = { key, seats: ['A-1', 'A-2'] };

    const answers = await Promise.all(Array.from({ length: 20 }, () => eventpro.buy(order)));

    const { '201': confirmed = 0, '409 PURCHASE_IN_PROGRESS': waiting = 0, ...others } = tally(answers);
    expect(others).toEqual({});
    expect(confirmed).toBeGreaterThan(0);
    expect(confirmed + waiting).toBe(20);
    expect(new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text)).size).toBe(1);
    expect(await eventpro.payments()).toMatchObject([{ captured: 2 * PRICE, metadata: { purchaseId: key } }]);
  });

  test.each([
    ['is confirmed', 'pm_card_visa', 201, 1],
    ['was declined', 'pm_card_chargeDeclined', 402, 1],
    ['wanted a taken seat', 'pm_card_visa', 409, 0],
  ])('the repeat of a purchase that %s gets the same bytes, and makes no second payment', async (...row) => {
    const [situation, paymentMethod, status, payments] = row;
    if (situation === 'wanted a taken seat') await eventpro.buy({ seats: ['A-1'] });
    const order = { key: randomUUID(), seats: ['A-1'], paymentMethod };

    const first = await eventpro.buy(order);
    const second = await eventpro.buy(order);

    expect(first.status).toBe(status);
    expect(second.status).toBe(status);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(await eventpro.payments(order.key)).toHaveLength(payments);
  });

  test('a key that comes again with another body is refused, and the first purchase stays as it is', async () => {
    const { purchaseId: key } = await eventpro.buy({ seats: ['A-1'] });

    const other = await eventpro.buy({ key, seats: ['A-2'] });

    expectProblem(other, { status: 422, code: 'IDEMPOTENCY_KEY_REUSED', purchaseId: key });
    expect((await eventpro.purchase(key)).seats).toEqual(['A-1']);
    expect(await eventpro.seatStatus('A-2')).toBe('AVAILABLE');
  });

  test('a hold that nobody gave back keeps the seat from the next buyer for ten minutes and not longer', async () => {
    await eventpro.setFault('ReleaseSeat', { mode: 'fail-before', times: 1 });
    await eventpro.buy({ seats: ['A-1'], paymentMethod: 'pm_card_chargeDeclined' });

    const atOnce = await eventpro.buy({ seats: ['A-1'] });
    await eventpro.advanceClock(300);
    const afterFiveMinutes = await eventpro.buy({ seats: ['A-1'] });
    await eventpro.advanceClock(301);
    const afterTenMinutes = await eventpro.buy({ seats: ['A-1'] });

    expect([atOnce.status, afterFiveMinutes.status, afterTenMinutes.status]).toEqual([409, 409, 201]);
  });
});

describe('a buyer who is slow', () => {
  let reached: () => void;
  let resume: () => void;
  const atTicket = new Promise<void>((resolve) => (reached = resolve));
  const mayGoOn = new Promise<void>((resolve) => (resume = resolve));
  const slowKey = randomUUID();
  const eventpro = useOwnLocalRun({
    beforeState: async ({ record }, state) => {
      const { purchaseId } = record.input as { purchaseId?: string };
      if (purchaseId !== slowKey || state !== 'GenerateTicket') return;
      reached();
      await mayGoOn;
    },
  });

  test('whose hold expired and whose seat went to another gets the money back, and the other keeps the seat', async () => {
    const slow = eventpro.buy({ key: slowKey, seats: ['A-1'] });
    await atTicket;
    await eventpro.advanceClock(601);
    const quick = await eventpro.buy({ seats: ['A-1'] });
    resume();

    const answer = await slow;

    const failed = await eventpro.purchase(slowKey);
    expect(quick.status).toBe(201);
    // The saga or recovery, whoever claimed the purchase first, has put the reason on record.
    expect(failed).toMatchObject({ status: 'FAILED', failure: { code: expect.any(String) } });
    expectProblem(answer, { status: 503, code: failed.failure!.code, purchaseId: slowKey });
    expect(await eventpro.seatStatus('A-1')).toBe('SOLD');
    expect((await eventpro.purchase(quick.purchaseId)).status).toBe('CONFIRMED');
    expect(await eventpro.payments(slowKey)).toMatchObject([{ captured: PRICE, refunded: PRICE }]);
    expect(await eventpro.payments(quick.purchaseId)).toMatchObject([{ captured: PRICE, refunded: 0 }]);
  });
});

describe('the negative control: with the condition taken out of the hold', () => {
  let weakened: AlteredAssembly;
  const eventpro = useOwnLocalRun({
    assembly: async () => {
      weakened = AlteredAssembly.copyOf(await cloudAssembly());
      // A hold overwrites what is there: the condition still uses its names, and always holds.
      const condition = 'attribute_not_exists(pk) OR (';
      weakened.changeCode('ReserveSeat', condition, `attribute_exists(pk) OR ${condition}`);
      return weakened.directory;
    },
  });
  afterAll(() => weakened.remove());

  test('fifty buyers of one seat are not told apart any more', async () => {
    const answers = await fiftyBuyersOf('A-1', eventpro);

    expect(tally(answers)['409 SEAT_UNAVAILABLE'] ?? 0).toBeLessThan(49);
  });
});

function fiftyBuyersOf(seatId: string, eventpro: EventProClient): Promise<Answer[]> {
  return Promise.all(Array.from({ length: 50 }, () => eventpro.buy({ seats: [seatId] })));
}

/** How many answers there are of each status and code. */
function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const { code } = body as { code?: string };
    const kind = code ? `${status} ${code}` : String(status);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function capturedOf(payments: readonly { captured: number; refunded: number }[]): number {
  return payments.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
}
