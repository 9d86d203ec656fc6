import { randomUUID } from 'node:crypto';
import { type Harness, startHarness } from '../../faults/harness';
import { outcomeOf, settled } from '../../faults/outcome';
import { ASKING_CARD } from '../../faults/work/asking-cards';
import { cloudAssembly } from '../support/cloud-assembly';
import { useFaultRun } from '../support/fault-run';
import { expectProblem } from '../support/problem';

const SEATS = Array.from({ length: 20 }, (_, index) => `A-${index + 1}`);

describe('a purchase whose bank asks, and the two executions it has', () => {
  const shop = useFaultRun();
  const bank = bankOf(() => shop.run);
  const eventpro = () => shop.run.eventpro;

  const reconcile = async () => {
    await shop.run.invoke('Reconcile');
    await settled(shop.run);
  };
  /** The execution by which the buyer comes back stands in front of a state. */
  const backUpTo = async (state: string, purchaseId: string) => {
    const at = shop.run.breakpoints.before(state, purchaseId);
    const answer = eventpro().resume(purchaseId);
    await at.reached;
    return { at, answer };
  };
  const expectNothingTaken = async (purchaseId: string) => {
    const [payment] = await eventpro().payments(purchaseId);
    expect(payment).toMatchObject({ status: 'canceled', captured: 0 });
    expect(await outcomeOf(purchaseId, shop.run)).toBe('undone');
  };

  test('the first confirm is done and its answer lost: Stripe repeats that the bank asks, and nothing is confirmed twice', async () => {
    // The SDK sends the request once more, under the same key; after the second the step itself is repeated.
    shop.run.stripe.faults.set({ operation: 'payment_intents.confirm', mode: 'fail-after', times: 2 });

    const purchaseId = await bank.asked();
    await bank.says('succeeded', purchaseId);
    const back = await eventpro().resume(purchaseId);

    expect(back.status).toBe(201);
    expect(await outcomeOf(purchaseId, shop.run)).toBe('sold');
    const [payment] = await eventpro().payments(purchaseId);
    const confirmed = payment!.idempotencyKeys.filter((key) => key.startsWith('payment_intents.confirm'));
    expect(confirmed).toEqual([`payment_intents.confirm ${purchaseId}:confirm:1`]);
  });

  test('two tabs come back: one execution has the purchase, and the other is told so', async () => {
    const purchaseId = await bank.asked();
    await bank.says('succeeded', purchaseId);
    const first = await backUpTo('ProcessPayment', purchaseId);

    const second = await eventpro().resume(purchaseId);
    const givenUp = await eventpro().abandon(purchaseId);
    first.at.resume();
    const told = await first.answer;
    const third = await eventpro().resume(purchaseId);

    expectProblem(second, { status: 409, code: 'PURCHASE_IN_PROGRESS', purchaseId });
    expectProblem(givenUp, { status: 409, code: 'PURCHASE_IN_PROGRESS', purchaseId });
    expect(told.status).toBe(201);
    expect(third.text).toBe(told.text);
    expect(await outcomeOf(purchaseId, shop.run)).toBe('sold');
  });

  test('ten buyers come back and give up at the same moment: one of the two wins, each time', async () => {
    const purchases = await Promise.all(SEATS.slice(0, 10).map((seat) => bank.asked({ seats: [seat] })));
    await Promise.all(purchases.map((purchaseId) => bank.says('succeeded', purchaseId)));

    const told = await Promise.all(
      purchases.map(async (purchaseId) => {
        const both = [eventpro().resume(purchaseId), eventpro().abandon(purchaseId)];
        return Promise.all(both.map(async (answer) => (await answer).status));
      }),
    );

    const outcomes = await Promise.all(purchases.map((purchaseId) => outcomeOf(purchaseId, shop.run)));
    expect(outcomes).toEqual(told.map(([back]) => (back === 201 ? 'sold' : 'undone')));
    expect(told.filter(([back, gone]) => (back === 201) === (gone === 200))).toEqual([]);
  });

  test('ten buyers come back while recovery takes their purchases: one of the two wins, each time', async () => {
    const purchases = await Promise.all(SEATS.slice(0, 10).map((seat) => bank.asked({ seats: [seat] })));
    await Promise.all(purchases.map((purchaseId) => bank.says('succeeded', purchaseId)));
    await Promise.all(purchases.map((purchaseId) => shop.run.makeDue(purchaseId)));

    const told = await Promise.all(
      purchases.map(async (purchaseId, index) => {
        const recovery = index % 2 ? shop.run.recover(purchaseId) : undefined;
        const back = eventpro().resume(purchaseId);
        await (recovery ?? shop.run.recover(purchaseId)).finished;
        return (await back).status;
      }),
    );

    const outcomes = await Promise.all(purchases.map((purchaseId) => outcomeOf(purchaseId, shop.run)));
    expect(outcomes).toEqual(told.map((status) => (status === 201 ? 'sold' : 'undone')));
  });

  test('a reconciler that has read the index before the buyer was back takes nothing, and one after finds nothing due', async () => {
    const purchaseId = await bank.asked();
    await bank.says('succeeded', purchaseId);
    await eventpro().advanceClock(280);
    const { at, answer } = await backUpTo('GenerateTicket', purchaseId);
    await eventpro().advanceClock(40);

    const stale = await shop.run.recover(purchaseId).finished;
    await reconcile();
    await shop.run.invoke('Audit');
    at.resume();

    expect(stale.events.map(({ state }) => state)).toContain('NothingDue');
    expect(shop.run.recoveriesOf(purchaseId)).toHaveLength(1);
    expect((await answer).status).toBe(201);
    expect(await outcomeOf(purchaseId, shop.run)).toBe('sold');
  });

  test('the execution by which the buyer is back dies: recovery undoes the purchase in its own time', async () => {
    const purchaseId = await bank.asked();
    await bank.says('succeeded', purchaseId);
    await eventpro().advanceClock(280);
    const at = shop.run.breakpoints.before('GenerateTicket', purchaseId);
    const answer = eventpro().resume(purchaseId);
    (await at.reached).abort();
    const told = await answer;
    await eventpro().advanceClock(340);
    await reconcile();
    const meanwhile = await eventpro().resume(purchaseId);
    await eventpro().advanceClock(40);
    await reconcile();

    expect(told.status).toBe(504);
    expectProblem(meanwhile, { status: 409, code: 'PURCHASE_IN_PROGRESS', purchaseId });
    expect(await outcomeOf(purchaseId, shop.run)).toBe('undone');
    expect(await eventpro().payments(purchaseId)).toMatchObject([{ captured: 12_000, refunded: 12_000 }]);
  });

  test('the tab is closed after the bank’s yes: who is back after two minutes has the ticket', async () => {
    const purchaseId = await bank.asked();
    await bank.says('succeeded', purchaseId);
    await eventpro().advanceClock(120);

    const back = await eventpro().resume(purchaseId);

    expect(back.status).toBe(201);
    expect(await outcomeOf(purchaseId, shop.run)).toBe('sold');
  });

  test('the tab is closed after the bank’s yes: who is back after six minutes was charged nothing, and the seat is free', async () => {
    const purchaseId = await bank.asked();
    await bank.says('succeeded', purchaseId);
    await eventpro().advanceClock(360);
    await reconcile();

    const back = await eventpro().resume(purchaseId);
    const repeat = await eventpro().buy({ key: purchaseId, seats: ['A-1'], paymentMethod: ASKING_CARD });

    expectProblem(back, { status: 410, code: 'AUTHENTICATION_EXPIRED', purchaseId });
    expect(repeat.text).toBe(back.text);
    await expectNothingTaken(purchaseId);
    expect(await eventpro().seatStatus('A-1')).toBe('AVAILABLE');
  });

  test('the bank’s yes comes when the time is over: refused before recovery has been and after, and nothing is taken', async () => {
    const purchaseId = await bank.asked();
    await eventpro().advanceClock(301);
    await settled(shop.run);
    const [{ paymentIntentId } = { paymentIntentId: '' }] = await eventpro().payments(purchaseId);
    const yes = await eventpro().answerBank(paymentIntentId, 'succeeded');
    const back = await eventpro().resume(purchaseId);
    await reconcile();
    const later = await eventpro().answerBank(paymentIntentId, 'succeeded');

    // Whether the reconciler of the schedule was there before the bank is the machine's.
    expect([200, 409]).toContain(yes.status);
    expectProblem(back, { status: 410, code: 'AUTHENTICATION_EXPIRED', purchaseId });
    expect(later.status).toBe(409);
    await expectNothingTaken(purchaseId);
  });

  test.each([
    { seconds: 150, status: 202 },
    { seconds: 211, status: 402 },
  ])(
    'retries eat $seconds of the five minutes before the bank asks: $status',
    async ({ seconds, status }) => {
      const purchaseId = randomUUID();
      const at = shop.run.breakpoints.before('ProcessPayment', purchaseId);
      const answer = eventpro().buy({ key: purchaseId, seats: ['A-1'], paymentMethod: ASKING_CARD });
      await at.reached;
      await eventpro().advanceClock(seconds);
      at.resume();

      expect((await answer).status).toBe(status);
      if (status === 202) return expect(await eventpro().seatStatus('A-1')).toBe('HELD');
      expectProblem(await answer, { status, code: 'PAYMENT_ACTION_REQUIRED', purchaseId });
      await expectNothingTaken(purchaseId);
    },
  );

  test('who is back at the last moment has as long as an execution lives, and the seat is held until then', async () => {
    const purchaseId = await bank.asked();
    await bank.says('succeeded', purchaseId);
    await eventpro().advanceClock(285);
    const { at, answer } = await backUpTo('GenerateTicket', purchaseId);
    await eventpro().advanceClock(290);
    await reconcile();

    const held = await eventpro().seatStatus('A-1');
    at.resume();

    expect(held).toBe('HELD');
    expect((await answer).status).toBe(201);
    expect(await outcomeOf(purchaseId, shop.run)).toBe('sold');
  });
});

describe('a saga that dies between the bank’s question and the record of it', () => {
  let harness: Harness;
  beforeAll(async () => void (harness = await startHarness({ assemblyDirectory: await cloudAssembly() })));
  afterAll(() => harness.close());

  test('nobody can come back, whatever the bank was told, and nothing is taken', async () => {
    const { status, purchaseId } = await harness.buy({
      paymentMethod: ASKING_CARD,
      faults: [{ effect: 'await authentication', mode: 'crash-before', times: 1 }],
    });
    const isAsked = harness.answerBank(purchaseId, 'succeeded');

    const back = await harness.comeBack(purchaseId);
    await harness.settle();
    const [payment] = await harness.client.payments(purchaseId);

    expect({ status, isAsked }).toEqual({ status: 504, isAsked: true });
    expectProblem(back, { status: 409, code: 'PURCHASE_IN_PROGRESS', purchaseId });
    expect(payment).toMatchObject({ status: 'canceled', captured: 0 });
    expect((await harness.client.purchase(purchaseId)).failure?.code).toBe('CHECKOUT_INTERRUPTED');
    expect(await harness.violations()).toEqual([]);
  });
});

describe('with clocks that differ: every sandbox is five minutes ahead or five behind', () => {
  const shop = useFaultRun((assembly) =>
    assembly.skewClocks(
      [
        ...(['ReserveSeat', 'ResumePurchase', 'ProcessPayment', 'RefundPayment', 'ReleaseSeat'] as const),
        ...(['Reconcile', 'Audit'] as const),
      ],
      300,
    ),
  );
  const bank = bankOf(() => shop.run);

  test('who is told of a sale has it, and of all others nothing is kept', async () => {
    const { run } = shop;
    const answers = await Promise.all(
      SEATS.slice(0, 12).map((seat) => run.eventpro.buy({ seats: [seat], paymentMethod: ASKING_CARD })),
    );
    const purchases = answers.map(({ purchaseId }) => purchaseId);
    await Promise.all(
      answers
        .filter(({ status }) => status === 202)
        .map(({ purchaseId }) => bank.says('succeeded', purchaseId)),
    );
    const told = await Promise.all(
      purchases.map(async (purchaseId) => (await run.eventpro.resume(purchaseId)).status),
    );
    for (let minutes = 0; minutes < 20; minutes += 4) {
      await run.eventpro.advanceClock(240);
      await run.invoke('Reconcile');
      await settled(run);
    }

    const outcomes = await Promise.all(purchases.map((purchaseId) => outcomeOf(purchaseId, run)));
    expect(outcomes).toEqual(told.map((status) => (status === 201 ? 'sold' : 'undone')));
  });
});

type Shop = ReturnType<typeof useFaultRun>['run'];

function bankOf(run: () => Shop) {
  return {
    /** A purchase whose bank asks. */
    async asked({ seats } = { seats: ['A-1'] }): Promise<string> {
      const { status, purchaseId } = await run().eventpro.buy({ seats, paymentMethod: ASKING_CARD });
      expect(status).toBe(202);
      return purchaseId;
    },
    /** What the buyer tells it. */
    async says(outcome: 'succeeded' | 'failed', purchaseId: string): Promise<void> {
      const [payment] = await run().eventpro.payments(purchaseId);
      expect((await run().eventpro.answerBank(payment!.paymentIntentId, outcome)).status).toBe(200);
    },
  };
}
