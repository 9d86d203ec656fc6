import type Stripe from 'stripe';
import { API_VERSION, PARAMETERS, RULES, type RuleId } from '../../../local/stripe/rules';
import { BAD_REQUESTS, type BadRequest, RULES_TESTED_ELSEWHERE, type Target } from './bad-requests';
import { errorOf, ORDER, pay, useStripeServer } from './stripe-fixture';

const fixture = useStripeServer();
const RULE_HEADER = 'local-stripe-rule';

/** An intent in each state that a bad request is made to, a token that was used, a payment method that was. */
async function targets(): Promise<Record<Target, string>> {
  const { paymentIntents, refunds, testHelpers } = fixture.stripe;
  const waiting = await paymentIntents.create(ORDER, { idempotencyKey: 'taken' });
  const ready = await paymentIntents.create({ ...ORDER, payment_method: 'pm_card_visa' });
  const paid = await pay(fixture.stripe, 'pm_card_visa');
  const refunded = await pay(fixture.stripe, 'pm_card_visa');
  await refunds.create({ payment_intent: refunded.id });
  const canceled = await paymentIntents.create(ORDER);
  await paymentIntents.cancel(canceled.id);
  const manual = { ...ORDER, capture_method: 'manual' as const, confirm: true };
  const authorised = await paymentIntents.create({ ...manual, payment_method: 'pm_card_visa' });
  const token = await testHelpers.confirmationTokens.create({ payment_method: 'pm_card_visa' });
  await paymentIntents.create({ ...ORDER, confirm: true, confirmation_token: token.id });
  const intents = { waiting, ready, paid, canceled, authorised, refunded };
  const ids = Object.fromEntries(Object.entries(intents).map(([state, { id }]) => [state, id]));
  return { ...ids, token: token.id, used: paid.payment_method } as Record<Target, string>;
}

async function send({ request, form = '', headers }: BadRequest, ids: Record<Target, string>) {
  const filled = (text: string) => text.replace(/\{(\w+)\}/g, (_, state) => ids[state as Target]);
  const [method = '', path = ''] = filled(request).split(' ');
  const isGet = method === 'GET';
  const response = await fetch(`${fixture.server.url}${path}${isGet && form ? `?${filled(form)}` : ''}`, {
    method,
    headers: {
      authorization: 'Bearer sk_test_local',
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    ...(!isGet && { body: filled(form) }),
  });
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  return { status: response.status, rule: response.headers.get(RULE_HEADER), error };
}

const ROWS = BAD_REQUESTS.map((bad) => {
  const shown = `${bad.request} ${bad.form ?? ''} ${bad.headers ? JSON.stringify(bad.headers) : ''}`;
  return [bad.rule, shown.length > 150 ? `${shown.slice(0, 147)}...` : shown.trim(), bad] as const;
});

test.each(ROWS)('%s: %s', async (rule, _, bad) => {
  const ids = await targets();
  const before = fixture.server.payments();

  const refused = await send(bad, ids);

  expect(refused).toMatchObject({
    status: bad.status ?? 400,
    rule,
    error: { type: bad.type ?? 'invalid_request_error', message: expect.stringMatching(/\w/) },
  });
  expect([refused.error.code, refused.error.param]).toEqual([bad.code, bad.param]);
  expect(fixture.server.payments()).toEqual(before);
});

test('each rule is broken by a request, and names a page of Stripe', () => {
  const broken = new Set<RuleId>([...BAD_REQUESTS.map(({ rule }) => rule), ...RULES_TESTED_ELSEWHERE]);

  expect([...broken].sort()).toEqual(Object.keys(RULES).sort());
  for (const { page } of [...Object.values(RULES), ...Object.values(PARAMETERS)]) {
    expect(page.title).toMatch(/\w/);
    expect(page.url).toMatch(/^https:\/\/docs\.stripe\.com\/[a-z]/);
  }
});

test('the rules are those of the API version that the SDK sends', async () => {
  const { lastResponse } = await fixture.stripe.paymentIntents.list();

  expect(lastResponse.apiVersion ?? API_VERSION).toBe(API_VERSION);
  expect(fixture.stripe.getApiField('version')).toBe(API_VERSION);
});

test.each([
  ['2024-06-20', { 'stripe-version': '2024-06-20' }],
  ['2026-07-29.dahlia', { 'stripe-version': '2026-07-29.dahlia' }],
  ['another account', { 'stripe-account': 'acct_1' }],
  ['another account', { 'stripe-context': 'acct_1' }],
  ['restricted API keys', { authorization: 'Bearer rk_test_123' }],
])('%s, which Stripe takes and this server does not play, is refused by name', async (name, headers) => {
  const bad: BadRequest = { rule: 'unknown-url', request: 'GET /v1/payment_intents', headers };

  const { status, rule, error } = await send(bad, {} as Record<Target, string>);

  expect(status).toBeGreaterThanOrEqual(400);
  expect(rule).toBeNull();
  expect(error.message).toContain(name);
  expect(error.message).toContain('not supported by the local run');
});

test('every parameter that Stripe takes and this server does not play is refused by name', async () => {
  const ids = await targets();
  const routes = {
    'payment_intents.create': 'POST /v1/payment_intents',
    'payment_intents.update': 'POST /v1/payment_intents/{waiting}',
    'payment_intents.confirm': 'POST /v1/payment_intents/{waiting}/confirm',
    'payment_intents.capture': 'POST /v1/payment_intents/{authorised}/capture',
    'payment_intents.retrieve': 'GET /v1/payment_intents/{waiting}',
    'payment_intents.list': 'GET /v1/payment_intents',
    'refunds.create': 'POST /v1/refunds',
    'confirmation_tokens.retrieve': 'GET /v1/confirmation_tokens/{token}',
    'test_helpers.confirmation_tokens.create': 'POST /v1/test_helpers/confirmation_tokens',
  };

  for (const [operation, request] of Object.entries(routes)) {
    for (const name of PARAMETERS[operation as keyof typeof routes].unplayed) {
      const { error } = await send({ rule: 'unknown-url', request, form: `${name}=x` }, ids);
      expect(error).toMatchObject({
        param: name,
        message: expect.stringContaining('not supported by the local run'),
      });
    }
  }
});

describe('the calls of the first gateway, which Stripe would have refused at every sale', () => {
  const first = {
    create: {
      amount: 20_000,
      currency: 'eur',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      metadata: { purchaseId: 'p-1', stage: 'EventPro-dev' },
    },
    confirm: { payment_method: 'pm_card_visa', error_on_requires_action: true },
  } satisfies { create: Stripe.PaymentIntentCreateParams; confirm: Stripe.PaymentIntentConfirmParams };

  test('the confirm is refused: error_on_requires_action excludes automatic payment methods', async () => {
    const intent = await fixture.stripe.paymentIntents.create(first.create);

    const refused = await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, first.confirm));

    expect(refused).toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      param: 'error_on_requires_action',
      headers: { [RULE_HEADER]: 'error-on-requires-action' },
    });
    expect(RULES['error-on-requires-action'].page.url).toContain('2023-08-16/automatic-payment-methods');
    expect(fixture.server.payments()).toMatchObject([{ captured: 0, charges: [] }]);
  });

  test('an intent for cards alone is refused too: payment_method_types is gone', async () => {
    const { automatic_payment_methods: _, ...order } = first.create;
    const cards = { ...order, payment_method_types: ['card'] };

    const refused = await errorOf(fixture.stripe.paymentIntents.create(cards));

    expect(refused).toMatchObject({
      statusCode: 400,
      code: 'payment_method_types_no_longer_supported',
      headers: { [RULE_HEADER]: 'payment-method-types-removed' },
    });
    expect(fixture.server.payments()).toEqual([]);
  });
});
