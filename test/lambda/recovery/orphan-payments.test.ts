import { randomUUID } from 'node:crypto';
import { type OpenIntent, type PaymentGateway } from '../../../lambda/payment/payment-gateway';
import { StripeGateway } from '../../../lambda/payment/stripe-gateway';
import { type Escalations } from '../../../lambda/recovery/escalations';
import { undoOrphanPayments } from '../../../lambda/recovery/orphan-payments';
import { RefundFailed } from '../../../lambda/shared/saga-errors';
import { REFUND_SETTLEMENT_SECONDS } from '../../../local/stripe/refund-settlement';
import { useStripeServer } from '../../local/stripe/stripe-fixture';
import { useTables } from '../../support/tables';
import { Checkout, errorOf } from '../checkout';

const AMOUNT = 12_000;
const HOUR = 3_600;
const DAY = 86_400;

const tables = useTables();
const stripe = useStripeServer();
let checkout: Checkout;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
});

type Audited = Pick<PaymentGateway, 'listOpenIntents' | 'listReturnedRefunds' | 'undoIntent'>;

function auditOf(gateway: Audited) {
  const escalated: object[] = [];
  const escalations: Pick<Escalations, 'refundFailed'> = {
    refundFailed: (payment) => Promise.resolve(void escalated.push(payment)),
  };
  const run = () =>
    undoOrphanPayments({
      ...{ purchases: checkout.purchases, clock: checkout.clock },
      gateway: () => Promise.resolve(gateway as PaymentGateway),
      escalations: escalations as Escalations,
    });
  return { run, escalated };
}

/** The audit of a provider that lists these open intents again and again, of which some will not go back. */
function auditOfIntents(purchaseIds: readonly string[], stuck: readonly string[] = []) {
  const undone: string[] = [];
  async function* intents(): AsyncGenerator<OpenIntent> {
    for (const purchaseId of purchaseIds) {
      yield await Promise.resolve({ purchaseId, paymentIntentId: `pi_${purchaseId}` });
    }
  }
  const audit = auditOf({
    listOpenIntents: intents,
    listReturnedRefunds: intents,
    async undoIntent({ purchaseId }) {
      if (stuck.includes(purchaseId)) throw new RefundFailed('The bank has sent 3 refunds back');
      undone.push(purchaseId);
      return Promise.resolve('refunded');
    },
  });
  return { ...audit, undone };
}

test('a payment that will not go back is escalated once, and does not keep the others from it', async () => {
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  const { run, undone, escalated } = auditOfIntents([first, second, third], [second]);

  const error = await errorOf(run());

  expect(error.message).toBe('1 of 3 open payments could not be undone');
  expect(undone.toSorted()).toEqual([first, third].toSorted());
  expect(escalated).toEqual([{ purchaseId: second, paymentIntentId: `pi_${second}`, error: 'RefundFailed' }]);
});

test('the payment of a sale stays, and so does that of a purchase that recovery looks after', async () => {
  const sold = await checkout.confirmed(['A-1']);
  const claimed = await checkout.paid(['A-2']);
  await checkout.claim(claimed);
  // Their intents are pi_1; these are others, that were made for them and never stored.
  const { run, undone } = auditOfIntents([sold.purchaseId, claimed.purchaseId]);

  const result = await run();

  expect(result).toEqual({ looked: 2, undone: 2 });
  expect(undone.toSorted()).toEqual([sold.purchaseId, claimed.purchaseId].toSorted());
  expect(await checkout.purchases.find(sold.purchaseId)).toMatchObject({ status: 'CONFIRMED' });
});

describe('against the payment server', () => {
  const gatewayOf = (stage: string) => new StripeGateway('sk_test_local', stage, stripe.server.url);

  /** Moves the audit's time and the payment server's. */
  function pass(seconds: number): void {
    checkout.clock.advance(seconds);
    stripe.clock.advance(seconds);
  }

  async function charged(gateway: StripeGateway, card: string) {
    const { purchaseId, executionId } = await checkout.pending(['A-1']);
    const { paymentIntentId } = await gateway.createIntent({ purchaseId, amount: AMOUNT, currency: 'EUR' });
    await checkout.purchases.recordPaymentIntent(purchaseId, paymentIntentId);
    await gateway.confirmIntent({ purchaseId, paymentIntentId, paymentMethod: card });
    return { purchaseId, executionId, paymentIntentId };
  }

  /** A purchase that has FAILED, was refunded, and whose bank will send every refund back. */
  async function refundedInVain(gateway: StripeGateway) {
    const purchase = await charged(gateway, 'pm_card_refundFail');
    await checkout.purchases.claim(purchase.purchaseId, { code: 'TICKET_FAILED', detail: '' });
    await gateway.undoIntent(purchase);
    await checkout.purchases.settleFailed(purchase.purchaseId);
    return purchase;
  }

  test('a refund that comes back weeks later is made again', async () => {
    const gateway = gatewayOf('EventPro-test');
    await refundedInVain(gateway);
    pass(29 * DAY);

    const [sentBack] = stripe.server.payments();
    const result = await auditOf(gateway).run();

    expect(sentBack).toMatchObject({ refunded: 0, refunds: [{ status: 'failed' }] });
    expect(result).toEqual({ looked: 1, undone: 1 });
    expect(stripe.server.payments()).toMatchObject([{ refunded: AMOUNT }]);
  });

  test('after three have come back it is escalated, until 35 days after the last', async () => {
    const gateway = gatewayOf('EventPro-test');
    const { purchaseId, paymentIntentId } = await refundedInVain(gateway);
    const { run, escalated } = auditOf(gateway);
    for (let refunds = 1; refunds < 3; refunds++) {
      pass(20 * DAY);
      await run();
    }
    pass(34 * DAY);

    const errors = [await errorOf(run()), await errorOf(run())];
    pass(DAY + 2 * HOUR);
    const later = await run();

    expect(errors.map(({ message }) => message)).toEqual(
      Array(2).fill('1 of 1 open payments could not be undone'),
    );
    expect(escalated).toEqual(Array(2).fill({ purchaseId, paymentIntentId, error: 'RefundFailed' }));
    expect(later).toEqual({ looked: 0, undone: 0 });
    expect(stripe.server.payments()).toMatchObject([{ refunded: 0, refunds: [{}, {}, {}] }]);
  });

  test('what a person has repaid another way, and marked so, is left alone: young or old', async () => {
    const gateway = gatewayOf('EventPro-test');
    const { paymentIntentId } = await refundedInVain(gateway);
    pass(REFUND_SETTLEMENT_SECONDS + HOUR);
    await stripe.stripe.paymentIntents.update(paymentIntentId, { metadata: { repaid: '2026-11-21' } });

    const young = await auditOf(gateway).run();
    pass(10 * DAY);
    const old = await auditOf(gateway).run();

    expect([young, old]).toEqual(Array(2).fill({ looked: 0, undone: 0 }));
    expect(stripe.server.payments()).toMatchObject([{ refunded: 0, refunds: [{}] }]);
  });

  test('a sale stays, though a refund that somebody made of it came back', async () => {
    const gateway = gatewayOf('EventPro-test');
    const { purchaseId, paymentIntentId } = await charged(gateway, 'pm_card_refundFail');
    await checkout.purchases.recordPaid(purchaseId);
    await checkout.purchases.confirm(purchaseId, []);
    await stripe.stripe.refunds.create({ payment_intent: paymentIntentId, reason: 'requested_by_customer' });
    pass(10 * DAY);

    const result = await auditOf(gateway).run();

    expect(result).toEqual({ looked: 1, undone: 0 });
    expect(stripe.server.payments()).toMatchObject([{ refunds: [{ status: 'failed' }] }]);
  });

  test('of two stages on one account, the audit of one leaves alone what the other has sold or refunded', async () => {
    const [dev, prod] = [gatewayOf('EventPro-dev'), gatewayOf('EventPro-prod')];
    // Their purchases are in the tables of dev: for prod, which has its own, there are none.
    const sold = { purchaseId: randomUUID(), amount: AMOUNT, currency: 'EUR' };
    const { paymentIntentId } = await dev.createIntent(sold);
    await dev.confirmIntent({ ...sold, paymentIntentId, paymentMethod: 'pm_card_visa' });
    await refundedInVain(dev);
    pass(2 * HOUR);

    const ofProd = await auditOf(prod).run();
    const untouched = stripe.server.payments();
    const ofDev = await auditOf(dev).run();

    expect(ofProd).toEqual({ looked: 0, undone: 0 });
    expect(untouched.map(({ refunded }) => refunded)).toEqual([0, 0]);
    expect(ofDev).toEqual({ looked: 2, undone: 2 });
  });

  test('what another shop has on the account is left alone', async () => {
    await stripe.stripe.paymentIntents.create({
      ...{ amount: 100, currency: 'eur' },
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      ...{ payment_method: 'pm_card_visa', confirm: true },
    });
    pass(2 * HOUR);

    const result = await auditOf(gatewayOf('EventPro-test')).run();

    expect(result).toEqual({ looked: 0, undone: 0 });
    expect(stripe.server.payments()).toMatchObject([{ refunded: 0 }]);
  });
});
