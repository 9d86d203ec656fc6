import { REFUND_SETTLEMENT_SECONDS } from '../../../local/stripe/refund-settlement';
import { errorOf, ORDER, pay, useStripeServer } from './stripe-fixture';

const fixture = useStripeServer();

test('a refund gives back the whole charge', async () => {
  const intent = await pay(fixture.stripe, 'pm_card_visa');

  const refund = await fixture.stripe.refunds.create({
    payment_intent: intent.id,
    reason: 'requested_by_customer',
    metadata: { purchaseId: 'p-1' },
    expand: ['charge'],
  });

  expect(refund).toMatchObject({
    object: 'refund',
    amount: 5000,
    currency: 'eur',
    status: 'succeeded',
    reason: 'requested_by_customer',
    metadata: { purchaseId: 'p-1' },
    payment_intent: intent.id,
    charge: { id: intent.latest_charge, refunded: true, amount_refunded: 5000 },
  });
  expect(await fixture.stripe.refunds.retrieve(refund.id)).toMatchObject({ amount: 5000 });
  expect((await fixture.stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
});

test('a charge can be refunded in parts, up to its amount', async () => {
  const intent = await pay(fixture.stripe, 'pm_card_visa');
  const charge = intent.latest_charge as string;

  const part = await fixture.stripe.refunds.create({ charge, amount: 1500 });
  const tooMuch = await errorOf(fixture.stripe.refunds.create({ charge, amount: 3501 }));
  const rest = await fixture.stripe.refunds.create({ charge });
  const again = await errorOf(fixture.stripe.refunds.create({ charge, amount: 1 }));

  expect([part.amount, rest.amount]).toEqual([1500, 3500]);
  expect(tooMuch).toMatchObject({
    statusCode: 400,
    param: 'amount',
    message: 'Refund amount (€35.01) is greater than unrefunded amount on charge (€35.00)',
  });
  expect(again).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
  expect(fixture.server.payments()).toMatchObject([{ captured: 5000, refunded: 5000 }]);
});

test('a race of full refunds gives the money back once', async () => {
  const intent = await pay(fixture.stripe, 'pm_card_visa');

  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () => fixture.stripe.refunds.create({ payment_intent: intent.id })),
  );

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(fixture.server.payments()).toMatchObject([{ captured: 5000, refunded: 5000 }]);
});

test('what a partial capture released cannot be refunded', async () => {
  const intent = await fixture.stripe.paymentIntents.create({
    ...ORDER,
    capture_method: 'manual',
    payment_method: 'pm_card_visa',
    confirm: true,
  });
  await fixture.stripe.paymentIntents.capture(intent.id, { amount_to_capture: 3000 });

  const refund = await fixture.stripe.refunds.create({ payment_intent: intent.id });

  expect(refund.amount).toBe(3000);
  expect(fixture.server.payments()).toMatchObject([{ captured: 3000, refunded: 3000 }]);
});

test('a pending refund succeeds as the clock advances', async () => {
  const intent = await pay(fixture.stripe, 'pm_card_pendingRefund');
  const refund = await fixture.stripe.refunds.create({ payment_intent: intent.id });
  const changes = jest.fn();
  fixture.server.onChange(changes);

  fixture.clock.advance(REFUND_SETTLEMENT_SECONDS);

  const settled = await fixture.stripe.refunds.retrieve(refund.id);
  expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' });
  expect(settled.status).toBe('succeeded');
  expect(settled.pending_reason).toBeUndefined();
  expect(changes).toHaveBeenCalledTimes(1);
});

test('a refund that fails later can be made again', async () => {
  const intent = await pay(fixture.stripe, 'pm_card_refundFail');
  const refund = await fixture.stripe.refunds.create({ payment_intent: intent.id });

  fixture.clock.advance(REFUND_SETTLEMENT_SECONDS);

  const failed = await fixture.stripe.refunds.retrieve(refund.id, { expand: ['charge'] });
  const [report] = fixture.server.payments();
  const second = await fixture.stripe.refunds.create({ payment_intent: intent.id });
  expect(refund.status).toBe('succeeded');
  expect(failed).toMatchObject({
    status: 'failed',
    failure_reason: 'expired_or_canceled_card',
    charge: { refunded: false, amount_refunded: 0 },
  });
  expect(report).toMatchObject({ captured: 5000, refunded: 0 });
  expect(second.amount).toBe(5000);
});

test('refunds are listed by payment, newest first', async () => {
  const [one, other] = [await pay(fixture.stripe, 'pm_card_visa'), await pay(fixture.stripe, 'pm_card_visa')];
  const first = await fixture.stripe.refunds.create({ payment_intent: one.id, amount: 100 });
  await fixture.stripe.refunds.create({ payment_intent: other.id });
  const last = await fixture.stripe.refunds.create({ payment_intent: one.id, amount: 200 });

  const list = await fixture.stripe.refunds.list({ payment_intent: one.id });
  const newest = await fixture.stripe.refunds.list({ limit: 1 });

  expect(list.data.map(({ id }) => id)).toEqual([last.id, first.id]);
  expect(newest).toMatchObject({ data: [{ id: last.id }], has_more: true });
});

test('there is nothing to refund where nothing was paid', async () => {
  const waiting = await fixture.stripe.paymentIntents.create(ORDER);

  const unpaid = await errorOf(fixture.stripe.refunds.create({ payment_intent: waiting.id }));
  const unknown = await errorOf(fixture.stripe.refunds.create({ payment_intent: 'pi_unknown' }));
  const neither = await errorOf(fixture.stripe.refunds.create({}));
  const both = await errorOf(fixture.stripe.refunds.create({ payment_intent: waiting.id, charge: 'ch_1' }));

  expect(unpaid.message).toBe(
    `This PaymentIntent (${waiting.id}) does not have a successful charge to refund.`,
  );
  expect(unknown).toMatchObject({ code: 'resource_missing', param: 'payment_intent' });
  expect(neither.code).toBe('parameter_missing');
  expect(both.message).toContain('only specify one');
});
