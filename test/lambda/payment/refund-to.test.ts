import { randomUUID } from 'node:crypto';
import { refundPayment } from '../../../lambda/payment/refund-payment';
import { StripeGateway } from '../../../lambda/payment/stripe-gateway';
import { RefundFailed } from '../../../lambda/shared/saga-errors';
import { REFUND_SETTLEMENT_SECONDS } from '../../../local/stripe/refund-settlement';
import { useStripeServer } from '../../local/stripe/stripe-fixture';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, unlessRefused } from '../checkout';
import { charge } from './charge';

const AMOUNT = 12_000;
const FAILING = 'pm_card_refundFail';

const tables = useTables();
const stripe = useStripeServer();
let gateway: StripeGateway;
beforeEach(() => (gateway = new StripeGateway('sk_test_local', 'EventPro-test', stripe.server.url)));

/** A payment that was taken. */
async function paid(paymentMethod = 'pm_card_visa') {
  const purchaseId = randomUUID();
  const { paymentIntentId } = await gateway.createIntent({ purchaseId, amount: AMOUNT, currency: 'EUR' });
  await charge(gateway, { purchaseId, paymentIntentId, paymentMethod });
  return { purchaseId, paymentIntentId };
}

const refunded = () => stripe.server.payments().map((payment) => payment.refunded);
const byHand = (paymentIntentId: string, amount: number) =>
  stripe.stripe.refunds.create({ payment_intent: paymentIntentId, amount });

describe('what is missing to the agreed amount is given back', () => {
  test.each([
    ['everything', AMOUNT],
    ['a part', 5_000],
  ])('%s, once, however often it is asked for', async (_, amount) => {
    const payment = await paid();

    const first = await gateway.refundTo({ ...payment, amount });
    const second = await gateway.refundTo({ ...payment, amount });

    expect([first, second]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(refunded()).toEqual([amount]);
  });

  test.each([AMOUNT, 5_000])('%i, once, by two at the same time', async (amount) => {
    const payment = await paid();

    await Promise.allSettled([
      gateway.refundTo({ ...payment, amount }),
      gateway.refundTo({ ...payment, amount }),
    ]);

    expect(refunded()).toEqual([amount]);
  });

  test.each([
    [5_000, 5_000],
    [5_000, AMOUNT],
    [5_000, 2_000],
  ])('where %i was given back by hand, up to %i in all', async (hand, amount) => {
    const payment = await paid();
    await byHand(payment.paymentIntentId, hand);

    const status = await gateway.refundTo({ ...payment, amount });

    expect(await gateway.readRefunded(payment.paymentIntentId)).toBe(Math.max(hand, amount));
    expect([status, refunded()]).toEqual(['SUCCEEDED', [Math.max(hand, amount)]]);
  });

  test('nothing, where nothing was agreed', async () => {
    expect(await gateway.refundTo({ ...(await paid()), amount: 0 })).toBe('NONE');
    expect(refunded()).toEqual([0]);
  });

  test.each(['fail-before', 'fail-after'] as const)(
    'once, although Stripe keeps its own failure (%s) under the key for a day',
    async (mode) => {
      const payment = await paid();
      const part = () => gateway.refundTo({ ...payment, amount: 5_000 });
      stripe.server.faults.set({ operation: 'refunds.create', mode, status: 500, times: 1 });

      const failed = await errorOf(part());
      const status = await part();

      expect([failed.name, status]).toEqual(['PaymentGatewayTimeout', 'SUCCEEDED']);
      expect(refunded()).toEqual([5_000]);
    },
  );

  test('not at all under a key that somebody else uses for another amount: what that makes must be read first', async () => {
    const payment = await paid();
    await stripe.stripe.refunds.create(
      { payment_intent: payment.paymentIntentId, amount: 4_000 },
      { idempotencyKey: `${payment.purchaseId}:refund:1:1` },
    );

    const failed = await errorOf(gateway.refundTo({ ...payment, amount: 5_000 }));

    expect(failed.name).toBe('PaymentGatewayTimeout');
    expect(refunded()).toEqual([4_000]);
  });

  test('and is on its way as long as the bank has not taken it', async () => {
    const payment = await paid('pm_card_pendingRefund');

    const pending = await gateway.refundTo({ ...payment, amount: 5_000 });
    stripe.clock.advance(REFUND_SETTLEMENT_SECONDS);
    const taken = await gateway.refundTo({ ...payment, amount: 5_000 });

    expect([pending, taken]).toEqual(['PENDING', 'SUCCEEDED']);
  });

  test('again, when the bank has sent it back, and not for ever', async () => {
    const payment = await paid(FAILING);
    const again = () => gateway.refundTo({ ...payment, amount: 5_000 });
    for (let returned = 0; returned < 3; returned++) {
      await again();
      stripe.clock.advance(REFUND_SETTLEMENT_SECONDS);
    }

    expect(await errorOf(again())).toMatchObject({ name: 'RefundFailed' });
    expect(await gateway.readRefunded(payment.paymentIntentId)).toBe(0);
  });
});

describe('of a sale that is being cancelled', () => {
  let checkout: Checkout;
  beforeEach(async () => (checkout = await Checkout.open(tables)));

  test('a part is given back, and the record says so', async () => {
    const { purchaseId, executionId, result } = await refundOf();

    expect(await result).toEqual({ payment: 'refunded' });
    expect(refunded()).toEqual([5_000]);
    expect(await checkout.purchases.find(purchaseId)).toMatchObject({
      ...{ status: 'CANCELLING', executionId },
      cancellation: { refund: { amount: 5_000, status: 'SUCCEEDED' } },
    });
  });

  test('what the bank does not take is noted, and fails', async () => {
    const refused = new RefundFailed('The payment is disputed');
    const { purchaseId, result } = await refundOf({ refundTo: () => Promise.reject(refused) });

    expect(await errorOf(result)).toBe(refused);
    expect(await checkout.purchases.find(purchaseId)).toMatchObject({
      status: 'CANCELLING',
      cancellation: { refund: { amount: 5_000, status: 'FAILED' } },
    });
  });

  async function refundOf(port: Partial<Pick<StripeGateway, 'refundTo'>> = {}) {
    const order = await checkout.pending(['A-1']);
    const { purchaseId } = order;
    const { paymentIntentId } = await gateway.createIntent({ purchaseId, amount: AMOUNT, currency: 'EUR' });
    await charge(gateway, { purchaseId, paymentIntentId });
    await checkout.purchases.recordPaymentIntent(purchaseId, paymentIntentId);
    await checkout.purchases.recordPaid(purchaseId);
    await checkout.purchases.confirm(purchaseId, []);
    const executionId = await checkout.cancelling(order, 5_000);
    const payments = Object.assign(Object.create(gateway), port) as StripeGateway;
    const result = unlessRefused(
      refundPayment(
        { purchaseId, executionId, failures: {} },
        { ...checkout.payment, gateway: async () => payments },
      ),
    );
    return { purchaseId, executionId, result };
  }
});
