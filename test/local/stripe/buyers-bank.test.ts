import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalClock } from '../../../local/core/clock';
import { serveRoutes } from '../../../local/http/route';
import { AUTHORISATION_SECONDS } from '../../../local/stripe/authorisation';
import { authenticationRoute } from '../../../local/stripe/authentication-route';
import { startStripeServer, type StripeServer } from '../../../local/stripe/stripe-server';
import { errorOf, ORDER, pay, stripeClient, useStripeServer } from './stripe-fixture';

const fixture = useStripeServer();

/** Waits for its buyer, as a purchase does: it is captured by hand. */
function ask(card = 'pm_card_authenticationRequired') {
  return fixture.stripe.paymentIntents.create({
    ...ORDER,
    capture_method: 'manual',
    confirm: true,
    payment_method: card,
    use_stripe_sdk: true,
  });
}

const intentOf = (id: string) => fixture.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });

describe('a buyer who passes', () => {
  test.each([
    'pm_card_authenticationRequired',
    'pm_card_authenticationRequiredOnSetup',
    'pm_card_authenticationRequiredSetupForOffSession',
    'pm_card_threeDSecure2Required',
  ])('%s: the bank holds the money, and it can be captured', async (card) => {
    const { id } = await ask(card);

    const answered = fixture.server.answerBank(id, 'succeeded');

    expect(answered).toMatchObject({ status: 'requires_capture', captured: 0, paymentMethod: card });
    expect(await intentOf(id)).toMatchObject({
      status: 'requires_capture',
      amount_capturable: ORDER.amount,
      last_payment_error: null,
      latest_charge: { captured: false, status: 'succeeded' },
      next_action: null,
    });
    expect(await fixture.stripe.paymentIntents.capture(id)).toMatchObject({ status: 'succeeded' });
  });

  test.each([
    ['pm_card_threeDSecureRequiredChargeDeclined', 'generic_decline'],
    ['pm_card_authenticationRequiredChargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ])('%s: the bank declines all the same', async (card, decline) => {
    const { id } = await ask(card);

    fixture.server.answerBank(id, 'succeeded');

    expect(await intentOf(id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { type: 'card_error', code: 'card_declined', decline_code: decline },
      latest_charge: { status: 'failed', captured: false },
      next_action: null,
      payment_method: null,
    });
  });

  test('an intent that is captured by itself is paid', async () => {
    const { id } = await pay(fixture.stripe, 'pm_card_threeDSecure2Required');

    expect(fixture.server.answerBank(id, 'succeeded')).toMatchObject({
      status: 'succeeded',
      captured: ORDER.amount,
    });
  });

  test('the hold begins with the answer, by the clock of the run, and ends by it', async () => {
    const { id } = await ask();
    fixture.clock.advance(240);
    fixture.server.answerBank(id, 'succeeded');

    fixture.clock.advance(AUTHORISATION_SECONDS - 60);
    const held = await intentOf(id);
    fixture.clock.advance(120);
    const ended = await intentOf(id);

    expect([held.status, ended.status, ended.cancellation_reason]).toEqual([
      ...['requires_capture', 'canceled', 'automatic'],
    ]);
  });
});

test('a buyer who does not pass: no charge was tried, and the reason stands on the intent', async () => {
  const { id } = await ask();

  const answered = fixture.server.answerBank(id, 'failed');

  expect(answered).toMatchObject({ status: 'requires_payment_method', charges: [] });
  expect(await intentOf(id)).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: {
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      payment_method: { card: { last4: '3184' } },
    },
    latest_charge: null,
    next_action: null,
    payment_method: null,
  });
  expect((await errorOf(fixture.stripe.paymentIntents.capture(id))).code).toBe(
    'payment_intent_unexpected_state',
  );
});

test('what the buyer answered is there after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stripe-bank-'));
  const journalFile = join(folder, 'stripe.jsonl');
  const start = () => startStripeServer({ journalFile, clock: new LocalClock() });
  const before = await start();
  const passed = await pay(stripeClient(before), 'pm_card_authenticationRequired');
  const waiting = await pay(stripeClient(before), 'pm_card_authenticationRequired');
  before.answerBank(passed.id, 'succeeded');
  await before.close();

  const after = await start();
  after.answerBank(waiting.id, 'failed');
  const statuses = after.payments().map(({ status }) => status);
  await after.close();
  rmSync(folder, { recursive: true });

  expect(statuses).toEqual(['requires_payment_method', 'succeeded']);
});

describe('POST /local/payments/{paymentIntentId}/authentication', () => {
  const answer = async (id: string, body: string) => {
    const response = await serveRoutes(authenticationRoute(fixture.server))({
      method: 'POST',
      path: `/local/payments/${id}/authentication`,
      query: new URLSearchParams(),
      headers: {},
      body: Buffer.from(body),
    });
    return {
      status: response!.statusCode,
      type: response!.headers?.['content-type'],
      body: JSON.parse(response!.body as string) as Record<string, unknown>,
    };
  };

  test.each([
    ['succeeded', 'requires_capture'],
    ['failed', 'requires_payment_method'],
  ])('%s: 200 with the payment as GET /local/payments shows it', async (outcome, status) => {
    const { id, client_secret: secret } = await ask();

    const answered = await answer(id, JSON.stringify({ outcome }));

    expect(answered).toMatchObject({ status: 200, body: { paymentIntentId: id, status } });
    expect(answered.body).toEqual(fixture.server.payments()[0]);
    expect(JSON.stringify([answered, fixture.server.payments()])).not.toContain(secret);
  });

  const PROBLEM = 'application/problem+json';

  test('404 for a payment that there is not', async () => {
    expect(await answer('pi_nobodys', '{"outcome":"succeeded"}')).toMatchObject({
      ...{ status: 404, type: PROBLEM, body: { detail: 'There is no payment pi_nobodys.' } },
    });
  });

  test.each<[string, (server: StripeServer, id: string) => unknown]>([
    ['canceled', (_, id) => fixture.stripe.paymentIntents.cancel(id)],
    ['requires_capture', (server, id) => server.answerBank(id, 'succeeded')],
    ['requires_payment_method', (server, id) => server.answerBank(id, 'failed')],
  ])('409 for one that is %s and waits for nobody', async (status, bring) => {
    const { id } = await ask();
    await bring(fixture.server, id);
    const before = fixture.server.payments();

    expect(await answer(id, '{"outcome":"succeeded"}')).toMatchObject({
      ...{ status: 409, type: PROBLEM, body: { detail: `Nobody is asked: The payment is ${status}.` } },
    });
    expect(fixture.server.payments()).toEqual(before);
  });

  test.each(['', '{}', '{"outcome":"passed"}', '{"outcome":["succeeded"]}', '{"outcome":null}', '[]', '{'])(
    '400 for the body %j, and nobody has answered',
    async (body) => {
      const { id } = await ask();

      expect(await answer(id, body)).toMatchObject({ status: 400, type: PROBLEM });
      expect((await intentOf(id)).status).toBe('requires_action');
    },
  );
});
