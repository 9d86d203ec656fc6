import { setTimeout as delay } from 'node:timers/promises';
import { AlteredAssembly } from '../../faults/altered-assembly';
import { type FaultRun, startFaultRun } from '../../faults/fault-run';
import { DURABLE_FUNCTIONS } from '../../local/durable-functions/plugin';
import { eventually } from '../../harness/eventpro-client';
import { cancelEvent, cancelled, shortenCancellation, toldOf } from '../support/cancelled-event';
import { cloudAssembly } from '../support/cloud-assembly';
import { checkpoint, type Death, DyingFunctions } from '../support/dying-functions';
import { deathsOfSlice, printSlice } from '../support/fault-slice';

printSlice('event-cancellation-deaths');

const SEATS = ['A-1', 'A-2', 'A-3', 'B-1'];

const startOfCancellation: Death['at'] = ({ headers }, body) =>
  String(headers['x-amz-target']).endsWith('.StartExecution') && body.includes('EVENT_CANCELLED');

/** The first execution of an order has its hash alone as its name. */
const startOfRevocation: Death['at'] = ({ headers }, body) =>
  String(headers['x-amz-target']).endsWith('.StartExecution') && body.includes('-revoked"');

const startOfCancelEvent: Death['at'] = ({ headers }) =>
  headers['x-amz-durable-execution-name'] !== undefined;

const dying = new DyingFunctions(['CancelEvent', 'PostEventCancellation', 'Reconcile']);
let run: FaultRun;

/** @param shortened pages, and executions, that a handful of purchases fills */
function useRun(shortened: Parameters<typeof shortenCancellation>[1]): void {
  let assembly: AlteredAssembly;
  beforeAll(async () => {
    assembly = AlteredAssembly.copyOf(await cloudAssembly());
    await shortenCancellation(assembly, shortened);
    const { redirect, aroundInvoke } = dying;
    run = await startFaultRun({ assemblyDirectory: assembly.directory, redirect, aroundInvoke });
  });
  afterAll(async () => {
    await run?.close();
    assembly.remove();
  });
  beforeEach(async () => {
    dying.plan();
    await run.eventpro.reset();
  });
}
afterAll(() => dying.close());

const emailOf = (seat: string) => `${seat.toLowerCase()}@example.com`;

function sell(): Promise<string[]> {
  return Promise.all(
    SEATS.map(async (seat) => {
      const buyer = { name: 'Ann Lee', email: emailOf(seat) };
      const { status, purchaseId } = await run.eventpro.buy({ seats: [seat], buyer });
      expect(status).toBe(201);
      return purchaseId;
    }),
  );
}

/** Lets the time pass that the function waits. */
const done = () =>
  cancelled(run.eventpro, async () => {
    run.clock.advance(30);
    await run.idle();
  });

/** Each purchase is cancelled by one refund of all its money, each buyer told by one mail, and each seat free. */
async function expectEachOnce(purchaseIds: readonly string[]): Promise<void> {
  const { eventpro } = run;
  for (const purchaseId of purchaseIds) {
    const { status, amount } = await eventpro.purchase(purchaseId);
    const payments = await eventpro.payments(purchaseId);
    const refunds = payments.flatMap((payment) => payment.refunds.map((refund) => refund.amount));
    expect({ status, captured: payments.map(({ captured }) => captured), refunds }).toEqual({
      ...{ status: 'CANCELLED', captured: [amount], refunds: [amount] },
    });
  }
  expect((await eventpro.payments()).reduce((kept, each) => kept + each.captured - each.refunded, 0)).toBe(0);
  expect((await eventpro.seats()).filter(({ status }) => status !== 'AVAILABLE')).toEqual([]);
  const told = () => toldOf(eventpro);
  await eventually(async () => ((await told()).length >= SEATS.length ? true : undefined), 'a mail to each');
  await delay(100);
  await run.idle();
  expect((await told()).sort()).toEqual(SEATS.map(emailOf).sort());
}

/** The numbers of the executions of CancelEvent that there were. */
function attempts(): number[] {
  const executions = run.cloud.get(DURABLE_FUNCTIONS).list();
  return executions.map(({ start }) => Number(start.name.split('-').at(-1))).sort((a, b) => a - b);
}

/** How many invocations of CancelEvent have died. */
function deaths(): number {
  const events = run.cloud
    .get(DURABLE_FUNCTIONS)
    .list()
    .flatMap((execution) => execution.events);
  return events.filter(({ InvocationCompletedDetails: completed }) => completed?.Error).length;
}

describe('of two pages', () => {
  useRun({ perPage: 2 });

  const PAGE = 'pass-1-page-2';

  test.each(
    deathsOfSlice<[string, Omit<Death, 'of'>]>([
      ['after a page is begun', { at: checkpoint(PAGE, 'START'), mode: 'after' }],
      ['before the first cancellation of a page', { at: startOfCancellation, nth: 3, mode: 'before' }],
      ['after the first cancellation of a page', { at: startOfCancellation, nth: 3, mode: 'after' }],
      ['before the end of a page is recorded', { at: checkpoint(PAGE, 'SUCCEED'), mode: 'before' }],
      ['after the end of a page is recorded', { at: checkpoint(PAGE, 'SUCCEED'), mode: 'after' }],
      ['before the end of it all is recorded', { at: checkpoint('finish', 'SUCCEED'), mode: 'before' }],
    ]),
  )('a function that dies %s goes on, and everything is done once', async (_, planned) => {
    const sold = await sell();
    dying.plan({ of: 'CancelEvent', ...planned });

    expect((await cancelEvent(run.eventpro)).status).toBe(202);
    const end = await done();

    expect(deaths()).toBe(1);
    expect(end).toMatchObject({ purchases: SEATS.length, cancelled: SEATS.length, failed: 0, remaining: 0 });
    await expectEachOnce(sold);
    expect(attempts()).toEqual([1]);
  });

  test.each([
    ['before it has started the function leaves it to Reconcile', 'before', 2],
    ['after it has started the function has done its work', 'after', 1],
  ] as const)('a request that dies %s', async (_, mode, attempt) => {
    const sold = await sell();
    dying.plan({ of: 'PostEventCancellation', at: startOfCancelEvent, mode });

    expect((await cancelEvent(run.eventpro)).status).toBeGreaterThanOrEqual(500);
    expect(attempts()).toEqual(mode === 'before' ? [] : [1]);
    if (mode === 'before') run.clock.advance(60);
    await eventually(() => Promise.resolve(attempts().length > 0 || undefined), 'an execution');
    // Whoever had no answer asks again.
    expect((await cancelEvent(run.eventpro)).status).toBe(202);
    const end = await done();

    expect(end).toMatchObject({ cancelled: SEATS.length, failed: 0, remaining: 0 });
    await expectEachOnce(sold);
    expect(attempts()).toEqual([attempt]);
  });
});

describe('of two pages of orders', () => {
  useRun({ perPage: 2 });

  const ORDERS = 3;

  async function sellOrders(): Promise<string[]> {
    await run.eventpro.putExtras([{ extraId: 'programme', name: 'Programme', price: 500, stock: ORDERS }]);
    const orderIds: string[] = [];
    for (let index = 0; index < ORDERS; index++) {
      const { orderId } = await run.eventpro.order({
        items: [{ extraId: 'programme', quantity: 1 }],
        buyer: { name: 'Ann Lee', email: `order-${index}@example.com` },
      });
      await run.eventpro.orderThatIs(orderId, 'CONFIRMED');
      orderIds.push(orderId);
    }
    return orderIds;
  }

  test.each(
    deathsOfSlice<[string, Omit<Death, 'of'>]>([
      ['before an order is started that it has revoked', { at: startOfRevocation, nth: 2, mode: 'before' }],
      ['after an order is started', { at: startOfRevocation, nth: 2, mode: 'after' }],
      [
        'after the end of a page is recorded',
        { at: checkpoint('orders-1-page-1', 'SUCCEED'), mode: 'after' },
      ],
      [
        'before the end of a page is recorded',
        { at: checkpoint('orders-1-page-1', 'SUCCEED'), mode: 'before' },
      ],
    ]),
  )('a function that dies %s goes on, and each order is given back and told once', async (_, planned) => {
    const { eventpro } = run;
    const orderIds = await sellOrders();
    dying.plan({ of: 'CancelEvent', ...planned });

    expect((await cancelEvent(eventpro)).status).toBe(202);
    const end = await done();

    expect(deaths()).toBe(1);
    expect(end).toMatchObject({ orders: { cancelled: ORDERS, failed: 0 }, failures: [] });
    for (const orderId of orderIds) {
      expect((await eventpro.orderAsItIs(orderId)).status).toBe('CANCELLED');
      expect(await eventpro.paymentsOfOrder(orderId)).toMatchObject([
        { captured: 500, refunds: [{ amount: 500 }] },
      ]);
    }
    const told = () => toldOf(eventpro);
    await eventually(async () => (await told()).length >= ORDERS || undefined, 'a mail to each');
    await delay(100);
    await run.idle();
    expect((await told()).sort()).toEqual(orderIds.map((_id, index) => `order-${index}@example.com`));
  });
});

describe('between an execution and the next', () => {
  // The first one has its pages, and then no operation left; the next has enough to come to the end.
  useRun({ perPage: 2, operations: 7 });

  test.each(
    deathsOfSlice<[string, Death, number[]]>([
      [
        'a function that dies before it hands over',
        { of: 'CancelEvent', at: checkpoint('hand-over', 'START'), mode: 'before' },
        [1, 2],
      ],
      [
        'a function that dies before it is recorded that it has handed over',
        { of: 'CancelEvent', at: checkpoint('hand-over', 'SUCCEED'), mode: 'before' },
        [1, 2],
      ],
      [
        'a reconciler that dies before it starts the next one leaves it to another, five minutes later',
        { of: 'Reconcile', at: startOfCancelEvent, nth: 2, mode: 'before' },
        [1, 3],
      ],
      [
        'a reconciler that dies after it has started the next one',
        { of: 'Reconcile', at: startOfCancelEvent, nth: 2, mode: 'after' },
        [1, 2],
      ],
    ]),
  )('%s: everything is done once', async (_, planned, first) => {
    const sold = await sell();
    dying.plan(planned);

    expect((await cancelEvent(run.eventpro)).status).toBe(202);
    const end = await done();

    expect(dying.met).toBeGreaterThanOrEqual(Number(planned.nth ?? 1));
    expect(end).toMatchObject({ cancelled: SEATS.length, failed: 0, remaining: 0 });
    await expectEachOnce(sold);
    expect(attempts().slice(0, 2)).toEqual(first);
  });
});
