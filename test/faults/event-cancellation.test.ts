import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type EventCancellationAnswer } from '../../lambda/event-cancellation/event-cancellation-answers';
import { type EventProClient, eventually } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';
import { stop, useLocalProcesses } from '../support/local-processes';
import { expectProblem } from '../support/problem';

const MESSAGE = 'The singer is ill.';
const PATH = '/api/events/demo/cancellation';

const cancelEvent = (client: EventProClient, message = MESSAGE) =>
  client.signed<EventCancellationAnswer>('POST', PATH, { message });
const progressOf = async (client: EventProClient) =>
  (await client.signed<EventCancellationAnswer>('GET', PATH, undefined)).body;

/** Lets the time pass that the function waits. */
async function done(client: EventProClient): Promise<EventCancellationAnswer> {
  for (let round = 0; round < 120; round++) {
    const progress = await progressOf(client);
    if (progress.status === 'DONE') return progress;
    await client.advanceClock(60);
    await delay(200);
  }
  throw new Error('The cancellation was not done');
}

/** Every sale gives back what it took, in one refund; nothing that was not a sale keeps money; no seat is taken. */
async function expectUndone(client: EventProClient, purchaseIds: readonly string[]): Promise<void> {
  const payments = await client.payments();
  for (const purchaseId of purchaseIds) {
    const { status, amount } = await client.purchase(purchaseId);
    const own = payments.filter(({ metadata }) => metadata.purchaseId === purchaseId);
    const money = own.map(({ captured, refunded, refunds }) => ({
      captured,
      refunded,
      refunds: refunds.length,
    }));
    if (status === 'CANCELLED') expect(money).toEqual([{ captured: amount, refunded: amount, refunds: 1 }]);
    else expect([status, ...money]).toEqual(['FAILED', { captured: 0, refunded: 0, refunds: 0 }]);
  }
  const taken = (await client.seats()).filter(({ status }) => status === 'SOLD' || status === 'HELD');
  expect(taken).toEqual([]);
}

describe('a run that is killed in the middle of it', () => {
  const { start } = useLocalProcesses();
  const SEATS = ['A', 'B', 'C'].flatMap((row) =>
    Array.from({ length: 10 }, (_, index) => `${row}-${index + 1}`),
  );

  const addressOf = (index: number) => `buyer-${index}@example.com`;

  test('cancels each purchase once, when it runs again, and tells twice only whom it was telling when it was killed', async () => {
    const first = await start();
    const ids = await Promise.all(
      SEATS.map(async (seat, index) => {
        const buyer = { name: 'Ann Lee', email: addressOf(index) };
        const { status, purchaseId } = await first.client.buy({ seats: [seat], buyer });
        expect(status).toBe(201);
        return purchaseId;
      }),
    );
    expect((await cancelEvent(first.client)).status).toBe(202);
    await first.client.advanceClock(10);
    const begun = await eventually(async () => {
      const { cancelled } = await progressOf(first.client);
      return cancelled >= 5 ? cancelled : undefined;
    }, 'a cancellation under way');
    await stop(first.child, 'SIGKILL');

    const { client } = await start();
    const before = await toldBy(client);
    const end = await done(client);

    expect(begun).toBeLessThan(SEATS.length);
    expect(end).toMatchObject({ purchases: SEATS.length, cancelled: SEATS.length, failed: 0, remaining: 0 });
    await expectUndone(client, ids);
    await eventually(async () => {
      const told = new Set(await toldBy(client));
      return told.size >= SEATS.length || undefined;
    }, 'a message to each');
    await delay(500);
    // The inbox outlives the run. Of a mail that was sent and not noted yet nobody knows, so it is sent once more.
    const since = await toldBy(client);
    for (const address of before) since.splice(since.indexOf(address), 1);
    expect(new Set(since).size).toBe(since.length);
  }, 180_000);

  /** Addresses of the mails about it. */
  async function toldBy(client: EventProClient): Promise<string[]> {
    const mails = (await client.inbox()).filter(
      ({ channel, text = '' }) => channel === 'email' && text.includes(MESSAGE),
    );
    return mails.map(({ to }) => String(to));
  }
});

describe('while it begins', () => {
  /** Those that stand still before their next state of this name, until the gate opens. */
  let gate: { readonly state: string; readonly opened: Promise<void>; met: number } | undefined;
  const eventpro = useLocalRun({
    beforeState: async (_, state) => {
      if (!gate || state !== gate.state) return;
      gate.met++;
      await gate.opened;
    },
  });
  beforeEach(async () => {
    gate = undefined;
    await eventpro.reset();
  });

  test.each([
    ['ProcessPayment', 'FAILED', 'is refused, and pays nothing'],
    ['GenerateTicket', 'CANCELLED', 'is sold, and then cancelled: its money comes back'],
  ])('who stands before %s ends as %s: %s', async (state, status) => {
    const purchaseId = randomUUID();
    let open = () => undefined as void;
    gate = { state, opened: new Promise((resolve) => (open = resolve)), met: 0 };
    const buying = eventpro.buy({ key: purchaseId, seats: ['A-1'] });
    await eventually(async () => Promise.resolve(gate!.met > 0 || undefined), `a purchase before ${state}`);

    const [closed] = await Promise.all([cancelEvent(eventpro), delay(0)]);
    open();
    const answer = await buying;
    await done(eventpro);

    expect(closed.status).toBe(202);
    if (status === 'FAILED') expectProblem(answer, { status: 409, code: 'SALE_CLOSED', purchaseId });
    else expect(answer.status).toBe(201);
    expect((await eventpro.purchase(purchaseId)).status).toBe(status);
    await expectUndone(eventpro, [purchaseId]);
  });

  test('two at once are one: the first message, one refund, one mail', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });

    const answers = await Promise.all(
      ['One.', 'Two.', 'Three.'].map((words) => cancelEvent(eventpro, words)),
    );
    const end = await done(eventpro);

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set([...answers.map(({ body }) => body.message), end.message]).size).toBe(1);
    await expectUndone(eventpro, [purchaseId]);
    const mailsAboutIt = async () =>
      (await eventpro.inbox()).filter(
        ({ channel, text = '' }) => channel === 'email' && text.includes(end.message),
      );
    await eventually(async () => ((await mailsAboutIt()).length > 0 ? true : undefined), 'a mail');
    await delay(500);
    expect(await mailsAboutIt()).toHaveLength(1);
  });
});
