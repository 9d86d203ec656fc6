import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type EventProClient, eventually } from '../../harness/eventpro-client';
import { cancelEvent, cancelled, progressOf, toldOf } from '../support/cancelled-event';
import { useOwnLocalRun } from '../support/own-local-run';
import { stop, useLocalProcesses } from '../support/local-processes';
import { expectProblem } from '../support/problem';

/** Lets the time pass that the function waits. */
const done = (client: EventProClient) => cancelled(client, () => client.advanceClock(60));

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
    const before = await toldOf(client);
    const end = await done(client);

    expect(begun).toBeLessThan(SEATS.length);
    expect(end).toMatchObject({ purchases: SEATS.length, cancelled: SEATS.length, failed: 0, remaining: 0 });
    await expectUndone(client, ids);
    await eventually(async () => {
      const told = new Set(await toldOf(client));
      return told.size >= SEATS.length || undefined;
    }, 'a message to each');
    await delay(500);
    // The inbox outlives the run. Of a mail that was sent and not noted yet nobody knows, so it is sent once more.
    const since = await toldOf(client);
    for (const address of before) since.splice(since.indexOf(address), 1);
    expect(new Set(since).size).toBe(since.length);
  }, 180_000);
});

describe('while it begins', () => {
  /** Those that stand still before their next state of this name, until the gate opens. */
  let gate: { readonly state: string; readonly opened: Promise<void>; met: number } | undefined;
  const eventpro = useOwnLocalRun({
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

  /** @returns what opens it */
  function shut(state: string): () => void {
    let open = () => undefined as void;
    gate = { state, opened: new Promise((resolve) => (open = resolve)), met: 0 };
    return open;
  }

  const stoodStill = () =>
    eventually(
      () => Promise.resolve((gate && gate.met > 0) || undefined),
      `an execution before ${gate?.state}`,
    );

  test.each([
    ['ProcessPayment', 'FAILED', 'is refused, and pays nothing'],
    ['GenerateTicket', 'CANCELLED', 'is sold, and then cancelled: its money comes back'],
  ])('who stands before %s ends as %s: %s', async (state, status) => {
    const purchaseId = randomUUID();
    const open = shut(state);
    const buying = eventpro.buy({ key: purchaseId, seats: ['A-1'] });
    await stoodStill();

    const closed = await cancelEvent(eventpro);
    open();
    const answer = await buying;
    await done(eventpro);

    expect(closed.status).toBe(202);
    if (status === 'FAILED') expectProblem(answer, { status: 409, code: 'SALE_CLOSED', purchaseId });
    else expect(answer.status).toBe(201);
    expect((await eventpro.purchase(purchaseId)).status).toBe(status);
    await expectUndone(eventpro, [purchaseId]);
  });

  /** A purchase whose bank wants its buyer. */
  async function asked(): Promise<{ readonly purchaseId: string; readonly paymentIntentId: string }> {
    const { status, purchaseId } = await eventpro.buy({
      ...{ seats: ['A-1'], paymentMethod: 'pm_card_authenticationRequired' },
    });
    expect(status).toBe(202);
    const [payment] = await eventpro.payments(purchaseId);
    return { purchaseId, paymentIntentId: payment!.paymentIntentId };
  }

  test.each([
    ['ResumePurchase', 'FAILED'],
    ['ProcessPayment', 'FAILED'],
    ['GenerateTicket', 'CANCELLED'],
  ])('who is back from the bank and stands before %s ends as %s', async (state, status) => {
    const { purchaseId, paymentIntentId } = await asked();
    await eventpro.answerBank(paymentIntentId, 'succeeded');
    const open = shut(state);
    const resuming = eventpro.resume(purchaseId);
    await stoodStill();

    expect((await cancelEvent(eventpro)).status).toBe(202);
    open();
    const answer = await resuming;
    await done(eventpro);

    if (status === 'FAILED') expectProblem(answer, { status: 409, code: 'SALE_CLOSED', purchaseId });
    else expect(answer.status).toBe(201);
    expect((await eventpro.purchase(purchaseId)).status).toBe(status);
    await expectUndone(eventpro, [purchaseId]);
  });

  test('who is cancelled by hand meanwhile has what was agreed then, and one that was begun before is not counted', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
    const { purchaseId: other } = await eventpro.buy({ seats: ['A-2'] });
    const open = shut('RefundPayment');
    const byHand = eventpro.cancel(purchaseId, { reason: 'BUYER_REQUEST', refund: { amount: 5_000 } });
    await stoodStill();
    // Times are kept in seconds: in the same one, nobody could say which was begun first.
    await eventpro.advanceClock(1);

    expect((await cancelEvent(eventpro)).status).toBe(202);
    gate = undefined;
    const late = await eventpro.cancel(other, { reason: 'ORGANISER' });
    open();
    const answer = await byHand;
    const end = await done(eventpro);

    expect([answer.status, late.status]).toEqual([200, 200]);
    expect(end).toMatchObject({ cancelled: 1, failed: 0, remaining: 0 });
    const refunds = await Promise.all(
      [purchaseId, other].map(async (id) => {
        const { status, cancellation } = await eventpro.purchase(id);
        const [payment] = await eventpro.payments(id);
        return [status, cancellation?.reason, ...payment!.refunds.map(({ amount }) => amount)];
      }),
    );
    expect(refunds).toEqual([
      ['CANCELLED', 'BUYER_REQUEST', 5_000],
      ['CANCELLED', 'ORGANISER', 12_000],
    ]);
    expect((await eventpro.seats()).filter(({ status }) => status !== 'AVAILABLE')).toEqual([]);
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
    const told = () => toldOf(eventpro, end.message);
    await eventually(async () => ((await told()).length > 0 ? true : undefined), 'a mail');
    await delay(500);
    expect(await told()).toHaveLength(1);
  });
});
