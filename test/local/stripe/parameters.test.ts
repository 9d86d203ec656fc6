import type Stripe from 'stripe';
import { decodeForm } from '../../../local/stripe/form-decoding';
import { errorOf, ORDER, stripeClient, useStripeServer } from './stripe-fixture';

const fixture = useStripeServer();

/** A parameter the SDK's types would not let through. */
function create(parameters: Record<string, unknown>) {
  const order: Record<string, unknown> = { ...ORDER, ...parameters };
  return fixture.stripe.paymentIntents.create(order as unknown as Stripe.PaymentIntentCreateParams);
}

test.each([
  ['an unknown parameter', { colour: 'red' }, 'parameter_unknown', 'colour'],
  [
    'an unknown nested parameter',
    { automatic_payment_methods: { enabled: true, x: 1 } },
    'parameter_unknown',
    'automatic_payment_methods[x]',
  ],
  ['no amount', { amount: undefined }, 'parameter_missing', 'amount'],
  ['an amount of zero', { amount: 0 }, 'parameter_invalid_integer', 'amount'],
  ['a negative amount', { amount: -5 }, 'parameter_invalid_integer', 'amount'],
  ['a fraction of a cent', { amount: 10.5 }, 'parameter_invalid_integer', 'amount'],
  ['an amount that is no number', { amount: '1e3' }, 'parameter_invalid_integer', 'amount'],
  ['too large an amount', { amount: 100_000_000 }, 'amount_too_large', 'amount'],
  ['no currency', { currency: undefined }, 'parameter_missing', 'currency'],
  ['an empty payment method', { payment_method: '' }, 'parameter_invalid_empty', 'payment_method'],
  ['an unknown payment method', { payment_method: 'pm_x' }, 'resource_missing', 'payment_method'],
  ['an unknown currency', { currency: 'xyz' }, undefined, 'currency'],
  ['an unknown capture method', { capture_method: 'never' }, undefined, 'capture_method'],
  ['a boolean that is none', { confirm: 'maybe' }, undefined, 'confirm'],
  ['a list where a value belongs', { description: ['x'] }, undefined, 'description'],
  ['too long metadata', { metadata: { note: 'x'.repeat(501) } }, undefined, 'metadata[note]'],
])('%s is refused with 400', async (_, parameters, code, param) => {
  const error = await errorOf(create(parameters));

  expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400 });
  expect(error.code).toBe(code);
  expect(error.param).toBe(param);
  expect(fixture.server.payments()).toEqual([]);
});

test.each([
  ['customer', { customer: 'cus_1' }],
  ['confirmation_method', { confirmation_method: 'manual' }],
  ['latest_charge.balance_transaction', { expand: ['latest_charge.balance_transaction'] }],
])('%s, which Stripe knows and this server does not, is refused by name', async (name, parameters) => {
  const error = await errorOf(create(parameters));

  expect(error.statusCode).toBe(400);
  expect(error.message).toContain(name);
  expect(error.message).toContain('not supported by the local run');
});

test('the largest and the smallest amount are accepted', async () => {
  const largest = await create({ amount: 99_999_999 });
  const smallest = await create({ amount: 50 });

  expect([largest.amount, smallest.amount]).toEqual([99_999_999, 50]);
});

test('an unknown payment method is named as Stripe names it', async () => {
  const error = await errorOf(create({ payment_method: 'pm_card_nope', confirm: true }));

  expect(error.message).toBe("No such PaymentMethod: 'pm_card_nope'");
});

test('an unknown intent is 404 resource_missing', async () => {
  const error = await errorOf(fixture.stripe.paymentIntents.retrieve('pi_unknown'));

  expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'intent' });
  expect(error.message).toBe("No such payment_intent: 'pi_unknown'");
});

test('the rest of the API is refused by name', async () => {
  const customers = await errorOf(fixture.stripe.customers.create({}));
  const search = await errorOf(fixture.stripe.paymentIntents.search({ query: "metadata['a']:'b'" }));
  const update = await errorOf(fixture.stripe.paymentIntents.update('pi_1', { description: 'x' }));

  expect(customers.message).toContain('POST: /v1/customers');
  expect(search.message).toContain('GET: /v1/payment_intents/search');
  expect(update.message).toContain('description');
});

test.each([
  ['no key', undefined],
  ['an unknown scheme', 'Digest sk_test_1'],
  ['a key of another form', 'Bearer hello'],
  ['a publishable key', 'Bearer pk_test_123456789'],
])('%s is 401', async (_, authorization) => {
  const headers = authorization ? { authorization } : undefined;

  const response = await fetch(`${fixture.server.url}/v1/payment_intents`, { headers });

  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
});

test('a live key is refused, clearly and without echoing it', async () => {
  const live = ['sk', 'live', 'abcdefghijklmnop'].join('_');

  const error = await errorOf(stripeClient(fixture.server, live).paymentIntents.create(ORDER));

  expect(error).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401 });
  expect(error.message).toContain('live API key');
  expect(error.message).not.toContain('abcdefgh');
});

test('basic authentication and [] lists work as with curl', async () => {
  const response = await fetch(`${fixture.server.url}/v1/payment_intents`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('sk_test_local:').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'amount=5000&currency=eur&expand[]=latest_charge&metadata[a][b]=c',
  });
  const nested = (await response.json()) as { error: { param: string } };

  expect(response.status).toBe(400);
  expect(nested.error.param).toBe('metadata[a]');
});

test('form keys nest by brackets and never reach a prototype', () => {
  const form = decodeForm('a[b][]=1&a[b][]=2&a[c]=x+y&__proto__[polluted]=1&broken[=2&e=');

  expect(form.get('a')).toEqual(
    new Map<string, unknown>([
      ['b', new Map(Object.entries(['1', '2']))],
      ['c', 'x y'],
    ]),
  );
  expect(form.get('broken[')).toBe('2');
  expect(form.get('e')).toBe('');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(() => decodeForm('a=1&a[b]=2')).toThrow('both');
});

test('a body beyond 1 MiB is refused', async () => {
  const response = await fetch(`${fixture.server.url}/v1/payment_intents`, {
    method: 'POST',
    body: 'x'.repeat(1024 * 1024 + 1),
  });

  expect(response.status).toBe(413);
});
