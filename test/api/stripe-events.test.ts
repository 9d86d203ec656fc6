import { createHmac, randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { type Answer, eventually, type PurchaseBody } from '../../harness/eventpro-client';
import { type LocalDeployment } from '../../local/control/deployment-route';
import { useLocalRun } from '../support/local-run';
import { expectProblem } from '../support/problem';

const eventpro = useLocalRun();
beforeEach(() => eventpro.reset());

const SEATS = ['A-1', 'A-2'];
const PATH = '/api/stripe-events';
/** Of the local run. */
const SECRET = 'whsec_local';

interface Sold {
  readonly purchaseId: string;
  readonly paymentIntentId: string;
  readonly amount: number;
}

async function sold(paymentMethod = 'pm_card_visa'): Promise<Sold> {
  const { purchaseId, body } = await eventpro.buy({ seats: SEATS, paymentMethod });
  const [payment] = await eventpro.payments(purchaseId);
  return {
    ...{ purchaseId, paymentIntentId: payment!.paymentIntentId },
    amount: (body as { amount: number }).amount,
  };
}

function becomes(purchaseId: string, status: string): Promise<PurchaseBody> {
  return eventually(async () => {
    const purchase = await eventpro.purchase(purchaseId);
    return purchase.status === status ? purchase : undefined;
  }, `a ${status} purchase`);
}

/** Each event was answered with a 2xx. */
async function allTaken(): Promise<void> {
  await eventually(async () => {
    const events = await eventpro.stripeEvents();
    return events.length > 0 && events.every(({ status }) => status === 'delivered') ? events : undefined;
  }, 'the answer to each event');
}

async function recordOf(purchaseId: string): Promise<Record<string, unknown>> {
  const { body } = await eventpro.request<{ items: { table: string; item: Record<string, unknown> }[] }>(
    'GET',
    `/local/records?mentions=${purchaseId}`,
  );
  return body.items
    .map(({ item }) => item)
    .find((item) => item['purchaseId'] === purchaseId && item['fingerprint'])!;
}

const moneyOf = async (purchaseId: string) => {
  const [payment] = await eventpro.payments(purchaseId);
  return { captured: payment!.captured, refunded: payment!.refunded };
};

const mailsAboutCancelling = async (reference: string) =>
  (await eventpro.inbox()).filter(
    ({ channel, text = '' }) => channel === 'email' && text.includes(reference) && /is cancelled/.test(text),
  );

/** What must be so of a purchase that was refunded by hand, whole. */
async function expectCancelled({ purchaseId, amount }: Sold): Promise<void> {
  const purchase = await becomes(purchaseId, 'CANCELLED');
  expect(purchase.cancellation).toMatchObject({
    reason: 'REFUNDED',
    refund: { amount, status: 'SUCCEEDED' },
  });
  expect(await moneyOf(purchaseId)).toEqual({ captured: amount, refunded: amount });
  expectProblem(await eventpro.ticket(purchaseId), { status: 410, code: 'PURCHASE_CANCELLED', purchaseId });
  expect((await eventpro.buy({ seats: SEATS })).status).toBe(201);
  const mails = await eventually(async () => {
    const found = await mailsAboutCancelling(purchase.reference);
    return found.length > 0 ? found : undefined;
  }, 'an e-mail about the cancellation');
  expect(mails).toHaveLength(1);
}

describe('a refund by hand', () => {
  test('of everything cancels the purchase: its seats sell again, its ticket is not valid, the buyer is told', async () => {
    const sale = await sold();

    await eventpro.refundByHand(sale.paymentIntentId);

    await expectCancelled(sale);
    await allTaken();
  });

  test('of a part is recorded, and the sale stands', async () => {
    const { purchaseId, paymentIntentId, amount } = await sold();

    await eventpro.refundByHand(paymentIntentId, 1_000);

    await allTaken();
    expect(await recordOf(purchaseId)).toMatchObject({ status: 'CONFIRMED', refunded: 1_000 });
    expect(await moneyOf(purchaseId)).toEqual({ captured: amount, refunded: 1_000 });
    expect((await eventpro.ticket(purchaseId)).status).toBe(302);
    expect(await eventpro.seatStatus(SEATS[0]!)).toBe('SOLD');
  });

  test('of parts that are everything together cancels it', async () => {
    const sale = await sold();
    await eventpro.refundByHand(sale.paymentIntentId, 1_000);
    await allTaken();

    await eventpro.refundByHand(sale.paymentIntentId, sale.amount - 1_000);

    await expectCancelled(sale);
  });

  test('told ten times at once, the newest first, cancels it once', async () => {
    const sale = await sold();
    await eventpro.sendStripeEvents({ held: true });
    await eventpro.refundByHand(sale.paymentIntentId, 1_000);
    await eventpro.refundByHand(sale.paymentIntentId);
    expect(await eventpro.purchase(sale.purchaseId)).toMatchObject({ status: 'CONFIRMED' });

    await eventpro.sendStripeEvents({ reversed: true, copies: 10 });

    await expectCancelled(sale);
    await allTaken();
    expect(await mailsAboutCancelling((await eventpro.purchase(sale.purchaseId)).reference)).toHaveLength(1);
  });

  test('between the capture and the pivot is followed when the purchase has come to its end', async () => {
    const key = randomUUID();
    await eventpro.request('PUT', '/local/pace', { body: JSON.stringify({ secondsBeforeState: 0.6 }) });
    const buying = eventpro.buy({ key, seats: SEATS });
    const payment = await eventually(
      async () => (await eventpro.payments(key)).find(({ captured }) => captured > 0),
      'the capture',
    );

    await eventpro.refundByHand(payment.paymentIntentId);

    const { status, body } = await buying;
    expect(status).toBe(201);
    await eventpro.request('PUT', '/local/pace', { body: JSON.stringify({ secondsBeforeState: 0 }) });
    await eventpro.advanceClock(1);
    await expectCancelled({
      ...{ purchaseId: key, paymentIntentId: payment.paymentIntentId },
      amount: (body as { amount: number }).amount,
    });
  });
});

describe('a refund by hand while the sale is being cancelled', () => {
  const pace = (secondsBeforeState: number) =>
    eventpro.request('PUT', '/local/pace', { body: JSON.stringify({ secondsBeforeState }) });
  const moments = {
    'before ours': async ({ purchaseId }: Sold) =>
      (await eventpro.purchase(purchaseId)).status === 'CANCELLING' || undefined,
    'after ours': async ({ purchaseId }: Sold) => (await moneyOf(purchaseId)).refunded > 0 || undefined,
  };

  const ALL = 24_000;

  test.each([
    { byHand: ALL, moment: 'before ours', agreed: ALL, given: ALL },
    { byHand: 1_000, moment: 'before ours', agreed: ALL, given: ALL },
    // What was agreed is what will have been given back in all.
    { byHand: 700, moment: 'before ours', agreed: 1_000, given: 1_000 },
    { byHand: 700, moment: 'after ours', agreed: 1_000, given: 1_700 },
    { byHand: ALL - 1_000, moment: 'after ours', agreed: 1_000, given: ALL },
    { byHand: ALL, moment: 'before ours', agreed: 1_000, given: ALL },
  ] as const)(
    'of $byHand, $moment of $agreed, gives back $given in all, and the record says so',
    async ({ byHand, moment, agreed, given }) => {
      const sale = await sold();
      await pace(0.8);
      const cancelling = eventpro.cancel(sale.purchaseId, {
        reason: 'ORGANISER',
        refund: { amount: agreed },
      });
      await eventually(() => moments[moment](sale), moment);

      const made = await eventpro.refundByHand(sale.paymentIntentId, byHand);

      await cancelling;
      await pace(0);
      expect(made.status).toBe(200);
      await becomes(sale.purchaseId, 'CANCELLED');
      await eventpro.advanceClock(60);
      await allTaken();
      expect(await moneyOf(sale.purchaseId)).toEqual({ captured: ALL, refunded: given });
      const { cancellation } = await eventpro.purchase(sale.purchaseId);
      expect(cancellation!.refund).toEqual({ amount: given, status: 'SUCCEEDED' });
    },
  );
});

describe('a refund of our own', () => {
  test('is told as well, and changes nothing', async () => {
    const { purchaseId, amount } = await sold();

    await eventpro.signed('POST', `/api/purchases/${purchaseId}/cancellation`, {
      ...{ reason: 'ORGANISER', refund: { amount: 1_000 } },
    });

    await allTaken();
    expect(await eventpro.purchase(purchaseId)).toMatchObject({
      cancellation: { reason: 'ORGANISER', refund: { amount: 1_000, status: 'SUCCEEDED' } },
    });
    expect(await moneyOf(purchaseId)).toEqual({ captured: amount, refunded: 1_000 });
  });

  test('that the bank takes days for is noted when it has', async () => {
    const { purchaseId, amount } = await sold('pm_card_pendingRefund');
    const { body } = await eventpro.cancel(purchaseId, { reason: 'ORGANISER' });
    expect(body).toMatchObject({ cancellation: { refund: { amount, status: 'PENDING' } } });

    await eventpro.advanceClock(61);

    await eventually(async () => {
      const { cancellation } = await eventpro.purchase(purchaseId);
      return cancellation!.refund.status === 'SUCCEEDED' || undefined;
    }, 'a refund that succeeded');
  });

  test('that comes back is made again, and when the bank sends back the third it is noted as failed', async () => {
    const { purchaseId, paymentIntentId } = await sold('pm_card_refundFail');
    await eventpro.cancel(purchaseId, { reason: 'ORGANISER' });

    for (let returned = 1; returned <= 3; returned++) {
      await eventpro.advanceClock(61);
      await eventually(async () => {
        const [payment] = await eventpro.payments(purchaseId);
        const failed = payment!.refunds.filter(({ status }) => status === 'failed').length;
        return failed === returned && payment!.refunds.length === Math.min(returned + 1, 3)
          ? true
          : undefined;
      }, `refund ${returned} to be followed`);
    }

    await eventually(async () => {
      const { cancellation } = await eventpro.purchase(purchaseId);
      return cancellation!.refund.status === 'FAILED' || undefined;
    }, 'a refund that has failed');
    expect((await eventpro.payments(purchaseId))[0]).toMatchObject({ paymentIntentId, refunded: 0 });
  });
});

describe('a dispute', () => {
  test('is recorded with its deadline, cancels nothing, and is followed to its end', async () => {
    const { purchaseId, paymentIntentId, amount } = await sold();

    const { body } = await eventpro.dispute(paymentIntentId);

    await allTaken();
    const { id, dueBy } = body.disputes[0]!;
    expect(await recordOf(purchaseId)).toMatchObject({
      status: 'CONFIRMED',
      dispute: {
        ...{ id, status: 'needs_response', reason: 'fraudulent', amount, currency: 'EUR' },
        dueBy: Date.parse(dueBy) / 1000,
      },
    });
    expect((await eventpro.ticket(purchaseId)).status).toBe(302);

    await eventpro.dispute(paymentIntentId, 'won');
    await allTaken();
    expect(await recordOf(purchaseId)).toMatchObject({ status: 'CONFIRMED', dispute: { id, status: 'won' } });
    expect(await moneyOf(purchaseId)).toEqual({ captured: amount, refunded: 0 });
  });

  test('that is lost can be cancelled for, and nothing is given back a second time', async () => {
    const { purchaseId, paymentIntentId, amount } = await sold();
    await eventpro.dispute(paymentIntentId, 'lost');
    await allTaken();
    expect(await recordOf(purchaseId)).toMatchObject({ status: 'CONFIRMED', dispute: { status: 'lost' } });

    const { body } = await eventpro.cancel(purchaseId, { reason: 'DISPUTE' });

    expect(body).toMatchObject({
      status: 'CANCELLED',
      cancellation: { reason: 'DISPUTE', refund: { amount: 0, status: 'NONE' } },
    });
    expect(await moneyOf(purchaseId)).toEqual({ captured: amount, refunded: 0 });
  });
});

describe('an event is not believed', () => {
  test.each([
    ['of a payment that there is not', { payment_intent: 'pi_000000000000000000000000' }],
    ['of a charge without a payment intent', { payment_intent: null }],
    ['that says what is not so', {}],
  ])('%s: 200, and nothing is done', async (_, about) => {
    const { purchaseId, paymentIntentId } = await sold();

    const answer = await send(event({ payment_intent: paymentIntentId, refunded: true, ...about }));

    expect([answer.status, answer.body]).toEqual([200, {}]);
    expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CONFIRMED' });
  });

  test.each([
    ['of the other mode', { livemode: true }],
    ['of a connected account', { account: 'acct_1' }],
    ['of a kind that nobody asked for', { type: 'charge.succeeded' }],
  ])('%s: 200, and nothing is done', async (_, fields) => {
    const { purchaseId, paymentIntentId } = await sold();
    await eventpro.sendStripeEvents({ held: true });
    await eventpro.refundByHand(paymentIntentId);

    const answer = await send({ ...event({ payment_intent: paymentIntentId }), ...fields });

    expect(answer.status).toBe(200);
    expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CONFIRMED' });
    expect((await eventpro.executions()).length).toBe(1);
  });

  test.each([
    ['of another shop on the same account', {}],
    ['of another stage', { stage: 'prod', kind: 'purchase' }],
    ['of orders', { stage: 'dev', kind: 'order' }],
    ['of another installation', { stage: 'dev', kind: 'purchase', installation: randomUUID() }],
  ])('%s, that names our purchase: 200, and nothing is done', async (_, metadata) => {
    const { purchaseId } = await sold();
    const foreign = await payElsewhere({ ...metadata, purchaseId });

    await eventpro.refundByHand(foreign);

    await allTaken();
    expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CONFIRMED' });
    expect(await recordOf(purchaseId)).not.toHaveProperty('refunded');
  });
});

/** Another shop that pays into the same Stripe account. @returns the payment intent's id */
async function payElsewhere(metadata: Record<string, string>): Promise<string> {
  const { body } = await eventpro.request<LocalDeployment>('GET', '/local/deployment');
  const { hostname: host, port } = new URL(body.endpoints['stripe']!);
  const stripe = new Stripe('sk_test_local', { host, port, protocol: 'http', maxNetworkRetries: 0 });
  const { id } = await stripe.paymentIntents.create({
    ...{ amount: 5_000, currency: 'usd', confirm: true, payment_method: 'pm_card_visa', metadata },
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  });
  return id;
}

describe('a request is refused', () => {
  const NOW = () => Math.floor(Date.now() / 1000);

  test.each<[string, (body: string) => Record<string, string>]>([
    ['that is not signed', () => ({})],
    ['that is signed with another secret', (body) => signed(body, { secret: 'whsec_other' })],
    ['of more than five minutes ago', (body) => signed(body, { time: NOW() - 302 })],
    ['of more than five minutes from now', (body) => signed(body, { time: NOW() + 310 })],
    ['whose signature is of another body', () => signed('{}')],
  ])('%s', async (_, headersOf) => {
    const { purchaseId, paymentIntentId } = await sold();
    await eventpro.sendStripeEvents({ held: true });
    await eventpro.refundByHand(paymentIntentId);
    const body = JSON.stringify(event({ payment_intent: paymentIntentId }));

    const answer = await post(body, headersOf(body));

    expectProblem(answer, { status: 400, code: 'SIGNATURE_INVALID' });
    expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CONFIRMED' });
  });

  test.each([
    ['is no JSON', '{'],
    ['is no object', '[]'],
    ['is no event', '{"object":"charge"}'],
  ])('whose body, well signed, %s', async (_, body) => {
    expectProblem(await post(body, signed(body)), { status: 400, code: 'VALIDATION' });
  });

  test('whose body is larger than any event', async () => {
    const body = JSON.stringify({ ...event({}), padding: 'x'.repeat(1_048_576) });

    expectProblem(await post(body, signed(body)), { status: 400, code: 'VALIDATION' });
  });
});

test('nobody can ask for a cancellation as if the money were given back', async () => {
  const { purchaseId } = await sold();

  const { status } = await eventpro.cancel(purchaseId, { reason: 'REFUNDED' });

  expect(status).toBe(400);
  expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CONFIRMED' });
});

function event(object: object, type = 'charge.refunded') {
  return {
    ...{ id: 'evt_1', object: 'event', api_version: '2026-10-28.endive', created: 1, livemode: false, type },
    data: { object },
  };
}

function send(body: object): Promise<Answer> {
  const text = JSON.stringify(body, null, 2);
  return post(text, signed(text));
}

function post(body: string, headers: Record<string, string>): Promise<Answer> {
  return eventpro.request('POST', PATH, {
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

function signed(body: string, { secret = SECRET, time = Math.floor(Date.now() / 1000) } = {}) {
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return { 'stripe-signature': `t=${time},v1=${signature}` };
}
