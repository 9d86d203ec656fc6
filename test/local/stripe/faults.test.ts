import { errorOf, ORDER, stripeClient, useStripeServer } from './stripe-fixture';

const fixture = useStripeServer();
const KEY = { idempotencyKey: 'purchase-1' };
const CONFIRM = { payment_method: 'pm_card_visa' };

// The SDK repeats a request once whose connection was cut, so a test that is to see the cut sets it twice.
const TWICE = 2;

test('fail-before cuts the connection and does nothing', async () => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER);
  fixture.server.faults.set({ operation: 'payment_intents.confirm', mode: 'fail-before', times: TWICE });

  const lost = await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY));
  const found = await fixture.stripe.paymentIntents.retrieve(intent.id);
  const retried = await fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY);

  expect(lost.type).toBe('StripeConnectionError');
  expect(found.status).toBe('requires_payment_method');
  expect(retried.status).toBe('succeeded');
  expect(retried.lastResponse.headers['idempotent-replayed']).toBeUndefined();
});

test('fail-after cuts the connection when the money is taken, and the key gives the answer back', async () => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER);
  fixture.server.faults.set({ operation: 'payment_intents.confirm', mode: 'fail-after', times: TWICE });

  const lost = await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY));
  const found = await fixture.stripe.paymentIntents.retrieve(intent.id);
  const retried = await fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY);

  expect(lost.type).toBe('StripeConnectionError');
  expect(found.status).toBe('succeeded');
  expect(retried.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(fixture.server.payments()[0]?.charges).toHaveLength(1);
});

test('an answer lost once is not noticed: the SDK asks again, with a key of its own if it got none', async () => {
  fixture.server.faults.set({ operation: 'payment_intents.create', mode: 'fail-after', times: 1 });

  const created = await fixture.stripe.paymentIntents.create(ORDER);

  expect(created.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(fixture.server.payments()).toHaveLength(1);
});

test.each([
  ['timeout-before', 'requires_payment_method'],
  ['timeout-after', 'succeeded'],
] as const)('%s holds the connection while the intent is %s', async (mode, status) => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER);
  fixture.server.faults.set({ operation: 'payment_intents.confirm', mode, times: 1 });

  const lost = await errorOf(
    fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, { ...KEY, timeout: 100 }),
  );
  const found = await fixture.stripe.paymentIntents.retrieve(intent.id);
  const retried = await fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY);

  expect(lost.message).toContain('timeout');
  expect(found.status).toBe(status);
  expect(retried.status).toBe('succeeded');
  expect(fixture.server.payments()[0]?.charges).toHaveLength(1);
});

test('a held connection is cut after delayMs', async () => {
  fixture.server.faults.set({ operation: 'payment_intents.list', mode: 'timeout-before', delayMs: 50 });

  const lost = await errorOf(fixture.stripe.paymentIntents.list());

  expect(lost.type).toBe('StripeConnectionError');
});

test('a client that hangs up on a slow request does not stop it', async () => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER);
  fixture.server.faults.set({ operation: 'payment_intents.confirm', mode: 'slow', delayMs: 200, times: 1 });

  await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, { ...KEY, timeout: 50 }));
  const meanwhile = await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY));
  await new Promise((resolve) => setTimeout(resolve, 250));
  const after = await fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY);

  expect(meanwhile.code).toBe('idempotency_key_in_use');
  expect(after.lastResponse.headers['idempotent-replayed']).toBe('true');
});

test('a 500 before anything is done is kept under the key, as on Stripe', async () => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER);
  fixture.server.faults.set({
    operation: 'payment_intents.confirm',
    mode: 'fail-before',
    status: 500,
    times: 1,
  });

  const failed = await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY));
  const replayed = await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY));
  const fresh = await fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM);

  expect(failed).toMatchObject({ type: 'StripeAPIError', statusCode: 500 });
  expect(replayed.statusCode).toBe(500);
  expect(replayed.headers).toMatchObject({ 'idempotent-replayed': 'true', 'stripe-should-retry': 'false' });
  expect(fresh.status).toBe('succeeded');
});

test('a 500 after the money is taken is kept too, and the truth is read from the intent', async () => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER);
  fixture.server.faults.set({ operation: 'payment_intents.confirm', mode: 'fail-after', status: 500 });

  const failed = await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY));
  fixture.server.faults.clear();
  const replayed = await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY));
  const found = await fixture.stripe.paymentIntents.retrieve(intent.id);

  expect([failed.statusCode, replayed.statusCode]).toEqual([500, 500]);
  expect(found.status).toBe('succeeded');
});

test('a 429 is not kept', async () => {
  fixture.server.faults.set({
    operation: 'payment_intents.create',
    mode: 'fail-before',
    status: 429,
    times: 1,
  });

  const limited = await errorOf(fixture.stripe.paymentIntents.create(ORDER, KEY));
  const created = await fixture.stripe.paymentIntents.create(ORDER, KEY);

  expect(limited).toMatchObject({ type: 'StripeRateLimitError', statusCode: 429 });
  expect(created.lastResponse.headers['idempotent-replayed']).toBeUndefined();
});

test("the SDK's retries bring a payment through a lost answer", async () => {
  const patient = stripeClient(fixture.server, 'sk_test_local', { maxNetworkRetries: 2 });
  fixture.server.faults.set({ operation: 'payment_intents.create', mode: 'fail-after', times: 2 });

  const paid = await patient.paymentIntents.create({ ...ORDER, ...CONFIRM, confirm: true });

  expect(paid.status).toBe('succeeded');
  expect(fixture.server.payments()).toMatchObject([{ captured: 5000 }]);
});

test('a fault hits only its operation, and only while it is set', async () => {
  fixture.server.faults.set({ operation: 'refunds.create', mode: 'fail-before', status: 503 });
  const paid = await fixture.stripe.paymentIntents.create({ ...ORDER, ...CONFIRM, confirm: true });
  const refund = { payment_intent: paid.id };

  const first = await errorOf(fixture.stripe.refunds.create(refund));
  const second = await errorOf(fixture.stripe.refunds.create(refund));
  fixture.server.faults.clear();
  const done = await fixture.stripe.refunds.create(refund);

  expect([first.statusCode, second.statusCode]).toEqual([503, 503]);
  expect(done.status).toBe('succeeded');
});

test('a reset cuts off what is held and never executes it', async () => {
  fixture.server.faults.set({ operation: 'payment_intents.create', mode: 'slow', delayMs: 60_000, times: 1 });
  const held = errorOf(fixture.stripe.paymentIntents.create(ORDER, { ...KEY, timeout: 500 }));
  await new Promise((resolve) => setTimeout(resolve, 100));

  fixture.server.reset();
  fixture.server.faults.set({ operation: 'payment_intents.create', mode: 'fail-before' });

  expect((await held).type).toBe('StripeConnectionError');
  expect(fixture.server.payments()).toEqual([]);
});

test.each([
  ['a revoked key', 401, { code: 'api_key_expired' }, 'StripeAuthenticationError'],
  ['a wrong key', 401, {}, 'StripeAuthenticationError'],
  ['an account that is not activated', 400, { code: 'testmode_charges_only' }, 'StripeInvalidRequestError'],
  ['a key that may not', 403, {}, 'StripePermissionError'],
  ['an account that is not ours', 403, { code: 'account_invalid' }, 'StripePermissionError'],
  [
    'a request it does not take',
    400,
    { code: 'parameter_unknown', param: 'colour', message: 'Received unknown parameter: colour' },
    'StripeInvalidRequestError',
  ],
  ['a key used for another request', 400, { type: 'idempotency_error' }, 'StripeIdempotencyError'],
  ['a payment that moved', 400, { code: 'payment_intent_unexpected_state' }, 'StripeInvalidRequestError'],
  ['a key in use', 409, { code: 'idempotency_key_in_use' }, 'StripeAPIError'],
  ['an object in use', 429, { code: 'lock_timeout' }, 'StripeRateLimitError'],
] as const)('%s can be played: nothing is done, nothing is kept', async (_, status, error, type) => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER);
  const operation = 'payment_intents.confirm';
  fixture.server.faults.set({ operation, mode: 'fail-before', status, error, times: 1 });

  const failed = await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY));
  const found = await fixture.stripe.paymentIntents.retrieve(intent.id);
  const repeated = await fixture.stripe.paymentIntents.confirm(intent.id, CONFIRM, KEY);

  expect(failed.type).toBe(type);
  expect(failed).toMatchObject({ ...error, type, statusCode: status });
  expect(failed.rawType).toBe('type' in error ? error.type : 'invalid_request_error');
  expect(found.status).toBe('requires_payment_method');
  expect(repeated.lastResponse.headers['idempotent-replayed']).toBeUndefined();
});

test.each([
  [{ mode: 'slow' }, 'slow needs delayMs'],
  [{ mode: 'slow', delayMs: 5, status: 500 }, 'takes no status'],
  [{ mode: 'fail-after', status: 429 }, 'cannot answer 429'],
  [{ mode: 'fail-before', status: 402 }, 'cannot answer 402'],
  [{ mode: 'fail-before', status: 418 }, 'status 418'],
  [{ mode: 'fail-before', status: 200 }, 'status 200'],
  [{ mode: 'fail-after', status: 409 }, 'cannot answer 409'],
  [{ mode: 'fail-before', error: { code: 'rate_limit' } }, 'needs the status'],
  [{ mode: 'fail-before', status: 401, error: { type: 'card_error' } }, '401 with no card_error'],
  [{ mode: 'fail-before', status: 401, error: { code: 'card_declined' } }, 'no code card_declined'],
  [{ mode: 'fail-before', status: 400, error: { code: 'lock_timeout' } }, 'no code lock_timeout'],
  [{ mode: 'fail-before', status: 400, error: { code: 'no_such_code' } }, 'no code no_such_code'],
  [
    { mode: 'fail-before', status: 400, error: { type: 'idempotency_error', code: 'parameter_missing' } },
    'idempotency_error with no code',
  ],
  [{ mode: 'fail-before', status: 500, error: { code: 'rate_limit' } }, 'no code rate_limit'],
  [{ mode: 'fail-before', delayMs: 5 }, 'takes no delayMs'],
  [{ mode: 'fail-before', times: 0 }, 'positive integer'],
] as const)('a fault without meaning is refused: %j', (fault, message) => {
  const set = () => fixture.server.faults.set({ operation: 'refunds.create', ...fault });

  expect(set).toThrow(message);
});
