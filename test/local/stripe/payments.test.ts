import { errorOf, ORDER, pay, useStripeServer } from './stripe-fixture';

const fixture = useStripeServer();

test('a new intent waits for a payment method', async () => {
  const intent = await fixture.stripe.paymentIntents.create({
    ...ORDER,
    metadata: { purchaseId: 'p-1', note: 'a & b = [c]' },
    description: 'Two seats',
    statement_descriptor_suffix: 'SEATS',
  });

  expect(intent).toMatchObject({
    object: 'payment_intent',
    status: 'requires_payment_method',
    amount: 5000,
    amount_received: 0,
    currency: 'eur',
    description: 'Two seats',
    statement_descriptor_suffix: 'SEATS',
    latest_charge: null,
    livemode: false,
    metadata: { purchaseId: 'p-1', note: 'a & b = [c]' },
    payment_method_types: ['card'],
  });
  expect(intent.id).toMatch(/^pi_\w{24}$/);
  expect(intent.client_secret).toContain(`${intent.id}_secret_`);
});

test.each(['pm_card_visa', 'pm_card_mastercard', 'pm_card_amex'])('%s pays when confirmed', async (card) => {
  const intent = await fixture.stripe.paymentIntents.create({ ...ORDER, payment_method: card });

  const paid = await fixture.stripe.paymentIntents.confirm(intent.id, { expand: ['latest_charge'] });

  expect(intent.status).toBe('requires_confirmation');
  expect(paid).toMatchObject({ status: 'succeeded', amount_received: 5000, last_payment_error: null });
  expect(paid.latest_charge).toMatchObject({
    object: 'charge',
    amount: 5000,
    captured: true,
    paid: true,
    status: 'succeeded',
    payment_intent: intent.id,
  });
});

test('a charge can be read by its id', async () => {
  const paid = await pay(fixture.stripe, 'pm_card_visa');

  const charge = await fixture.stripe.charges.retrieve(paid.latest_charge as string, {
    expand: ['payment_intent'],
  });

  expect(charge).toMatchObject({ id: paid.latest_charge, amount_captured: 5000 });
  expect(charge.payment_intent).toMatchObject({ id: paid.id, status: 'succeeded' });
});

test.each([
  ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
])('%s is declined with %s / %s', async (card, code, declineCode) => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER);

  const error = await errorOf(fixture.stripe.paymentIntents.confirm(intent.id, { payment_method: card }));

  const after = await fixture.stripe.paymentIntents.retrieve(intent.id);
  expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code: declineCode });
  expect(error.payment_intent).toMatchObject({ id: intent.id, status: 'requires_payment_method' });
  expect(after).toMatchObject({
    status: 'requires_payment_method',
    amount_received: 0,
    payment_method: null,
    last_payment_error: { code, decline_code: declineCode, charge: after.latest_charge },
  });
});

test('a code that says it all comes without a decline code', async () => {
  const error = await errorOf(pay(fixture.stripe, 'pm_card_chargeDeclinedExpiredCard'));

  // The SDK makes an empty string of what is not there.
  expect(error).toMatchObject({ statusCode: 402, code: 'expired_card', decline_code: '' });
});

test('a declined intent is paid by another card', async () => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER);
  await errorOf(
    fixture.stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_chargeDeclined' }),
  );

  const paid = await fixture.stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });

  expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
  expect(fixture.server.payments()[0]?.charges.map(({ status }) => status)).toEqual(['failed', 'succeeded']);
});

test('a decline at creation leaves an intent behind', async () => {
  const error = await errorOf(pay(fixture.stripe, 'pm_card_chargeDeclined'));

  expect(error.statusCode).toBe(402);
  expect(fixture.server.payments()).toMatchObject([
    { paymentIntentId: error.payment_intent?.id, captured: 0, paymentMethod: 'pm_card_chargeDeclined' },
  ]);
});

test('a 3-D Secure card waits for the buyer and takes no money', async () => {
  const intent = await pay(fixture.stripe, 'pm_card_authenticationRequired');

  expect(intent).toMatchObject({
    status: 'requires_action',
    next_action: { type: 'use_stripe_sdk' },
    latest_charge: null,
  });
});

test('an intent that waits for 3-D Secure can be canceled', async () => {
  const intent = await pay(fixture.stripe, 'pm_card_authenticationRequired');

  const canceled = await fixture.stripe.paymentIntents.cancel(intent.id, {
    cancellation_reason: 'abandoned',
  });

  expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned', next_action: null });
  expect(canceled.canceled_at).toBeGreaterThan(0);
});

test('manual capture authorises first and takes the money later, in part if wished', async () => {
  const intent = await fixture.stripe.paymentIntents.create({
    ...ORDER,
    capture_method: 'manual',
    payment_method: 'pm_card_visa',
    confirm: true,
  });

  const captured = await fixture.stripe.paymentIntents.capture(intent.id, { amount_to_capture: 3000 });

  expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 5000, amount_received: 0 });
  expect(captured).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 3000 });
  expect(fixture.server.payments()).toMatchObject([{ captured: 3000, refunded: 0 }]);
});

test('canceling an authorised intent releases the money', async () => {
  const intent = await fixture.stripe.paymentIntents.create({
    ...ORDER,
    capture_method: 'manual',
    payment_method: 'pm_card_visa',
    confirm: true,
  });

  const canceled = await fixture.stripe.paymentIntents.cancel(intent.id);

  const error = await errorOf(fixture.stripe.refunds.create({ payment_intent: intent.id }));
  expect(canceled).toMatchObject({ status: 'canceled', amount_capturable: 0 });
  expect(error.message).toContain('does not have a successful charge to refund');
  expect(fixture.server.payments()).toMatchObject([{ captured: 0, refunded: 0 }]);
});

test.each([
  ['cancel', 'succeeded', 'pm_card_visa'],
  ['confirm', 'succeeded', 'pm_card_visa'],
  ['capture', 'succeeded', 'pm_card_visa'],
  ['capture', 'requires_action', 'pm_card_authenticationRequired'],
] as const)('%s of an intent that is %s is refused with the intent', async (step, status, card) => {
  const intent = await pay(fixture.stripe, card);

  const error = await errorOf(fixture.stripe.paymentIntents[step](intent.id));

  expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
  expect(error.payment_intent).toMatchObject({ id: intent.id, status });
});

test.each(['cancel', 'confirm', 'capture'] as const)('%s of a canceled intent is refused', async (step) => {
  const intent = await fixture.stripe.paymentIntents.create({ ...ORDER, payment_method: 'pm_card_visa' });
  await fixture.stripe.paymentIntents.cancel(intent.id);

  const error = await errorOf(fixture.stripe.paymentIntents[step](intent.id));

  expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
  expect(fixture.server.payments()).toMatchObject([{ status: 'canceled', captured: 0 }]);
});

test('an intent without a payment method cannot be confirmed', async () => {
  const intent = await fixture.stripe.paymentIntents.create(ORDER);

  const error = await errorOf(fixture.stripe.paymentIntents.confirm(intent.id));

  expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
});

test('an intent open to redirects cannot be confirmed without a return_url, as on Stripe', async () => {
  const open = { amount: 5000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true };

  const error = await errorOf(fixture.stripe.paymentIntents.create(open));
  const returning = await fixture.stripe.paymentIntents.create({
    ...open,
    return_url: 'https://example.com/',
  });
  const paid = await fixture.stripe.paymentIntents.create({
    ...open,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  });

  expect(error).toMatchObject({ statusCode: 400, param: 'return_url' });
  expect([returning.status, paid.status]).toEqual(['succeeded', 'succeeded']);
});

test('a race of confirms without a key and of a cancel has one winner', async () => {
  const intent = await fixture.stripe.paymentIntents.create({ ...ORDER, payment_method: 'pm_card_visa' });

  const outcomes = await Promise.allSettled([
    ...Array.from({ length: 20 }, () => fixture.stripe.paymentIntents.confirm(intent.id)),
    fixture.stripe.paymentIntents.cancel(intent.id),
  ]);

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(fixture.server.payments()[0]?.charges.length).toBeLessThanOrEqual(1);
});

test('lists run from new to old, in pages', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.unshift((await fixture.stripe.paymentIntents.create(ORDER)).id);

  const first = await fixture.stripe.paymentIntents.list({ limit: 2 });
  const second = await fixture.stripe.paymentIntents.list({ limit: 2, starting_after: first.data[1]!.id });
  const all = await fixture.stripe.paymentIntents.list({ limit: 2 }).autoPagingToArray({ limit: 100 });

  expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  expect(first.has_more).toBe(true);
  expect(second.data.map(({ id }) => id)).toEqual(ids.slice(2, 4));
  expect(all.map(({ id }) => id)).toEqual(ids);
});

test('a list can be cut by time of creation', async () => {
  const old = await fixture.stripe.paymentIntents.create(ORDER);
  fixture.clock.advance(3600);
  const young = await fixture.stripe.paymentIntents.create(ORDER);

  const since = await fixture.stripe.paymentIntents.list({ created: { gte: young.created } });
  const before = await fixture.stripe.paymentIntents.list({ created: { lt: young.created } });

  expect(since.data.map(({ id }) => id)).toEqual([young.id]);
  expect(before.data.map(({ id }) => id)).toEqual([old.id]);
});

test('the report shows each payment, newest first, and no card number', async () => {
  const metadata = { purchaseId: 'p-1' };
  await fixture.stripe.paymentIntents.create({ ...ORDER, metadata }, { idempotencyKey: 'create-1' });
  const [waiting] = fixture.server.payments();
  const confirm = { payment_method: 'pm_card_visa' };
  await fixture.stripe.paymentIntents.confirm(waiting!.paymentIntentId, confirm, {
    idempotencyKey: 'confirm-1',
  });
  await fixture.stripe.refunds.create(
    { payment_intent: waiting!.paymentIntentId, amount: 2000 },
    { idempotencyKey: 'refund-1' },
  );
  await fixture.stripe.paymentIntents.create(ORDER);

  const payments = fixture.server.payments();

  expect(payments).toHaveLength(2);
  expect(payments[1]).toMatchObject({
    paymentIntentId: waiting!.paymentIntentId,
    status: 'succeeded',
    amount: 5000,
    currency: 'eur',
    captured: 5000,
    refunded: 2000,
    metadata,
    paymentMethod: 'pm_card_visa',
    idempotencyKeys: [
      'payment_intents.create create-1',
      'payment_intents.confirm confirm-1',
      'refunds.create refund-1',
    ],
    charges: [{ status: 'succeeded', amount: 5000 }],
    refunds: [{ status: 'succeeded', amount: 2000 }],
  });
  expect(payments[1]!.created).toMatch(/^\d{4}-\d\d-\d\dT/);
  expect(JSON.stringify(payments)).not.toMatch(/\d{12,}/);
});

test('listeners hear of changes and not of reads, and a reset forgets all', async () => {
  const changes = jest.fn();
  fixture.server.onChange(changes);
  const intent = await fixture.stripe.paymentIntents.create(ORDER);
  await fixture.stripe.paymentIntents.retrieve(intent.id);
  expect(changes).toHaveBeenCalledTimes(1);

  fixture.server.reset();

  expect(changes).toHaveBeenCalledTimes(2);
  expect(fixture.server.payments()).toEqual([]);
  expect(await errorOf(fixture.stripe.paymentIntents.retrieve(intent.id))).toMatchObject({ statusCode: 404 });
});

test('metadata can be changed key by key, also of an intent that was paid', async () => {
  const { id } = await fixture.stripe.paymentIntents.create({
    ...ORDER,
    ...{ payment_method: 'pm_card_visa', confirm: true, metadata: { purchaseId: 'p-1', note: 'old' } },
  });

  await fixture.stripe.paymentIntents.update(id, { metadata: { note: '', repaid: '2026-11-21' } });

  expect(await fixture.stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'succeeded' });
  expect(fixture.server.payments()[0]!.metadata).toEqual({ purchaseId: 'p-1', repaid: '2026-11-21' });
});
