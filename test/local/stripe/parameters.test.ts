import { decodeForm } from '../../../local/stripe/form-decoding';
import { errorOf, ORDER, pay, stripeClient, useStripeServer } from './stripe-fixture';

const fixture = useStripeServer();

test('an unknown payment method is named as Stripe names it', async () => {
  const error = await errorOf(pay(fixture.stripe, 'pm_card_nope'));

  expect(error.message).toBe("No such PaymentMethod: 'pm_card_nope'");
});

test('an unknown intent is named as Stripe names it', async () => {
  const error = await errorOf(fixture.stripe.paymentIntents.retrieve('pi_unknown'));

  expect(error.message).toBe("No such payment_intent: 'pi_unknown'");
});

test('the largest and the smallest amount of a currency are taken', async () => {
  const amounts = [
    { amount: 99_999_999 },
    { amount: 50 },
    { amount: 50, currency: 'jpy' },
    { amount: 100, currency: 'isk' },
    { amount: 999_999_999_999, currency: 'idr' },
    { amount: 1, currency: 'xaf' },
  ];

  for (const money of amounts) {
    expect(await fixture.stripe.paymentIntents.create({ ...ORDER, ...money })).toMatchObject(money);
  }
});

test('four properties can be expanded in one path, and several paths into one object', async () => {
  const paid = await pay(fixture.stripe, 'pm_card_visa');
  await fixture.stripe.refunds.create({ payment_intent: paid.id });

  const found = await fixture.stripe.paymentIntents.retrieve(paid.id, {
    expand: [
      'latest_charge.payment_intent.latest_charge.payment_intent',
      'latest_charge.refunds.data.charge',
    ],
  });

  expect(found).toMatchObject({
    latest_charge: {
      payment_intent: {
        latest_charge: { payment_intent: { id: paid.id, latest_charge: paid.latest_charge } },
      },
      refunds: { data: [{ amount: 5000, charge: { id: paid.latest_charge, refunded: true } }] },
    },
  });
});

test('metadata of an intent stays within its limit when keys are added one by one', async () => {
  const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, 'x']));
  const { id } = await fixture.stripe.paymentIntents.create({ ...ORDER, metadata });

  const refused = await errorOf(fixture.stripe.paymentIntents.update(id, { metadata: { one: 'more' } }));
  const swapped = await fixture.stripe.paymentIntents.update(id, { metadata: { one: 'more', k0: '' } });

  expect(refused).toMatchObject({ statusCode: 400, param: 'metadata' });
  expect(Object.keys(swapped.metadata)).toHaveLength(50);
});

test('the rest of the API is refused by name', async () => {
  const customers = await errorOf(fixture.stripe.customers.create({}));
  const search = await errorOf(fixture.stripe.paymentIntents.search({ query: "metadata['a']:'b'" }));
  const update = await errorOf(fixture.stripe.paymentIntents.update('pi_1', { description: 'x' }));

  expect(customers.message).toContain('POST: /v1/customers');
  expect(search.message).toContain('GET: /v1/payment_intents/search');
  expect(update.message).toContain('description');
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
      [
        'b',
        new Map([
          ['[]0', '1'],
          ['[]1', '2'],
        ]),
      ],
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
