import { randomUUID } from 'node:crypto';
import { eventually } from '../../harness/eventpro-client';
import { expectProblem } from '../support/problem';
import { AlteredAssembly } from '../../faults/altered-assembly';
import { type FaultRun, startFaultRun } from '../../faults/fault-run';
import { outcomeOf, settled } from '../../faults/outcome';
import { cloudAssembly } from '../support/cloud-assembly';

const STATES_OF_SALE = [
  'StartOrResume',
  'ReserveSeat',
  'ProcessPayment',
  'GenerateTicket',
  'SendConfirmation',
  'PurchaseConfirmed',
];
const SEATS = ['A', 'B', 'C'].flatMap((row) =>
  Array.from({ length: 20 }, (_, index) => `${row}-${index + 1}`),
);

describe('recovery and what else is at work', () => {
  const run = useFaultRun();

  test('a purchase that is younger than six minutes is left to its saga', async () => {
    const { purchaseId, answer, at } = await buyUpTo('GenerateTicket', run());
    await run().eventpro.advanceClock(350);

    await run().invoke('Reconcile');
    at.resume();

    expect((await answer).status).toBe(201);
    expect(run().recoveriesOf(purchaseId)).toEqual([]);
  });

  test('a saga that is alive after six minutes loses its purchase to recovery, and says so', async () => {
    const { purchaseId, answer, at } = await buyUpTo('GenerateTicket', run());
    await run().eventpro.advanceClock(361);
    await run().invoke('Reconcile');
    await settled(run());
    at.resume();

    expectProblem(await answer, { status: 503, code: 'CHECKOUT_INTERRUPTED', purchaseId });
    expect(await outcomeOf(purchaseId, run())).toBe('undone');
    expect(run().recoveriesOf(purchaseId)).toHaveLength(1);
  });

  test('the claim of recovery before the sale is confirmed: the sale is undone', async () => {
    const { purchaseId, answer, at } = await buyUpTo('GenerateTicket', run());
    await run().makeDue(purchaseId);

    const recovery = await run().recover(purchaseId).finished;
    at.resume();

    expect((await answer).status).toBe(503);
    expect(recovery.status).toBe('SUCCEEDED');
    expect(await outcomeOf(purchaseId, run())).toBe('undone');
  });

  test('the claim of recovery after the sale is confirmed: the sale stands, and the buyer is told once', async () => {
    const { purchaseId, answer, at } = await buyUpTo('SendConfirmation', run());

    const recovery = await run().recover(purchaseId).finished;
    at.resume();

    expect((await answer).status).toBe(201);
    expect(recovery.events.at(-1)).toMatchObject({ type: 'ExecutionSucceeded' });
    expect(recovery.events.map(({ state }) => state)).toContain('SaleConfirmed');
    expect(await outcomeOf(purchaseId, run())).toBe('sold');
    await run().eventpro.emailAbout(purchaseId);
    expect(await emailsInTheEnd(purchaseId, run())).toBe(1);
  });

  test('fifty claims that race fifty confirmations: exactly one of the two wins, each time', async () => {
    const purchases = await Promise.all(
      SEATS.slice(0, 50).map((seat) => buyUpTo('GenerateTicket', run(), { seats: [seat] })),
    );
    await Promise.all(purchases.map(({ purchaseId }) => run().makeDue(purchaseId)));

    const ends = await Promise.all(
      purchases.map(async ({ purchaseId, answer, at }, index) => {
        // Now the one has the head start, now the other.
        if (index % 2) at.resume();
        const recovery = run().recover(purchaseId);
        at.resume();
        await recovery.finished;
        return { purchaseId, status: (await answer).status };
      }),
    );

    const outcomes = await Promise.all(ends.map(({ purchaseId }) => outcomeOf(purchaseId, run())));
    expect(outcomes).toEqual(ends.map(({ status }) => (status === 201 ? 'sold' : 'undone')));
  });

  test('two reconcilers at once start one recovery for each purchase', async () => {
    const purchases = await Promise.all(
      SEATS.slice(0, 8).map((seat) => killedAt('GenerateTicket', run(), seat)),
    );
    await run().eventpro.advanceClock(361);

    await Promise.all([run().invoke('Reconcile'), run().invoke('Reconcile')]);
    await settled(run());

    const recoveries = purchases.map((purchaseId) => run().recoveriesOf(purchaseId).length);
    const outcomes = await Promise.all(purchases.map((purchaseId) => outcomeOf(purchaseId, run())));
    expect(recoveries).toEqual(purchases.map(() => 1));
    expect(outcomes).toEqual(purchases.map(() => 'undone'));
  });

  test('two recoveries of one purchase at once refund once', async () => {
    const purchaseId = await killedAt('GenerateTicket', run());
    await run().makeDue(purchaseId);

    await Promise.all([run().recover(purchaseId).finished, run().recover(purchaseId).finished]);

    expect(await outcomeOf(purchaseId, run())).toBe('undone');
    expect(await run().eventpro.payments(purchaseId)).toMatchObject([{ refunds: [{ status: 'succeeded' }] }]);
  });

  test.each(['RefundPayment', 'ReleaseSeat', 'IsSettled'])(
    'a recovery that dies before %s is done again, and refunds once',
    async (state) => {
      const purchaseId = await killedAt('GenerateTicket', run());
      const death = run().breakpoints.before(state, purchaseId, 'recovery');
      void death.reached.then((execution) => execution.abort());

      await run().eventpro.advanceClock(361);
      await run().invoke('Reconcile');
      await death.reached;
      await settled(run());
      await run().eventpro.advanceClock(361);
      await run().invoke('Reconcile');
      await settled(run());

      const [first, second] = run().recoveriesOf(purchaseId);
      expect(first!.status).toBe('ABORTED');
      // The one that died before IsSettled had settled the purchase: there is nothing to be done again.
      expect(second?.status).toBe(state === 'IsSettled' ? undefined : 'SUCCEEDED');
      expect(await outcomeOf(purchaseId, run())).toBe('undone');
      expect(await run().eventpro.payments(purchaseId)).toMatchObject([
        { refunds: [{ status: 'succeeded' }] },
      ]);
    },
  );

  test('a refund that fails for good is escalated at each attempt, and the purchase stays findable until it succeeds', async () => {
    const purchaseId = await killedAt('GenerateTicket', run());
    await run().eventpro.setFault('RefundPayment', { mode: 'fail-before' });
    for (let attempt = 0; attempt < 2; attempt++) {
      await run().eventpro.advanceClock(361);
      await run().invoke('Reconcile');
      await settled(run());
    }
    const escalated = run().queue('EscalationsQueue').counts().visible;
    const unsettled = await run().eventpro.purchase(purchaseId);

    await run().eventpro.healFaults();
    await run().eventpro.advanceClock(721);
    await run().invoke('Reconcile');
    await settled(run());

    expect(unsettled.status).toBe('COMPENSATING');
    expect(escalated).toBe(2);
    expect(
      run()
        .recoveriesOf(purchaseId)
        .map(({ status }) => status),
    ).toEqual(['FAILED', 'FAILED', 'SUCCEEDED']);
    expect(await outcomeOf(purchaseId, run())).toBe('undone');
  });

  describe('a client that repeats its request', () => {
    test.each([
      { seats: ['A-1'], status: 409, code: 'PURCHASE_IN_PROGRESS' },
      { seats: ['A-2'], status: 422, code: 'IDEMPOTENCY_KEY_REUSED' },
    ])('and whose repeat fails in the reservation is told $code, not that nothing is held', async (row) => {
      const { purchaseId: key, answer, at } = await buyUpTo('GenerateTicket', run());
      await run().eventpro.setFault('ReserveSeat', { mode: 'fail-before', times: 1 });

      const repeat = await run().eventpro.buy({ key, seats: row.seats });
      at.resume();

      expectProblem(repeat, { status: row.status, code: row.code, purchaseId: key });
      expect((await answer).status).toBe(201);
    });

    test.each([
      { before: 'ProcessPayment', same: 409 },
      { before: 'GenerateTicket', same: 409 },
      { before: 'SendConfirmation', same: 201 },
      { before: 'PurchaseConfirmed', same: 201 },
    ])('before $before is told $same, and another body is refused', async ({ before, same }) => {
      const { purchaseId: key, answer, at } = await buyUpTo(before, run());

      const repeat = await run().eventpro.buy({ key, seats: ['A-1'] });
      const other = await run().eventpro.buy({ key, seats: ['A-2'] });
      at.resume();
      const first = await answer;

      expect(repeat.status).toBe(same);
      expect(other.status).toBe(422);
      expect(first.status).toBe(201);
      if (same === 201) expect(repeat.text).toBe(first.text);
      expect(await outcomeOf(key, run())).toBe('sold');
      expect(await run().eventpro.payments()).toHaveLength(1);
      expect(await run().eventpro.seatStatus('A-2')).toBe('AVAILABLE');
    });

    test.each(['RefundPayment', 'ReleaseSeat', 'WhatFailed', 'TicketFailed'])(
      'before %s of a purchase that fails gets no second purchase',
      async (before) => {
        await run().eventpro.setFault('GenerateTicket', { mode: 'fail-before' });
        const { purchaseId: key, answer, at } = await buyUpTo(before, run());
        const settledAlready = ['WhatFailed', 'TicketFailed'].includes(before);

        const repeat = await run().eventpro.buy({ key, seats: ['A-1'] });
        const other = await run().eventpro.buy({ key, seats: ['A-2'] });
        at.resume();
        const first = await answer;
        const afterwards = await run().eventpro.buy({ key, seats: ['A-1'] });

        expect(repeat.status).toBe(settledAlready ? 503 : 409);
        expect(other.status).toBe(422);
        expectProblem(first, { status: 503, code: 'TICKET_FAILED', purchaseId: key });
        expect(afterwards.text).toBe(first.text);
        expect(await outcomeOf(key, run())).toBe('undone');
        expect(await run().eventpro.payments()).toHaveLength(1);
      },
    );

    test.each([
      { seats: ['A-1'], body: 'the same', late: 201 },
      { seats: ['A-2'], body: 'another', late: 422 },
    ])('overtakes itself before ReserveSeat with $body body: the late one gets $late', async (row) => {
      const { purchaseId: key, answer, at } = await buyUpTo('ReserveSeat', run());

      const quick = await run().eventpro.buy({ key, seats: row.seats });
      at.resume();
      const late = await answer;

      expect(quick.status).toBe(201);
      expect(late.status).toBe(row.late);
      expect((await run().eventpro.purchase(key)).seats).toEqual(row.seats);
      expect(await outcomeOf(key, run())).toBe('sold');
      expect(await run().eventpro.payments()).toHaveLength(1);
    });

    test('the states in front of which it repeats are those of a sale', async () => {
      const { purchaseId } = await run().eventpro.buy({ seats: ['A-1'] });

      const { events } = await run().eventpro.executionOf(purchaseId);

      const entered = events.filter(({ type }) => type.endsWith('StateEntered')).map(({ state }) => state);
      expect(entered).toEqual(STATES_OF_SALE);
    });
  });

  describe('a confirmation message', () => {
    test('that comes four times at once is one e-mail', async () => {
      const { purchaseId } = await run().eventpro.buy({ seats: ['A-1'] });

      for (let copy = 0; copy < 3; copy++) run().queue('EmailChannelQueue').send(confirmation(purchaseId));
      await run().eventpro.emailAbout(purchaseId);

      expect(await emailsInTheEnd(purchaseId, run())).toBe(1);
    });

    test('that overtakes the sale waits in its queue, and is one e-mail with the regular one', async () => {
      const { purchaseId, answer, at } = await buyUpTo('GenerateTicket', run());
      const queue = run().queue('EmailChannelQueue');
      queue.send(confirmation(purchaseId));
      await eventually(async () => queue.counts().inFlight || undefined, 'a receive that is too early');

      at.resume();
      await answer;
      await run().eventpro.emailAbout(purchaseId);

      expect(await emailsInTheEnd(purchaseId, run())).toBe(1);
      expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    });
  });
});

describe('where no reconciler runs by itself, and TTL deletes nothing', () => {
  const run = useFaultRun((assembly) => {
    assembly.disableSchedule('RecoveryReconcileSchedule');
    assembly.disableTtl();
  });

  test('a reconciler that is killed in the middle is made good by the next', async () => {
    const purchases = await Promise.all(
      SEATS.slice(0, 8).map((seat) => killedAt('ProcessPayment', run(), seat)),
    );
    await run().eventpro.advanceClock(361);

    await run().invokeUntilRecovery('Reconcile');
    const startedByFirst = purchases.filter((purchaseId) => run().recoveriesOf(purchaseId).length > 0);
    await run().invoke('Reconcile');
    await settled(run());

    const outcomes = await Promise.all(purchases.map((purchaseId) => outcomeOf(purchaseId, run())));
    expect(startedByFirst.length).toBeGreaterThan(0);
    expect(startedByFirst.length).toBeLessThan(purchases.length);
    expect(outcomes).toEqual(purchases.map(() => 'undone'));
    for (const purchaseId of purchases) expect(run().recoveriesOf(purchaseId)).toHaveLength(1);
  });

  test.each(['ProcessPayment', 'GenerateTicket'])(
    'a hold that expires before %s: the next buyer gets the seat, the first the money back',
    async (state) => {
      const slow = await buyUpTo(state, run());
      await run().eventpro.advanceClock(601);

      const quick = await run().eventpro.buy({ seats: ['A-1'] });
      slow.at.resume();

      expect(quick.status).toBe(201);
      expectProblem(await slow.answer, { status: 503, code: 'TICKET_FAILED', purchaseId: slow.purchaseId });
      expect(await outcomeOf(slow.purchaseId, run())).toBe('undone');
      expect(await outcomeOf(quick.purchaseId, run())).toBe('sold');
      expect(await run().eventpro.payments(slow.purchaseId)).toMatchObject([
        { captured: 12_000, refunded: 12_000 },
      ]);
    },
  );

  test.each(['RefundPayment', 'ReleaseSeat'])(
    'a hold that expires before the compensation %s: it undoes its own, and the next buyer keeps the seat',
    async (state) => {
      await run().eventpro.setFault('GenerateTicket', { mode: 'fail-before', times: 1 });
      const slow = await buyUpTo(state, run());
      await run().eventpro.advanceClock(601);

      const quick = await buyUpTo('GenerateTicket', run());
      slow.at.resume();
      await slow.answer;
      const meanwhile = await run().eventpro.seatStatus('A-1');
      quick.at.resume();

      expect((await quick.answer).status).toBe(201);
      expect(meanwhile).toBe('HELD');
      expect(await outcomeOf(slow.purchaseId, run())).toBe('undone');
      expect(await outcomeOf(quick.purchaseId, run())).toBe('sold');
    },
  );

  test('before SendConfirmation the seat is sold, and no hold is left to expire', async () => {
    const { purchaseId, answer, at } = await buyUpTo('SendConfirmation', run());
    await run().eventpro.advanceClock(601);

    const late = await run().eventpro.buy({ seats: ['A-1'] });
    at.resume();

    expectProblem(late, { status: 409, code: 'SEAT_UNAVAILABLE', purchaseId: late.purchaseId });
    expect((await answer).status).toBe(201);
    expect(await outcomeOf(purchaseId, run())).toBe('sold');
  });

  test('a hold that expired while nobody else took the seat still counts, and the sale is made', async () => {
    const { purchaseId, answer, at } = await buyUpTo('GenerateTicket', run());
    await run().eventpro.advanceClock(601);

    const free = await run().eventpro.seatStatus('A-1');
    at.resume();

    expect(free).toBe('AVAILABLE');
    expect((await answer).status).toBe(201);
    expect(await outcomeOf(purchaseId, run())).toBe('sold');
  });
});

describe('API Gateway hangs up while the saga runs on', () => {
  const run = useFaultRun((assembly) =>
    assembly.changeResource(
      'AWS::ApiGateway::Method',
      (_, logicalId) => logicalId.startsWith('ApipurchasesPOST'),
      ({ Integration }) => {
        // The template leaves it at API Gateway's 29 seconds.
        expect(Integration).not.toHaveProperty('TimeoutInMillis');
        (Integration as Record<string, unknown>).TimeoutInMillis = 700;
      },
    ),
  );

  test('the client is told 504, asks again, and learns the truth', async () => {
    const purchaseId = randomUUID();
    const at = run().breakpoints.before('GenerateTicket', purchaseId);

    const hungUp = await run().eventpro.buy({ key: purchaseId, seats: ['A-1'] });
    await at.reached;
    const asked = await run().eventpro.purchase(purchaseId);
    const repeated = await run().eventpro.buy({ key: purchaseId, seats: ['A-1'] });
    at.resume();
    const purchase = await eventually(async () => {
      const now = await run().eventpro.purchase(purchaseId);
      return now.status === 'CONFIRMED' ? now : undefined;
    }, 'a confirmed purchase');
    const again = await run().eventpro.buy({ key: purchaseId, seats: ['A-1'] });

    expect({ status: hungUp.status, code: (hungUp.body as { code: string }).code }).toEqual({
      status: 504,
      code: 'OUTCOME_UNKNOWN',
    });
    expect(asked.status).toBe('PENDING');
    expectProblem(repeated, { status: 409, code: 'PURCHASE_IN_PROGRESS', purchaseId });
    expect(again.status).toBe(201);
    expect(again.body).toEqual(purchase);
    expect(await outcomeOf(purchaseId, run())).toBe('sold');
  });
});

describe('with clocks that differ: every sandbox is five minutes ahead or five behind', () => {
  const run = useFaultRun((assembly) =>
    assembly.skewClocks(
      [
        ...(['ReserveSeat', 'ReleaseSeat', 'Reconcile', 'GetSeatMap', 'PutEvent', 'Audit'] as const),
        ...(['DeliverEmail', 'DeliverSms'] as const),
      ],
      300,
    ),
  );

  test('purchases that live, die and contend are all settled, and none is half done', async () => {
    const killed = SEATS.slice(0, 6).map((seat, index) =>
      killedAt(['ProcessPayment', 'GenerateTicket', 'SendConfirmation'][index % 3]!, run(), seat),
    );
    const contending = SEATS.slice(6, 12).flatMap((seat) => [seat, seat]);
    const answers = await Promise.all(contending.map((seat) => run().eventpro.buy({ seats: [seat] })));
    const dead = await Promise.all(killed);

    // Due after 6 minutes of a clock that may be 5 ahead. A first attempt is lost where Reconcile is ahead of RefundPayment, a second
    // where ReleaseSeat is behind it; the third comes 15 minutes after it was due, on a clock that may be 5 behind.
    for (let minutes = 0; minutes < 6 + 5 + 15 + 5; minutes += 4) {
      await run().eventpro.advanceClock(240);
      await run().invoke('Reconcile');
      await settled(run());
    }

    // Ten minutes apart, a clock sees a hold expired that another has just made: its buyer is refunded, and told 503.
    const statuses = answers.map(({ status }) => (status === 503 ? 409 : status)).sort();
    const outcomes = await Promise.all(answers.map(({ purchaseId }) => outcomeOf(purchaseId, run())));
    expect(statuses).toEqual([...Array<number>(6).fill(201), ...Array<number>(6).fill(409)]);
    expect(outcomes).toEqual(answers.map(({ status }) => (status === 201 ? 'sold' : 'undone')));
    expect(await Promise.all(dead.map((purchaseId) => outcomeOf(purchaseId, run())))).toEqual(
      dead.map((_, index) => (index % 3 === 2 ? 'sold' : 'undone')),
    );
  });

  test('a reconciler that is ahead takes a purchase from a living saga, which then undoes nothing twice', async () => {
    const purchases = await Promise.all(
      SEATS.slice(0, 8).map((seat) => buyUpTo('GenerateTicket', run(), { seats: [seat] })),
    );
    await run().eventpro.advanceClock(70);
    await Promise.all([run().invoke('Reconcile'), run().invoke('Reconcile')]);
    await settled(run());
    for (const { at } of purchases) at.resume();

    const ends = await Promise.all(
      purchases.map(async ({ purchaseId, answer }) => [
        (await answer).status,
        await outcomeOf(purchaseId, run()),
      ]),
    );

    for (const [status, outcome] of ends) expect(outcome).toBe(status === 201 ? 'sold' : 'undone');
  });
});

function useFaultRun(alter?: (assembly: AlteredAssembly) => void): () => FaultRun {
  let run: FaultRun | undefined;
  let assembly: AlteredAssembly | undefined;
  beforeAll(async () => {
    if (alter) {
      assembly = AlteredAssembly.copyOf(await cloudAssembly());
      alter(assembly);
    }
    run = await startFaultRun({ assemblyDirectory: assembly?.directory ?? (await cloudAssembly()) });
  });
  beforeEach(() => run!.eventpro.reset());
  afterAll(async () => {
    await run?.close();
    assembly?.remove();
  });
  return () => run!;
}

/** A purchase that stands in front of a state. */
async function buyUpTo(
  state: string,
  run: FaultRun,
  order: { readonly seats: readonly string[] } = { seats: ['A-1'] },
) {
  const purchaseId = randomUUID();
  const at = run.breakpoints.before(state, purchaseId);
  const answer = run.eventpro.buy({ key: purchaseId, ...order });
  const execution = await at.reached;
  return { purchaseId, answer, at, execution };
}

/** A purchase whose execution died in front of a state. */
async function killedAt(state: string, run: FaultRun, seat = 'A-1'): Promise<string> {
  const { purchaseId, answer, execution } = await buyUpTo(state, run, { seats: [seat] });
  execution.abort();
  expectProblem(await answer, { status: 504, code: 'OUTCOME_UNKNOWN', purchaseId });
  return purchaseId;
}

function confirmation(purchaseId: string): string {
  return JSON.stringify({ type: 'PurchaseConfirmed', purchaseId, ticketUrl: 'http://127.0.0.1/ticket' });
}

/** The number of e-mails about the purchase when its queue has nothing more to give. */
async function emailsInTheEnd(purchaseId: string, run: FaultRun): Promise<number> {
  const queue = run.queue('EmailChannelQueue');
  await eventually(async () => {
    run.clock.advance(queue.attributes.visibilityTimeout);
    const { visible, inFlight } = queue.counts();
    return visible + inFlight === 0 || undefined;
  }, 'an empty queue');
  return (await run.eventpro.emailsAbout(purchaseId)).length;
}
