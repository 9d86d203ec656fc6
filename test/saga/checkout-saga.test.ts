import { type ExecutionRecord } from '../../local/step-functions/execution-history';
import { referenceOf } from '../../lambda/shared/reference';
import { eventually } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';
import { expectProblem } from '../support/problem';
import { FAILURES, type Money } from '../../harness/failure-table';

const SEAT = 'A-12';
const PRICE = 12_000;

const eventpro = useLocalRun();
beforeEach(() => eventpro.reset());

test.each(FAILURES)(
  '$title: $http, the seat $seat, the money $money',
  async ({ card = 'pm_card_visa', faults = {}, seatSoldBefore, states, attempts = {}, ...expected }) => {
    if (seatSoldBefore) await eventpro.buy({ seats: [SEAT] });
    for (const [state, fault] of Object.entries(faults)) await eventpro.setFault(state, fault);

    const answer = await eventpro.buy({ seats: [SEAT], paymentMethod: card });

    const { purchaseId } = answer;
    const execution = await eventpro.executionOf(purchaseId);
    expect(statesOf(execution)).toEqual(['StartOrResume', ...states]);
    expect(attemptsOf(execution)).toEqual({ ...onceEach(execution), ...attempts });
    expect(answer.status).toBe(expected.http);
    if (expected.code) expectProblem(answer, { status: expected.http, code: expected.code, purchaseId });
    else
      expect(answer.body).toMatchObject({
        purchaseId,
        status: expected.purchase,
        seats: [SEAT],
        amount: PRICE,
      });
    expect((await eventpro.purchase(purchaseId)).status).toBe(expected.purchase);
    expect(await eventpro.seatStatus(SEAT)).toBe(expected.seat);
    expect(await moneyOf(purchaseId)).toBe(expected.money);
    expect((await eventpro.ticket(purchaseId)).status).toBe(expected.ticket);
    if (expected.email) await eventpro.emailAbout(purchaseId);
    expect(await emailsInTheEnd(purchaseId)).toBe(expected.email ? 1 : 0);
  },
);

test('a refund that fails for good leaves the money question open on record, and gives the seat to the next buyer', async () => {
  await eventpro.setFault('GenerateTicket', { mode: 'fail-before', times: 1 });
  await eventpro.setFault('RefundPayment', { mode: 'fail-before', times: 1 });

  const failed = await eventpro.buy({ seats: [SEAT] });
  const next = await eventpro.buy({ seats: [SEAT] });

  expect(failed.status).toBe(503);
  expect(await eventpro.purchase(failed.purchaseId)).toEqual({
    purchaseId: failed.purchaseId,
    reference: referenceOf(failed.purchaseId),
    status: 'COMPENSATING',
    eventId: 'demo',
    seats: [SEAT],
    amount: PRICE,
    currency: 'EUR',
  });
  expect(await moneyOf(failed.purchaseId)).toBe('taken, refund open');
  expect(next.status).toBe(201);
});

test('recovery finds the purchase whose refund failed, gives the money back and leaves the next buyer alone', async () => {
  await eventpro.setFault('GenerateTicket', { mode: 'fail-before', times: 1 });
  await eventpro.setFault('RefundPayment', { mode: 'fail-before' });
  const failed = await eventpro.buy({ seats: [SEAT] });
  const next = await eventpro.buy({ seats: [SEAT] });
  await eventpro.healFaults();

  await eventpro.advanceClock(7 * 60);
  const settled = await eventually(async () => {
    const purchase = await eventpro.purchase(failed.purchaseId);
    return purchase.status === 'FAILED' ? purchase : undefined;
  }, 'a settled purchase');

  expect(settled.failure?.code).toBe('TICKET_FAILED');
  expect(await moneyOf(failed.purchaseId)).toBe('given back');
  expect(await moneyOf(next.purchaseId)).toBe('kept');
  expect(await eventpro.seatStatus(SEAT)).toBe('SOLD');
});

test('the table has every step of the saga fail before, fail after and time out', () => {
  const covered = new Set(
    FAILURES.flatMap(({ faults = {} }) =>
      Object.entries(faults).map(([state, { mode }]) => `${state} ${mode}`),
    ),
  );

  const steps = [
    ...['ReserveSeat', 'ProcessPayment', 'GenerateTicket', 'SendConfirmation'],
    ...['RefundPayment', 'ReleaseSeat'],
  ];
  const all = steps.flatMap((step) =>
    ['fail-before', 'fail-after', 'timeout'].map((mode) => `${step} ${mode}`),
  );
  expect([...covered].sort()).toEqual(all.sort());
});

function statesOf({ events }: ExecutionRecord): string[] {
  return events.filter(({ type }) => type.endsWith('StateEntered')).map(({ state }) => state!);
}

/** How often each Task was tried: its failures, and the success that ended it. */
function attemptsOf({ events }: ExecutionRecord): Record<string, number> {
  const attempts: Record<string, number> = {};
  for (const { type, state } of events) {
    if (type === 'TaskFailed' || type === 'TaskStateExited') attempts[state!] = (attempts[state!] ?? 0) + 1;
  }
  return attempts;
}

function onceEach({ events }: ExecutionRecord): Record<string, number> {
  const tasks = events.filter(({ type }) => type === 'TaskStateEntered');
  return Object.fromEntries(tasks.map(({ state }) => [state!, 1]));
}

/** One charge at the most is taken, of the whole price, and given back whole or not at all. */
async function moneyOf(purchaseId: string): Promise<Money> {
  const payments = await eventpro.payments(purchaseId);
  const captured = payments.reduce((sum, payment) => sum + payment.captured, 0);
  const refunded = payments.reduce((sum, payment) => sum + payment.refunded, 0);
  const { status } = await eventpro.purchase(purchaseId);
  switch (`${captured}-${refunded}`) {
    case '0-0':
      return 'never taken';
    case `${PRICE}-${PRICE}`:
      return 'given back';
    case `${PRICE}-0`:
      return status === 'CONFIRMED' ? 'kept' : 'taken, refund open';
    default:
      throw new Error(`${captured} was captured and ${refunded} refunded, of a price of ${PRICE}`);
  }
}

/** The number of e-mails about the purchase once a later one has its own: what was on its way has arrived too. */
async function emailsInTheEnd(purchaseId: string): Promise<number> {
  await eventpro.healFaults();
  const later = await eventpro.buy({ seats: ['T-16'] });
  await eventpro.emailAbout(later.purchaseId);
  return (await eventpro.emailsAbout(purchaseId)).length;
}
