import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalRun } from '../../bin/local-run';
import { changedAssembly } from '../../harness/changed-assembly';
import { type Answer, EventProClient, eventually } from '../../harness/eventpro-client';
import { STEP_FUNCTIONS } from '../../local/step-functions/plugin';

const DECLINED = 'pm_card_chargeDeclined';
const ASKED = 'pm_card_threeDSecure2Required';

/** Seconds: holds are over, and what is looked at every so often is due. */
const A_DAY = 86_400;

/**
 * A whole local run whose tables are at this endpoint: purchases of every end, cancellations, orders, an event that is called
 * off, and what is looked at in the background.
 */
export async function playSales(endpoint: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'eventpro-conformance-dynamodb-'));
  const before = process.env.DYNAMODB_ENDPOINT;
  process.env.DYNAMODB_ENDPOINT = endpoint;
  try {
    const assemblyDirectory = join(folder, 'cdk.out');
    changedAssembly(assemblyDirectory, {});
    const run = await startLocalRun({ assemblyDirectory, port: 0, waitScale: 0 });
    try {
      const client = new EventProClient(() => run.url);
      const { history } = run.cloud.get(STEP_FUNCTIONS);
      const settled = () =>
        eventually(
          async () => history.list().every(({ status }) => status !== 'RUNNING') || undefined,
          'the end of what runs',
          120_000,
        );
      await purchases(client);
      await orders(client, settled);
      await client.advanceClock(A_DAY);
      await settled();
      await anEventCalledOff(client);
      await settled();
    } finally {
      await run.close();
    }
  } finally {
    if (before === undefined) delete process.env.DYNAMODB_ENDPOINT;
    else process.env.DYNAMODB_ENDPOINT = before;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function purchases(client: EventProClient): Promise<void> {
  const [first, second, third, ...more] = (await client.seats()).map(({ seatId }) => seatId);
  const sold = expect(201, await client.buy({ seats: [first!, second!] }));
  // The same key again, somebody else for the same seat, a card that is declined, and many for one seat.
  await client.buy({ key: sold.purchaseId, seats: [first!, second!] });
  expect(409, await client.buy({ seats: [second!] }));
  expect(402, await client.buy({ seats: [third!], paymentMethod: DECLINED }));
  await Promise.all(Array.from({ length: 8 }, () => client.buy({ seats: [more[0]!] })));
  await client.purchase(sold.purchaseId);
  await client.ticket(sold.purchaseId);

  const passes = expect(202, await client.buy({ seats: [more[1]!], paymentMethod: ASKED }));
  const { paymentIntentId } = await eventually(
    async () => (await client.payments(passes.purchaseId))[0],
    'a payment',
  );
  await client.authentication(passes.purchaseId);
  await client.answerBank(paymentIntentId, 'succeeded');
  expect(201, await client.resume(passes.purchaseId));
  const leaves = expect(202, await client.buy({ seats: [more[2]!], paymentMethod: ASKED }));
  await client.abandon(leaves.purchaseId);
  expect(202, await client.buy({ seats: [more[3]!], paymentMethod: ASKED }));

  await client.cancel(sold.purchaseId, { reason: 'REQUESTED_BY_BUYER' });
  await client.cancel(sold.purchaseId, { reason: 'REQUESTED_BY_BUYER' });
  await client.cancel('00000000-0000-4000-8000-000000000000', { reason: 'REQUESTED_BY_BUYER' });
}

async function orders(client: EventProClient, settled: () => Promise<unknown>): Promise<void> {
  const ordered = async (extraId: string, quantity: number, paymentMethod?: string) => {
    const items = [{ extraId, quantity }];
    const { orderId } = await client.order({ items, ...(paymentMethod && { paymentMethod }) });
    return orderId;
  };
  await Promise.all([
    ordered('programme', 2),
    ordered('poster', 8),
    ordered('poster', 1),
    ordered('parking', 1, DECLINED),
    ordered('programme', 1),
  ]);
  await settled();
  await client.availableExtras();
}

async function anEventCalledOff(client: EventProClient): Promise<void> {
  const seats = (await client.seats()).filter(({ status }) => status === 'AVAILABLE').slice(0, 3);
  for (const { seatId } of seats) await client.buy({ seats: [seatId] });
  await client.signed('GET', '/api/events/demo/purchases');
  await client.signed('POST', '/api/events/demo/cancellation', { message: 'The singer is ill.' });
  await eventually(
    async () => (await client.seats()).every(({ status }) => status === 'AVAILABLE') || undefined,
    'an event whose seats are free again',
    180_000,
  );
  await client.signed('GET', '/api/events/demo/cancellation');
}

/** What is not answered as it should be tells nothing of a table. */
function expect<Given extends Answer>(status: number, answer: Given): Given {
  if (answer.status === status) return answer;
  throw new Error(`Answered ${answer.status}, not ${status}: ${answer.text}`);
}
