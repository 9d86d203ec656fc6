import { AlteredAssembly } from '../../faults/altered-assembly';
import { type FaultRun, startFaultRun } from '../../faults/fault-run';
import { referenceOf } from '../../lambda/shared/reference';
import { type PaymentReport } from '../../local/stripe/payment-report';
import { cancelEvent, cancelled, progressOf } from '../support/cancelled-event';
import { cloudAssembly } from '../support/cloud-assembly';

/** More than a page of purchases has. */
const SALES = 204;
/** Buyers at once. */
const AT_ONCE = 8;

let assembly: AlteredAssembly;
let run: FaultRun;

beforeAll(async () => {
  assembly = AlteredAssembly.copyOf(await cloudAssembly());
  // The rate is for Stripe's sake; how it is kept has a test of its own.
  assembly.setEnvironment('EVENT_CANCELLATION_RATE', '1000');
  run = await startFaultRun({ assemblyDirectory: assembly.directory });
});
afterAll(async () => {
  await run?.close();
  assembly.remove();
});

async function sell(): Promise<string[]> {
  const { eventpro } = run;
  const free = (await eventpro.seats()).filter(({ status }) => status === 'AVAILABLE');
  const waiting = free.slice(0, SALES).map(({ seatId }) => seatId);
  const sold: string[] = [];
  const buyer = async () => {
    for (let seat = waiting.pop(); seat; seat = waiting.pop()) {
      const { status, purchaseId } = await eventpro.buy({ seats: [seat] });
      expect(status).toBe(201);
      sold.push(purchaseId);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, buyer));
  return sold;
}

async function paymentsByPurchase(): Promise<ReadonlyMap<string, PaymentReport>> {
  const payments = await run.eventpro.payments();
  return new Map(payments.map((payment) => [payment.metadata.purchaseId!, payment]));
}

async function advance(seconds: number): Promise<void> {
  run.clock.advance(seconds);
  await run.idle();
}

/** What people are asked to look at because of the event. */
async function escalated(): Promise<object[]> {
  const queue = run.queue('EscalationsQueue');
  const found: object[] = [];
  for (;;) {
    const messages = await queue.receive({ maxMessages: 10 });
    if (messages.length === 0) break;
    found.push(...messages.map(({ body }) => JSON.parse(body) as object));
    for (const { receiptHandle } of messages) queue.delete(receiptHandle);
  }
  return found.filter((message) => 'workflow' in message);
}

test('banks refuse the refunds of one purchase in a hundred: the rest is done, those are listed and escalated once, and leave the list when recovered', async () => {
  const { eventpro } = run;
  const sold = await sell();
  const payments = await paymentsByPurchase();
  const refused = [sold[7]!, sold[150]!];
  // What is charged back cannot be refunded.
  for (const id of refused) await eventpro.dispute(payments.get(id)!.paymentIntentId);

  expect((await cancelEvent(eventpro)).status).toBe(202);
  const end = await cancelled(eventpro, () => advance(60));

  expect(end).toMatchObject({ cancelled: SALES - 2, failed: 2, remaining: 0 });
  expect(new Map(end.failures.map(({ reference, code }) => [reference, code]))).toEqual(
    new Map(refused.map((id) => [referenceOf(id), 'REFUND_FAILED'])),
  );
  for (const [id, { captured, refunds }] of await paymentsByPurchase()) {
    expect(refunds.map(({ amount }) => amount)).toEqual(refused.includes(id) ? [] : [captured]);
  }
  expect((await eventpro.seats()).filter(({ status }) => status !== 'AVAILABLE')).toEqual([]);
  expect(await escalated()).toEqual([{ workflow: 'CancelEvent', eventId: 'demo', failed: 2 }]);

  for (const id of refused) await eventpro.dispute(payments.get(id)!.paymentIntentId, 'won');
  const recovered = await cancelled(
    eventpro,
    () => advance(3_600),
    ({ failed }) => failed === 0,
  );

  expect(recovered).toMatchObject({ cancelled: SALES, failed: 0, failures: [] });
  for (const { captured, refunds } of await eventpro.payments()) {
    expect(refunds.map(({ amount }) => amount)).toEqual([captured]);
  }
  for (const id of refused) expect((await eventpro.purchase(id)).status).toBe('CANCELLED');
  expect(await escalated()).toEqual([]);
  expect(await progressOf(eventpro)).toEqual(recovered);
}, 300_000);
