import { AlteredAssembly } from '../../faults/altered-assembly';
import { type FaultRun, startFaultRun } from '../../faults/fault-run';
import { eventually } from '../../harness/eventpro-client';
import { cancelEvent, cancelled, progressOf, shortenCancellation, toldOf } from '../support/cancelled-event';
import { cloudAssembly } from '../support/cloud-assembly';

const SEATS = ['A-1', 'A-2', 'A-3', 'A-4', 'B-1'];
/** Of a page, and so of what is tried while the balance is empty. */
const PER_PAGE = 2;
const PAUSE = 900;

let assembly: AlteredAssembly;
let run: FaultRun;
/** What the functions have logged; their metrics are among it. */
const logged: string[] = [];

beforeAll(async () => {
  assembly = AlteredAssembly.copyOf(await cloudAssembly());
  await shortenCancellation(assembly, { perPage: PER_PAGE });
  run = await startFaultRun({
    ...{ assemblyDirectory: assembly.directory, stripeEvents: true },
    log: ({ text }) => void logged.push(text),
  });
});
afterAll(async () => {
  await run?.close();
  assembly.remove();
});
beforeEach(async () => {
  await run.eventpro.reset();
  logged.length = 0;
});

async function sell(): Promise<string[]> {
  return Promise.all(
    SEATS.map(async (seat) => {
      const { status, purchaseId } = await run.eventpro.buy({ seats: [seat] });
      expect(status).toBe(201);
      return purchaseId;
    }),
  );
}

const statuses = (ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await run.eventpro.purchase(id)).status));
const count = (all: readonly string[], one: string) => all.filter((each) => each === one).length;
const refunds = async () => (await run.eventpro.payments()).flatMap((payment) => payment.refunds);
/** How often the alarm that calls people has heard of a pause. */
const pauses = () => logged.filter((line) => line.includes('"EventCancellationsPaused":1')).length;

/** Its first page, whose refunds wait, and then a pause. */
async function untilPaused(): Promise<void> {
  await cancelled(
    run.eventpro,
    () => advance(5),
    () => pauses() > 0,
  );
  await run.idle();
}

async function advance(seconds: number): Promise<void> {
  run.clock.advance(seconds);
  await run.idle();
}

test('an empty balance pauses the cancellation and calls people; topped up, it goes on: all are cancelled, each refunded once', async () => {
  const { eventpro } = run;
  const sold = await sell();
  await eventpro.setStripeBalance('empty');
  expect((await cancelEvent(eventpro)).status).toBe(202);

  await untilPaused();
  const [first, paused] = [await statuses(sold), await refunds()];
  // Nothing goes on in the middle of the pause.
  await advance(PAUSE / 2);
  const still = await statuses(sold);

  expect(count(first, 'CANCELLED')).toBe(PER_PAGE);
  expect(count(first, 'CONFIRMED')).toBe(SEATS.length - PER_PAGE);
  expect(still).toEqual(first);
  expect(paused).toHaveLength(PER_PAGE);
  for (const refund of paused) {
    expect(refund).toMatchObject({ status: 'pending', pendingReason: 'insufficient_funds' });
  }
  expect(await progressOf(eventpro)).toMatchObject({
    ...{ status: 'RUNNING', cancelled: PER_PAGE, failed: 0, remaining: SEATS.length - PER_PAGE },
  });

  await eventpro.setStripeBalance('sufficient');
  const funded = await refunds();
  const end = await cancelled(eventpro, () => advance(300));

  expect(funded.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
  expect(end).toMatchObject({ cancelled: SEATS.length, failed: 0, remaining: 0 });
  expect(count(await statuses(sold), 'CANCELLED')).toBe(SEATS.length);
  for (const { captured, refunded, refunds: each } of await eventpro.payments()) {
    expect([each.length, each[0]!.status, refunded]).toEqual([1, 'succeeded', captured]);
  }
  // Stripe tells of each refund that has waited, and its purchase says that the money is there.
  await eventually(async () => {
    const all = await Promise.all(sold.map((id) => eventpro.purchase(id)));
    return all.every(({ cancellation }) => cancellation?.refund.status === 'SUCCEEDED') || undefined;
  }, 'each refund noted');
  expect(await toldOf(eventpro)).toHaveLength(SEATS.length);
});

test('an account that may owe no more has its refunds refused: what was begun is cancelled when the balance is topped up', async () => {
  const { eventpro } = run;
  const sold = await sell();
  await eventpro.setStripeBalance('overdrawn');
  expect((await cancelEvent(eventpro)).status).toBe(202);

  await untilPaused();
  const begun = await statuses(sold);
  await eventpro.setStripeBalance('sufficient');
  const end = await cancelled(eventpro, () => advance(300));

  expect(count(begun, 'CANCELLING')).toBe(PER_PAGE);
  expect(count(begun, 'CONFIRMED')).toBe(SEATS.length - PER_PAGE);
  expect(end).toMatchObject({ cancelled: SEATS.length, failed: 0, remaining: 0 });
  expect(count(await statuses(sold), 'CANCELLED')).toBe(SEATS.length);
  expect(await refunds()).toHaveLength(SEATS.length);
});

test('refunds of orders that wait pause it as well: the first page of them is given back, and the others when it is topped up', async () => {
  const { eventpro } = run;
  await eventpro.putExtras([{ extraId: 'programme', name: 'Programme', price: 500, stock: 9 }]);
  const orders = await Promise.all(
    Array.from({ length: PER_PAGE + 1 }, () =>
      eventpro.order({ items: [{ extraId: 'programme', quantity: 1 }] }),
    ),
  );
  await Promise.all(orders.map(({ orderId }) => eventpro.orderThatIs(orderId, 'CONFIRMED')));
  await eventpro.setStripeBalance('empty');
  expect((await cancelEvent(eventpro)).status).toBe(202);

  await untilPaused();
  const paused = await refunds();
  await eventpro.setStripeBalance('sufficient');
  await cancelled(eventpro, () => advance(300));

  expect(paused.map(({ pendingReason }) => pendingReason)).toEqual(
    Array.from({ length: PER_PAGE }, () => 'insufficient_funds'),
  );
  expect((await refunds()).map(({ status }) => status)).toEqual(orders.map(() => 'succeeded'));
});
