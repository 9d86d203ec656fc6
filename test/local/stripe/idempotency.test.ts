import { errorOf, ORDER, stripeClient, useStripeServer } from './stripe-fixture';

const fixture = useStripeServer();
const KEY = { idempotencyKey: 'purchase-1' };
const DAY_SECONDS = 24 * 60 * 60;

test('a key replays the first answer, marked as a replay', async () => {
  const first = await fixture.stripe.paymentIntents.create(ORDER, KEY);

  const second = await fixture.stripe.paymentIntents.create(ORDER, KEY);

  expect(second).toEqual(first);
  expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  expect(second.lastResponse.headers).toMatchObject({
    'idempotency-key': 'purchase-1',
    'idempotent-replayed': 'true',
    'original-request': first.lastResponse.requestId,
  });
  expect(fixture.server.payments()).toHaveLength(1);
});

test('a decline is replayed as a decline: a new attempt needs a new key', async () => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER);
  const declined = { payment_method: 'pm_card_chargeDeclined' };
  await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, declined, KEY));

  const replayed = await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, declined, KEY));

  expect(replayed).toMatchObject({ statusCode: 402, code: 'card_declined' });
  expect(replayed.headers?.['idempotent-replayed']).toBe('true');
  expect(fixture.server.payments()[0]?.charges).toHaveLength(1);
});

test('the key of another request is refused', async () => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER, KEY);

  const amount = await errorOf(fixture.stripe.paymentIntents.create({ ...ORDER, amount: 1 }, KEY));
  const endpoint = await errorOf(fixture.stripe.paymentIntents.cancel(intent.id, {}, KEY));

  expect(amount).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
  expect(amount.message).toContain('same parameters');
  expect(endpoint).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
  expect(endpoint.message).toContain('same endpoint');
});

test('the order of parameters does not make another request', async () => {
  const first = await fixture.stripe.paymentIntents.create({ ...ORDER, metadata: { a: '1', b: '2' } }, KEY);

  const second = await fixture.stripe.paymentIntents.create({ metadata: { b: '2', a: '1' }, ...ORDER }, KEY);

  expect(second.id).toBe(first.id);
});

test('50 concurrent confirms with one key make exactly one charge', async () => {
  const intent = await fixture.stripe.paymentIntents.create({ ...ORDER, payment_method: 'pm_card_visa' });

  const confirmed = await Promise.all(
    Array.from({ length: 50 }, () => fixture.stripe.paymentIntents.confirm(intent.id, {}, KEY)),
  );

  const replayed = confirmed.filter(({ lastResponse }) => lastResponse.headers['idempotent-replayed']);
  expect(new Set(confirmed.map(({ latest_charge }) => latest_charge)).size).toBe(1);
  expect(replayed).toHaveLength(49);
  expect(fixture.server.payments()).toMatchObject([{ captured: 5000, charges: [{ status: 'succeeded' }] }]);
});

test('50 concurrent payments with one key are one payment, and with a key each they are fifty', async () => {
  const order = { ...ORDER, payment_method: 'pm_card_visa', confirm: true };
  const buy = (key: (n: number) => string) =>
    Array.from({ length: 50 }, (_, n) =>
      fixture.stripe.paymentIntents.create(order, { idempotencyKey: key(n) }),
    );

  await Promise.all(buy(() => 'one'));
  const guarded = fixture.server.payments().length;
  await Promise.all(buy((n) => `key-${n}`));
  const unguarded = fixture.server.payments().length - guarded;

  expect(guarded).toBe(1);
  expect(unguarded).toBe(50);
});

test('a race on a key that is in use is a conflict for all but the first', async () => {
  const intent = await fixture.stripe.paymentIntents.create({ ...ORDER, payment_method: 'pm_card_visa' });
  // Long enough for all fifty to arrive meanwhile, on a busy machine too.
  fixture.server.faults.set({ operation: 'payment_intents.confirm', mode: 'slow', delayMs: 3_000, times: 1 });

  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, () => fixture.stripe.paymentIntents.confirm(intent.id, {}, KEY)),
  );

  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  expect(refused).toHaveLength(49);
  for (const error of refused) {
    expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    expect(error.headers['stripe-should-retry']).toBe('true');
  }
  expect(fixture.server.payments()[0]?.charges).toHaveLength(1);
});

test("the SDK's own retries turn the conflict into the first answer", async () => {
  const patient = stripeClient(fixture.server, 'sk_test_local', { maxNetworkRetries: 3 });
  const intent = await fixture.stripe.paymentIntents.create({ ...ORDER, payment_method: 'pm_card_visa' });
  fixture.server.faults.set({ operation: 'payment_intents.confirm', mode: 'slow', delayMs: 300, times: 1 });

  const confirmed = await Promise.all(
    Array.from({ length: 5 }, () => patient.paymentIntents.confirm(intent.id, {}, KEY)),
  );

  expect(confirmed.map(({ status }) => status)).toEqual(Array(5).fill('succeeded'));
  expect(fixture.server.payments()[0]?.charges).toHaveLength(1);
});

test('a key is free again after 24 hours of the clock', async () => {
  const first = await fixture.stripe.paymentIntents.create(ORDER, KEY);
  fixture.clock.advance(DAY_SECONDS - 60);
  const late = await fixture.stripe.paymentIntents.create(ORDER, KEY);
  fixture.clock.advance(61);

  const tooLate = await fixture.stripe.paymentIntents.create(ORDER, KEY);

  expect(late.id).toBe(first.id);
  expect(tooLate.id).not.toBe(first.id);
});

test('what failed before execution is not kept', async () => {
  const invalid = await errorOf(fixture.stripe.paymentIntents.create({ ...ORDER, amount: 0 }, KEY));
  const unauthorized = await errorOf(stripeClient(fixture.server, 'wrong').paymentIntents.create(ORDER, KEY));

  const intent = await fixture.stripe.paymentIntents.create(ORDER, KEY);

  expect([invalid.statusCode, unauthorized.statusCode]).toEqual([400, 401]);
  expect(intent.lastResponse.headers['idempotent-replayed']).toBeUndefined();
});

test('a refusal by the state of the intent is kept', async () => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER);
  await errorOf(fixture.stripe.paymentIntents.capture(intent.id, {}, KEY));

  const replayed = await errorOf(fixture.stripe.paymentIntents.capture(intent.id, {}, KEY));

  expect(replayed).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
  expect(replayed.headers?.['idempotent-replayed']).toBe('true');
});

test('a key of more than 255 characters is refused', async () => {
  const error = await errorOf(
    fixture.stripe.paymentIntents.create(ORDER, { idempotencyKey: 'k'.repeat(256) }),
  );

  expect(error.statusCode).toBe(400);
});
