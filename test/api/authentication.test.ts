import { randomUUID } from 'node:crypto';
import { referenceOf } from '../../lambda/shared/reference';
import { type Answer, type Order, type PurchaseBody } from '../../harness/eventpro-client';
import { useOwnLocalRun } from '../support/own-local-run';
import { expectProblem } from '../support/problem';

/** What runs before the next state of this name: the purchase stands still there meanwhile. */
let before: { readonly state: string; readonly run: () => Promise<unknown> } | undefined;
const functionLog: string[] = [];

const eventpro = useOwnLocalRun({
  log: ({ text }) => void functionLog.push(text),
  beforeState: async (_, state) => {
    if (state !== before?.state) return;
    const { run } = before;
    before = undefined;
    await run();
  },
});
beforeEach(async () => {
  before = undefined;
  await eventpro.reset();
});

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const ASKS = 'pm_card_authenticationRequired';
const DECLINES_AFTERWARDS = 'pm_card_threeDSecureRequiredChargeDeclined';
const PRICE = 12_000;

/** Seconds from the opening: the buyer may answer no more, and recovery takes the purchase within the minute. */
const TOO_LATE = 301;
/** Seconds in which the reconciler, which runs every minute, has met what was due. */
const RECONCILED = 61;

interface Awaiting {
  readonly purchaseId: string;
  readonly order: Order;
  readonly answer: Answer<PurchaseBody>;
  readonly paymentIntentId: string;
}

/** Orders a seat with a card whose bank asks. */
async function awaiting(order: Partial<Order> = {}): Promise<Awaiting> {
  const ordered = { key: randomUUID(), seats: ['A-12'], paymentMethod: ASKS, ...order };
  const purchaseId = ordered.key;
  const answer = (await eventpro.buy(ordered)) as Answer<PurchaseBody>;
  const [payment] = await eventpro.payments(purchaseId);
  return { purchaseId, order: ordered, answer, paymentIntentId: payment!.paymentIntentId };
}

async function statusOf({ purchaseId }: Pick<Awaiting, 'purchaseId'>, status: PurchaseBody['status']) {
  for (const deadline = Date.now() + 10_000; ;) {
    const found = await eventpro.purchase(purchaseId);
    if (found.status === status || Date.now() > deadline) return found;
  }
}

/** What of it is taken, given back, or may still be. */
async function moneyOf({ purchaseId }: Awaiting) {
  const payments = await eventpro.payments(purchaseId);
  return payments.map(({ status, captured, refunded }) => ({ status, captured, refunded }));
}
const CANCELLED = [{ status: 'canceled', captured: 0, refunded: 0 }];
const TAKEN = [{ status: 'succeeded', captured: PRICE, refunded: 0 }];

const confirmed = ({ purchaseId }: Awaiting) => ({
  purchaseId,
  reference: referenceOf(purchaseId),
  status: 'CONFIRMED',
  eventId: 'demo',
  seats: ['A-12'],
  amount: PRICE,
  currency: 'EUR',
});

const refusedWith = (code: string, status: number, { purchaseId }: Awaiting) => ({
  status,
  code,
  purchaseId,
});

describe('a card whose bank wants the buyer', () => {
  test('gets 202 with the purchase, until when to answer, and where it is found', async () => {
    const { now } = (await eventpro.request<{ now: string }>('GET', '/local/clock')).body;

    const { purchaseId, answer } = await awaiting();

    expect(answer.status).toBe(202);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.body).toEqual({
      ...confirmed({ purchaseId } as Awaiting),
      status: 'AWAITING_AUTHENTICATION',
      authenticateBy: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
    });
    const seconds = (Date.parse(answer.body.authenticateBy!) - Date.parse(now)) / 1000;
    expect(Math.abs(seconds - 300)).toBeLessThan(10);
    const location = new URL(answer.headers.get('location')!, `${eventpro.url}/api/purchases`);
    const found = await eventpro.request('GET', location.href.slice(eventpro.url.length));
    expect([found.status, found.body]).toEqual([200, answer.body]);
  });

  test('gets the same from every repeat, and from GET', async () => {
    const { answer, order } = await awaiting();

    const again = await eventpro.buy({ ...order, key: order.key!.toUpperCase() });
    const other = await eventpro.buy({ ...order, seats: ['A-13'] });

    expect([again.status, again.text]).toEqual([202, answer.text]);
    expect(again.headers.get('location')).toBe(answer.headers.get('location'));
    expect(await eventpro.purchase(order.key!)).toEqual(answer.body);
    expectProblem(other, { status: 422, code: 'IDEMPOTENCY_KEY_REUSED', purchaseId: order.key! });
    expect(await eventpro.payments()).toHaveLength(1);
  });

  test('holds the seats and takes nothing; there is no ticket yet, and nobody is told', async () => {
    const purchase = await awaiting();
    const { purchaseId } = purchase;

    expect(await eventpro.seatStatus('A-12')).toBe('HELD');
    expect(await moneyOf(purchase)).toEqual([{ status: 'requires_action', captured: 0, refunded: 0 }]);
    expectProblem(await eventpro.ticket(purchaseId), refusedWith('PURCHASE_IN_PROGRESS', 409, purchase));
    const other = await eventpro.buy({ seats: ['A-12'] });
    expectProblem(other, { status: 409, code: 'SEAT_UNAVAILABLE', purchaseId: other.purchaseId });
    expect(await eventpro.inbox()).toEqual([]);
  });

  test('is refused at once where less than 90 seconds are left to answer', async () => {
    before = { state: 'ProcessPayment', run: () => eventpro.advanceClock(215) };

    const purchase = await awaiting();

    expectProblem(purchase.answer, refusedWith('PAYMENT_ACTION_REQUIRED', 402, purchase));
    expect(await moneyOf(purchase)).toEqual(CANCELLED);
    expect(await eventpro.seatStatus('A-12')).toBe('AVAILABLE');
    expect((await eventpro.buy(purchase.order)).text).toBe(purchase.answer.text);
  });

  test('is asked where 90 seconds are left, and those are from the opening', async () => {
    before = { state: 'ProcessPayment', run: () => eventpro.advanceClock(190) };

    const { answer } = await awaiting();
    const { now } = (await eventpro.request<{ now: string }>('GET', '/local/clock')).body;

    expect(answer.status).toBe(202);
    const seconds = (Date.parse(answer.body.authenticateBy!) - Date.parse(now)) / 1000;
    expect(Math.abs(seconds - 110)).toBeLessThan(10);
  });
});

describe('GET /purchases/{purchaseId}/authentication', () => {
  test('gives the secret of the payment, until when, and is not to be stored', async () => {
    const { purchaseId, paymentIntentId, answer } = await awaiting();

    const { status, headers, body } = await eventpro.authentication(purchaseId.toUpperCase());

    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      clientSecret: expect.stringMatching(new RegExp(`^${paymentIntentId}_secret_\\w+$`)),
      authenticateBy: answer.body.authenticateBy,
    });
  });

  test.each([
    ['is confirmed', { paymentMethod: 'pm_card_visa' }],
    ['has failed', { paymentMethod: 'pm_card_chargeDeclined' }],
    ['was refused before it held anything', { seats: ['A-99'] }],
  ])('answers 409 for a purchase that %s', async (_, order) => {
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'], ...order });

    const answer = await eventpro.authentication(purchaseId);

    expectProblem(answer, { status: 409, code: 'NOTHING_TO_AUTHENTICATE', purchaseId });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('answers 409 while the purchase is paid, while it is taken up again, and from the moment that it is too late', async () => {
    const key = randomUUID();
    const answers: Answer[] = [];
    const ask = async () => void answers.push(await eventpro.authentication(key));
    before = { state: 'ProcessPayment', run: ask };
    const purchase = await awaiting({ key });
    before = { state: 'ProcessPayment', run: ask };
    await eventpro.resume(key);
    await eventpro.advanceClock(TOO_LATE);
    await ask();

    expect(answers).toHaveLength(3);
    for (const answer of answers)
      expectProblem(answer, refusedWith('NOTHING_TO_AUTHENTICATE', 409, purchase));
  });

  test.each([
    ['is not there', UNKNOWN_ID],
    ['is no UUID', 'latest'],
  ])('answers 404 to an id that %s', async (_, purchaseId) => {
    expectProblem(await eventpro.authentication(purchaseId), {
      ...{ status: 404, code: 'PURCHASE_NOT_FOUND', purchaseId },
    });
  });
});

describe('POST /purchases/{purchaseId}/authentication', () => {
  test('sells after the bank has said yes, and says so again', async () => {
    const purchase = await awaiting();
    const { purchaseId, paymentIntentId } = purchase;
    await eventpro.answerBank(paymentIntentId, 'succeeded');
    const [authorised] = await eventpro.payments(purchaseId);

    const answer = await eventpro.resume(purchaseId);

    expect(authorised).toMatchObject({ status: 'requires_capture', captured: 0 });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.body).toEqual(confirmed(purchase));
    expect(await moneyOf(purchase)).toEqual(TAKEN);
    expect(await eventpro.seatStatus('A-12')).toBe('SOLD');
    expect((await eventpro.ticket(purchaseId)).status).toBe(302);
    expect((await eventpro.emailAbout(purchaseId)).text).toContain('Hello Ann Lee');
    const repeats = [
      await eventpro.resume(purchaseId),
      await eventpro.resume(purchaseId.toUpperCase()),
      await eventpro.buy(purchase.order),
    ];
    for (const { status, text } of repeats) expect([status, text]).toEqual([201, answer.text]);
    expect(await eventpro.purchase(purchaseId)).toEqual(confirmed(purchase));
    expect(await moneyOf(purchase)).toEqual(TAKEN);
    expect(await eventpro.emailsAbout(purchaseId)).toHaveLength(1);
  });

  test('answers 202 as often as it is asked before the bank has answered, and the purchase goes on waiting', async () => {
    const { purchaseId, paymentIntentId, answer } = await awaiting();

    const early = [await eventpro.resume(purchaseId), await eventpro.resume(purchaseId)];

    for (const { status, text } of early) expect([status, text]).toEqual([202, answer.text]);
    const location = new URL(
      early[0]!.headers.get('location')!,
      `${eventpro.url}/api/purchases/${purchaseId}/authentication`,
    );
    expect(location.pathname).toBe(`/api/purchases/${purchaseId}`);
    await eventpro.answerBank(paymentIntentId, 'succeeded');
    expect((await eventpro.resume(purchaseId)).status).toBe(201);
  });

  test.each([
    ['the buyer does not pass', ASKS, 'failed', 'AUTHENTICATION_FAILED'],
    ['the bank declines after it', DECLINES_AFTERWARDS, 'succeeded', 'PAYMENT_DECLINED'],
  ] as const)(
    'answers 402 when %s, frees the seats, and says so again',
    async (_, paymentMethod, outcome, code) => {
      const purchase = await awaiting({ paymentMethod });
      const { purchaseId, order } = purchase;
      await eventpro.answerBank(purchase.paymentIntentId, outcome);

      const answer = await eventpro.resume(purchaseId);

      expectProblem(answer, refusedWith(code, 402, purchase));
      expect(await moneyOf(purchase)).toEqual(CANCELLED);
      expect(await eventpro.seatStatus('A-12')).toBe('AVAILABLE');
      for (const again of [await eventpro.resume(purchaseId), await eventpro.buy(order)])
        expect([again.status, again.text]).toEqual([402, answer.text]);
      expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'FAILED', failure: { code } });
      expect((await eventpro.buy({ seats: ['A-12'] })).status).toBe(201);
    },
  );

  test('lets one of two that come at once go on, and tells the other that it runs', async () => {
    const purchase = await awaiting();
    const { purchaseId } = purchase;
    await eventpro.answerBank(purchase.paymentIntentId, 'succeeded');
    let other: Answer | undefined;
    before = { state: 'ProcessPayment', run: async () => void (other = await eventpro.resume(purchaseId)) };

    const one = await eventpro.resume(purchaseId);

    expect(one.status).toBe(201);
    expectProblem(other!, refusedWith('PURCHASE_IN_PROGRESS', 409, purchase));
    expect(await moneyOf(purchase)).toEqual(TAKEN);
  });

  test('lets one of ten tabs go on, and no other charges or tells the buyer again', async () => {
    const purchase = await awaiting();
    const { purchaseId } = purchase;
    await eventpro.answerBank(purchase.paymentIntentId, 'succeeded');

    const answers = await Promise.all(Array.from({ length: 10 }, () => eventpro.resume(purchaseId)));

    const executions = await eventpro.executions();
    const sold = executions.filter(({ input, status }) => {
      const { purchaseId: about, resume } = input as { purchaseId: string; resume?: object };
      return about === purchaseId && resume && status === 'SUCCEEDED';
    });
    expect(sold).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 201) expect(answer.body).toEqual(confirmed(purchase));
      else expectProblem(answer, refusedWith('PURCHASE_IN_PROGRESS', 409, purchase));
    expect(answers.some(({ status }) => status === 201)).toBe(true);
    expect(await moneyOf(purchase)).toEqual(TAKEN);
    await eventpro.emailAbout(purchaseId);
    expect(await eventpro.emailsAbout(purchaseId)).toHaveLength(1);
  });

  test('answers 409 while the first run has the purchase, which is not disturbed', async () => {
    const purchaseId = randomUUID();
    let meanwhile: Answer | undefined;
    before = {
      state: 'ProcessPayment',
      run: async () => void (meanwhile = await eventpro.resume(purchaseId)),
    };

    const answer = await eventpro.buy({ key: purchaseId, seats: ['A-1'] });

    expectProblem(meanwhile!, { status: 409, code: 'PURCHASE_IN_PROGRESS', purchaseId });
    expect(answer.status).toBe(201);
  });

  test.each([
    ['confirmed without a question', { paymentMethod: 'pm_card_visa' }, 201],
    ['declined', { paymentMethod: 'pm_card_chargeDeclined' }, 402],
    ['refused for its seat', { seats: ['A-99'] }, 404],
    ['refused for its event', { eventId: 'nowhere' }, 404],
  ])('answers what is recorded of a purchase that was %s', async (_, order, status) => {
    const bought = await eventpro.buy({ seats: ['A-1'], ...order });

    const answer = await eventpro.resume(bought.purchaseId);

    expect(bought.status).toBe(status);
    expect([answer.status, answer.text]).toEqual([status, bought.text]);
  });

  test.each([
    ['is not there', UNKNOWN_ID],
    ['is no UUID', 'latest'],
    ['ends the string it is put into', '%22%2C%22request%22%3A%7B%7D%2C%22x%22%3A%22'],
    ['has a backslash', '%5C'],
    ['is a directive', '%23set($id=1)'],
    ['is a reference', '$context.identity.sourceIp'],
  ])('answers 404 to an id that %s', async (_, path) => {
    const purchaseId = decodeURIComponent(path).toLowerCase();

    const answers = [await eventpro.resume(path), await eventpro.abandon(path)];

    for (const answer of answers)
      expectProblem(answer, { status: 404, code: 'PURCHASE_NOT_FOUND', purchaseId });
    for (const { input } of await eventpro.executions()) expect(input).toMatchObject({ purchaseId });
  });

  test('takes the id from the path alone', async () => {
    const { purchaseId, paymentIntentId } = await awaiting();
    await eventpro.answerBank(paymentIntentId, 'succeeded');
    const path = `/api/purchases/${purchaseId}/authentication?purchaseId=${UNKNOWN_ID}`;
    const headers = { 'content-type': 'application/json', 'idempotency-key': UNKNOWN_ID };

    const answer = await eventpro.request('POST', path, { headers, body: '{}' });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ purchaseId });
  });
});

describe('a buyer who does not answer in time', () => {
  test('gets 410 from then on, while it is undone, and afterwards; nothing was taken and the seats are free', async () => {
    const purchase = await awaiting();
    const { purchaseId, order } = purchase;
    const asked = async () => [await eventpro.resume(purchaseId), await eventpro.buy(order)];
    const expired = refusedWith('AUTHENTICATION_EXPIRED', 410, purchase);

    await eventpro.setFault('ReleaseSeat', { mode: 'fail-before' });
    await eventpro.advanceClock(TOO_LATE);
    const atOnce = await asked();
    await statusOf(purchase, 'COMPENSATING');
    const undone = await asked();
    await eventpro.healFaults();
    await eventpro.advanceClock(360 + RECONCILED);
    const settled = await statusOf(purchase, 'FAILED');
    const afterwards = await asked();

    expect(settled).toMatchObject({ status: 'FAILED', failure: { code: 'AUTHENTICATION_EXPIRED' } });
    for (const answer of [...atOnce, ...undone, ...afterwards]) {
      expectProblem(answer, expired);
      expect(answer.text).toBe(atOnce[0]!.text);
    }
    expect(await moneyOf(purchase)).toEqual(CANCELLED);
    expect(await eventpro.seatStatus('A-12')).toBe('AVAILABLE');
  });

  test('is undone within two minutes, though nobody asks again', async () => {
    const purchase = await awaiting();

    await eventpro.advanceClock(TOO_LATE);
    await eventpro.advanceClock(RECONCILED);

    expect(await statusOf(purchase, 'FAILED')).toMatchObject({ failure: { code: 'AUTHENTICATION_EXPIRED' } });
    expect(await moneyOf(purchase)).toEqual(CANCELLED);
    expect(await eventpro.seatStatus('A-12')).toBe('AVAILABLE');
  });

  test("is not charged for the bank's yes, however late: what the bank holds is freed", async () => {
    const purchase = await awaiting();
    await eventpro.answerBank(purchase.paymentIntentId, 'succeeded');

    await eventpro.advanceClock(TOO_LATE);
    const late = await eventpro.resume(purchase.purchaseId);
    await eventpro.advanceClock(RECONCILED);

    expectProblem(late, refusedWith('AUTHENTICATION_EXPIRED', 410, purchase));
    expect(await statusOf(purchase, 'FAILED')).toMatchObject({ failure: { code: 'AUTHENTICATION_EXPIRED' } });
    expect(await moneyOf(purchase)).toEqual(CANCELLED);
    expect((await eventpro.answerBank(purchase.paymentIntentId, 'succeeded')).status).toBe(409);
  });

  test('pays if the purchase was taken up in time, and the time runs out on the way', async () => {
    const purchase = await awaiting();
    await eventpro.answerBank(purchase.paymentIntentId, 'succeeded');
    await eventpro.advanceClock(280);
    before = { state: 'ProcessPayment', run: () => eventpro.advanceClock(150) };

    const answer = await eventpro.resume(purchase.purchaseId);

    expect([answer.status, answer.body]).toEqual([201, confirmed(purchase)]);
    expect(await moneyOf(purchase)).toEqual(TAKEN);
  });

  test('gets 410 if it was taken up in time, and the bank still waits when the time is over', async () => {
    const purchase = await awaiting();
    await eventpro.advanceClock(280);
    before = { state: 'ProcessPayment', run: () => eventpro.advanceClock(30) };

    const answer = await eventpro.resume(purchase.purchaseId);

    expectProblem(answer, refusedWith('AUTHENTICATION_EXPIRED', 410, purchase));
    expect(await moneyOf(purchase)).toEqual(CANCELLED);
    expect(await eventpro.seatStatus('A-12')).toBe('AVAILABLE');
    expect((await eventpro.buy(purchase.order)).text).toBe(answer.text);
  });
});

describe('POST /purchases/{purchaseId}/abandonment', () => {
  test('gives the purchase up: 200, FAILED, the seats free and nothing taken; a repeat says the same', async () => {
    const purchase = await awaiting();
    const { purchaseId, order } = purchase;

    const answer = await eventpro.abandon(purchaseId);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...confirmed(purchase),
      status: 'FAILED',
      failure: { code: 'ABANDONED', detail: expect.stringMatching(/Nothing was charged/) as string },
    });
    expect(await moneyOf(purchase)).toEqual(CANCELLED);
    expect(await eventpro.seatStatus('A-12')).toBe('AVAILABLE');
    expect((await eventpro.purchase(purchaseId)).failure).toEqual(answer.body.failure);
    const again = [await eventpro.abandon(purchaseId), await eventpro.abandon(purchaseId.toUpperCase())];
    for (const { status, text } of again) expect([status, text]).toEqual([200, answer.text]);
    for (const refused of [await eventpro.resume(purchaseId), await eventpro.buy(order)])
      expectProblem(refused, refusedWith('ABANDONED', 410, purchase));
    expectProblem(
      await eventpro.authentication(purchaseId),
      refusedWith('NOTHING_TO_AUTHENTICATE', 409, purchase),
    );
  });

  test("gives it up after the bank's yes as well: what the bank holds is freed", async () => {
    const purchase = await awaiting();
    await eventpro.answerBank(purchase.paymentIntentId, 'succeeded');

    expect((await eventpro.abandon(purchase.purchaseId)).status).toBe(200);
    expect(await moneyOf(purchase)).toEqual(CANCELLED);
  });

  test('answers 409 for a purchase that is confirmed, which stays', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });

    const answer = await eventpro.abandon(purchaseId);

    expectProblem(answer, { status: 409, code: 'ALREADY_CONFIRMED', purchaseId });
    expect(await eventpro.seatStatus('A-1')).toBe('SOLD');
    expect((await eventpro.ticket(purchaseId)).status).toBe(302);
  });

  test('answers 409 while a run has the purchase, which goes on', async () => {
    const answers: Answer[] = [];
    const giveUp = async (purchaseId: string) => void answers.push(await eventpro.abandon(purchaseId));
    const first = randomUUID();
    before = { state: 'ProcessPayment', run: () => giveUp(first) };
    const purchase = await awaiting({ key: first });
    await eventpro.answerBank(purchase.paymentIntentId, 'succeeded');
    before = { state: 'ProcessPayment', run: () => giveUp(first) };

    const answer = await eventpro.resume(first);

    expect(answers).toHaveLength(2);
    for (const each of answers) expectProblem(each, refusedWith('PURCHASE_IN_PROGRESS', 409, purchase));
    expect(answer.status).toBe(201);
  });

  test.each([
    ['declined', { paymentMethod: 'pm_card_chargeDeclined' }, 'PAYMENT_DECLINED'],
    ['refused for its seat', { seats: ['A-99'] }, 'SEAT_NOT_FOUND'],
  ])('answers 200 with the purchase as it is, when it was %s', async (_, order, code) => {
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'], ...order });

    const answer = await eventpro.abandon(purchaseId);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(await eventpro.purchase(purchaseId));
    expect(answer.body).toMatchObject({ status: 'FAILED', failure: { code } });
  });

  test('of two at once one gives it up, and the other is told that it runs', async () => {
    const purchase = await awaiting();
    const { purchaseId } = purchase;
    let other: Answer | undefined;
    before = { state: 'ReleaseSeat', run: async () => void (other = await eventpro.abandon(purchaseId)) };

    const one = await eventpro.abandon(purchaseId);

    expect(one.status).toBe(200);
    expectProblem(other!, refusedWith('PURCHASE_IN_PROGRESS', 409, purchase));
    expect((await eventpro.abandon(purchaseId)).text).toBe(one.text);
  });

  test('against a resume: one of both gets the purchase, and the other is told so', async () => {
    const purchase = await awaiting();
    const { purchaseId } = purchase;
    await eventpro.answerBank(purchase.paymentIntentId, 'succeeded');

    const [resumed, abandoned] = await Promise.all([
      eventpro.resume(purchaseId),
      eventpro.abandon(purchaseId),
    ]);

    const { status } = await eventpro.purchase(purchaseId);
    if (status === 'CONFIRMED') {
      expect(resumed.status).toBe(201);
      expect(abandoned.status).toBe(409);
      expect(await moneyOf(purchase)).toEqual(TAKEN);
    } else {
      expect(status).toBe('FAILED');
      expect(abandoned.status).toBe(200);
      expectProblem(resumed, refusedWith('ABANDONED', 410, purchase));
      expect(await moneyOf(purchase)).toEqual(CANCELLED);
    }
  });

  test('after the time is over, the purchase has expired, whoever undoes it: its key gets one answer', async () => {
    const purchase = await awaiting();
    const { purchaseId, order } = purchase;
    await eventpro.advanceClock(TOO_LATE);
    const before = await eventpro.buy(order);

    const answer = await eventpro.abandon(purchaseId);

    expectProblem(before, refusedWith('AUTHENTICATION_EXPIRED', 410, purchase));
    // Or the reconciler has it at this moment.
    if (answer.status === 200)
      expect(answer.body).toMatchObject({ status: 'FAILED', failure: { code: 'AUTHENTICATION_EXPIRED' } });
    else expectProblem(answer, refusedWith('PURCHASE_IN_PROGRESS', 409, purchase));
    await statusOf(purchase, 'FAILED');
    expect((await eventpro.buy(order)).text).toBe(before.text);
  });
});

describe('what both routes take', () => {
  test('no body is an empty one: API Gateway takes it for {}', async () => {
    const { purchaseId } = await awaiting();
    const path = `/api/purchases/${purchaseId}`;
    const headers = { 'content-type': 'application/json' };

    const resumed = await eventpro.request('POST', `${path}/authentication`, { headers });
    const abandoned = await eventpro.request('POST', `${path}/abandonment`, { headers, body: '' });

    expect([resumed.status, abandoned.status]).toEqual([202, 200]);
  });

  test.each<[string, string | Buffer]>([
    ['null', 'null'],
    ['an array', '[]'],
    ['a string', '"{}"'],
    ['a number', '1'],
    ['JSON that breaks off', '{'],
    ['a field', '{"resume":{}}'],
    ['an outcome', '{"outcome":"succeeded"}'],
    ['a payment method', '{"paymentMethod":"pm_card_visa"}'],
    ['a prototype', '{"__proto__":{}}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('is an empty object: %s is refused, and starts no execution', async (_, body) => {
    const { purchaseId } = await awaiting();
    const started = (await eventpro.executions()).length;

    for (const path of ['authentication', 'abandonment']) {
      const headers = { 'content-type': 'application/json' };
      const answer = await eventpro.request('POST', `/api/purchases/${purchaseId}/${path}`, {
        headers,
        body,
      });
      expectProblem(answer, { status: 400, code: 'VALIDATION' });
    }

    expect(await eventpro.executions()).toHaveLength(started);
    expect((await eventpro.purchase(purchaseId)).status).toBe('AWAITING_AUTHENTICATION');
  });

  test.each(['authentication', 'abandonment'])('is JSON: %s refuses other media types', async (path) => {
    const { purchaseId } = await awaiting();
    const headers = { 'content-type': 'text/plain' };

    const answer = await eventpro.request('POST', `/api/purchases/${purchaseId}/${path}`, {
      headers,
      body: '{}',
    });

    expectProblem(answer, { status: 415, code: 'VALIDATION' });
  });

  test.each([
    ['PUT', 'authentication', 'GET, HEAD, POST'],
    ['GET', 'abandonment', 'POST'],
    ['DELETE', 'abandonment', 'POST'],
  ])('no other method: %s of %s is answered with those there are', async (method, path, allow) => {
    const answer = await eventpro.request(method, `/api/purchases/${UNKNOWN_ID}/${path}`);

    expectProblem(answer, { status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(answer.headers.get('allow')!.split(', ').sort().join(', ')).toBe(allow);
  });
});

test('the client secret is told to who asks with the id, and stands in no table, execution, log or control route', async () => {
  functionLog.length = 0;
  const sold = await awaiting();
  const failed = await awaiting({ seats: ['A-13'] });
  const expired = await awaiting({ seats: ['A-14'] });
  const purchases = [sold, failed, expired];
  const secrets: string[] = [];
  for (const { purchaseId } of purchases)
    secrets.push((await eventpro.authentication(purchaseId)).body.clientSecret);
  await eventpro.answerBank(sold.paymentIntentId, 'succeeded');
  await eventpro.answerBank(failed.paymentIntentId, 'failed');
  expect((await eventpro.resume(sold.purchaseId)).status).toBe(201);
  expect((await eventpro.resume(failed.purchaseId)).status).toBe(402);
  await eventpro.advanceClock(TOO_LATE);
  await eventpro.advanceClock(RECONCILED);
  await statusOf(expired, 'FAILED');

  const executions = await Promise.all((await eventpro.executions()).map(({ id }) => eventpro.execution(id)));
  const read = async (path: string) => (await eventpro.request('GET', path)).text;
  const texts = [
    ...functionLog,
    ...executions.map((execution) => JSON.stringify(execution)),
    await read('/local/payments'),
    await read('/local/executions?events=brief'),
    await read('/local/inbox'),
    await read('/local/deployment'),
    ...(await Promise.all(
      purchases.flatMap(({ purchaseId, paymentIntentId }) => [
        read(`/local/records?mentions=${purchaseId}`),
        read(`/local/records?mentions=${paymentIntentId}`),
        read(`/api/purchases/${purchaseId}`),
      ]),
    )),
  ].join('\n');

  expect(new Set(secrets).size).toBe(3);
  // The search finds what is there: the id of the payment, which the secret begins with.
  for (const { paymentIntentId } of purchases) expect(texts).toContain(paymentIntentId);
  for (const secret of secrets) {
    const [, hidden] = secret.split('_secret_');
    expect(hidden!.length).toBeGreaterThan(8);
    expect(texts).not.toContain(hidden);
  }
  expect(texts).not.toContain('_secret_');
  for (const secret of secrets) expect(await read(`/local/records?mentions=${secret}`)).not.toContain('"pk"');
});
