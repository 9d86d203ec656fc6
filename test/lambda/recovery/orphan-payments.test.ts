import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { type OpenIntent, type PaymentGateway, type Period } from '../../../lambda/payment/payment-gateway';
import { StripeGateway } from '../../../lambda/payment/stripe-gateway';
import { type AuditState } from '../../../lambda/recovery/audit-log';
import { type Escalations } from '../../../lambda/shared/escalations';
import { OrderRepository } from '../../../lambda/order/order-repository';
import { paidOrders } from '../../../lambda/order/paid-orders';
import { undoOrphanPayments } from '../../../lambda/recovery/orphan-payments';
import { WithoutRecord } from '../../../lambda/recovery/without-record';
import { RefundFailed } from '../../../lambda/shared/saga-errors';
import { REFUND_SETTLEMENT_SECONDS } from '../../../local/stripe/refund-settlement';
import { useStripeServer } from '../../local/stripe/stripe-fixture';
import { useTables } from '../../support/tables';
import { Checkout } from '../checkout';
import { charge } from '../payment/charge';

const AMOUNT = 12_000;
const HOUR = 3_600;
const DAY = 86_400;

const tables = useTables();
const stripe = useStripeServer();
let checkout: Checkout;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  await checkout.purchases.installation.id();
});

type Audited = Pick<PaymentGateway, 'listOpenIntents' | 'listReturnedRefunds' | 'undoIntent'>;

/** Audits one after the other, each with what the one before has noted. */
function auditOf(gateway: Audited) {
  const escalated: object[] = [];
  const escalations: Pick<Escalations, 'refundFailed'> = {
    refundFailed: (payment) => Promise.resolve(void escalated.push(payment)),
  };
  let state: AuditState = { tallies: [] };
  const run = async (hasTime = () => true) => {
    const look = await undoOrphanPayments(
      {
        ...{ purchases: checkout.purchases, clock: checkout.clock },
        paidOrders: paidOrders(new OrderRepository(tables.client, tables.orderTable)),
        tickets: { has: () => Promise.resolve(false) },
        gateway: () => Promise.resolve(gateway as PaymentGateway),
        escalations: escalations as Escalations,
      },
      { state, hasTime, withoutRecord: new WithoutRecord({ purchases: 10, percent: 5 }, []) },
    );
    state = { ...state, ...look.state() };
    return look.counts;
  };
  return { run, escalated };
}

/** The audit of a provider that lists these open intents, all of `createdAt`, of which some will not go back. */
function auditOfIntents(
  purchaseIds: readonly string[],
  {
    stuck = [],
    createdAt = checkout.clock.nowSeconds() - 2 * HOUR,
  }: { stuck?: readonly string[]; createdAt?: number } = {},
) {
  const undone: string[] = [];
  async function* intents({ from, to }: Period): AsyncGenerator<OpenIntent> {
    if (createdAt < from || createdAt > to) return;
    const installation = await checkout.purchases.installation.id();
    for (const purchaseId of purchaseIds) {
      yield { purchaseId, paymentIntentId: `pi_${purchaseId}`, installation, createdAt };
    }
  }
  const audit = auditOf({
    listOpenIntents: intents,
    async *listReturnedRefunds() {},
    async undoIntent({ purchaseId }) {
      if (stuck.includes(purchaseId)) throw new RefundFailed('The bank has sent 3 refunds back');
      undone.push(purchaseId);
      return Promise.resolve('refunded');
    },
  });
  return { ...audit, undone };
}

/** A purchase that has failed, and whose intent was never stored. */
async function failed(seat: string): Promise<string> {
  const order = await checkout.pending([seat]);
  await checkout.claim(order);
  await checkout.purchases.settleFailed(order.purchaseId);
  return order.purchaseId;
}

test('a payment that will not go back is escalated, and does not keep the others from it', async () => {
  const [first, second, third] = [await failed('A-1'), await failed('A-2'), await failed('A-3')];
  const { run, undone, escalated } = auditOfIntents([first, second, third], { stuck: [second] });

  const counts = await run();

  expect(counts).toMatchObject({ looked: 3, undone: 2, failed: 1 });
  expect(undone.toSorted()).toEqual([first, third].toSorted());
  expect(escalated).toEqual([{ purchaseId: second, paymentIntentId: `pi_${second}`, error: 'RefundFailed' }]);
});

test('the payment of a sale stays, and so does that of a purchase that recovery looks after; others of theirs go', async () => {
  const sold = await checkout.confirmed(['A-1']);
  const claimed = await checkout.paid(['A-2']);
  await checkout.claim(claimed);
  // Their intents are pi_1; these are others, that were made for them and never stored.
  const { run, undone } = auditOfIntents([sold.purchaseId, claimed.purchaseId]);
  const auditAgain = auditOfIntents([sold.purchaseId, claimed.purchaseId]);

  await run();
  expect(undone).toEqual([sold.purchaseId]);
  // Until it is due, it is somebody's who may have just made the payment.
  checkout.clock.advance(HOUR);
  await auditAgain.run();

  expect(auditAgain.undone.toSorted()).toEqual([sold.purchaseId, claimed.purchaseId].toSorted());
  expect(await checkout.purchases.find(sold.purchaseId)).toMatchObject({ status: 'CONFIRMED' });
});

describe('a payment is looked up twice', () => {
  test('an hour and three days after it was made, and not in the hours between', async () => {
    const { purchaseId } = await checkout.confirmed(['A-1']);
    const { run } = auditOfIntents([purchaseId], { createdAt: checkout.clock.nowSeconds() });
    const looked: number[] = [];
    jest.spyOn(checkout.purchases, 'find').mockImplementation(() => {
      throw new Error('what is in order is not asked for again');
    });
    await checkout.purchases.outlines([purchaseId]);
    const paymentIntentId = `pi_${purchaseId}`;
    const record = { purchaseId, status: 'CONFIRMED', paymentIntentId, createdAt: 0 } as const;
    jest.spyOn(checkout.purchases, 'outlines').mockResolvedValue(new Map([[purchaseId, record]]));

    for (let hour = 0; hour < 80; hour++) {
      checkout.clock.advance(HOUR);
      if ((await run()).looked > 0) looked.push(hour + 1);
    }

    expect(looked).toEqual([2, 74]);
  });

  test('one that could not be undone is looked at again until it is', async () => {
    const purchaseId = await failed('A-1');
    const stuck = [purchaseId];
    const { run, undone } = auditOfIntents([purchaseId], { stuck });
    const first = await run();
    checkout.clock.advance(HOUR);
    const second = await run();
    stuck.pop();
    checkout.clock.advance(HOUR);

    const third = await run();
    checkout.clock.advance(HOUR);
    const fourth = await run();

    expect([first, second, third, fourth].map(({ looked }) => looked)).toEqual([1, 1, 1, 0]);
    expect(undone).toEqual([purchaseId]);
  });

  test('a run that has no time left is continued by the next, and nothing is left out', async () => {
    const purchaseId = await failed('A-1');
    const { run, undone } = auditOfIntents([purchaseId]);

    const first = await run(() => false);
    const second = await run();

    expect([first, second]).toMatchObject([
      { looked: 0, undone: 0 },
      { looked: 1, undone: 1 },
    ]);
    expect(undone).toEqual([purchaseId]);
  });
});

describe('against the payment server', () => {
  const gatewayOf = (stage: string) => new StripeGateway('sk_test_local', stage, stripe.server.url);

  /** Moves the audit's time and the payment server's. */
  function pass(seconds: number): void {
    checkout.clock.advance(seconds);
    stripe.clock.advance(seconds);
  }

  async function charged(gateway: StripeGateway, card: string, installation?: string) {
    const { purchaseId, executionId } = await checkout.pending(['A-1']);
    const { paymentIntentId } = await gateway.createIntent({
      ...{ purchaseId, installation, amount: AMOUNT, currency: 'EUR' },
    });
    await checkout.purchases.recordPaymentIntent(purchaseId, paymentIntentId);
    await charge(gateway, { purchaseId, paymentIntentId, paymentMethod: card });
    return { purchaseId, executionId, paymentIntentId };
  }

  /** A purchase that has FAILED, was refunded, and whose bank will send every refund back. */
  async function refundedInVain(gateway: StripeGateway) {
    const purchase = await charged(gateway, 'pm_card_refundFail');
    await checkout.purchases.claim(purchase.purchaseId, { code: 'TICKET_FAILED', detail: '' }, purchase);
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
    expect(result).toMatchObject({ looked: 1, undone: 1 });
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

    const stuck = [await run(), await run()];
    pass(DAY + 2 * HOUR);
    const later = await run();

    expect(stuck.map(({ failed }) => failed)).toEqual([1, 1]);
    expect(escalated).toEqual(Array(2).fill({ purchaseId, paymentIntentId, error: 'RefundFailed' }));
    expect(later).toMatchObject({ looked: 0, undone: 0 });
    expect(stripe.server.payments()).toMatchObject([{ refunded: 0, refunds: [{}, {}, {}] }]);
  });

  test('what comes back of a payment whose record is not kept any more is given back by nobody: people are told', async () => {
    const gateway = gatewayOf('EventPro-test');
    const installation = await checkout.purchases.installation.id();
    const { purchaseId, paymentIntentId } = await charged(gateway, 'pm_card_refundFail', installation);
    pass(41 * DAY);
    await gateway.undoIntent({ purchaseId, paymentIntentId });
    await tables.client.send(new DeleteCommand({ TableName: tables.purchaseTable, Key: { purchaseId } }));
    pass(10 * DAY);
    const { run, escalated } = auditOf(gateway);

    const result = await run();

    expect(result).toMatchObject({ undone: 0 });
    expect(escalated).toEqual([{ purchaseId, paymentIntentId, error: 'RecordNotKept' }]);
    expect(stripe.server.payments()).toMatchObject([{ refunded: 0, refunds: [{ status: 'failed' }] }]);
  });

  test('what a person has repaid another way, and marked so, is left alone: young or old', async () => {
    const gateway = gatewayOf('EventPro-test');
    const { paymentIntentId } = await refundedInVain(gateway);
    pass(REFUND_SETTLEMENT_SECONDS + HOUR);
    await stripe.stripe.paymentIntents.update(paymentIntentId, { metadata: { repaid: '2026-11-21' } });

    const young = await auditOf(gateway).run();
    pass(10 * DAY);
    const old = await auditOf(gateway).run();

    expect([young, old]).toMatchObject(Array(2).fill({ looked: 0, undone: 0 }));
    expect(stripe.server.payments()).toMatchObject([{ refunded: 0, refunds: [{}] }]);
  });

  test('what a bank holds for a purchase that has failed is freed', async () => {
    const gateway = gatewayOf('EventPro-test');
    const purchaseId = await failed('A-2');
    const { paymentIntentId } = await gateway.createIntent({ purchaseId, amount: AMOUNT, currency: 'EUR' });
    await gateway.authoriseIntent({ purchaseId, paymentIntentId, paymentMethod: 'pm_card_visa', attempt: 1 });
    pass(2 * HOUR);

    const result = await auditOf(gateway).run();

    expect(result).toMatchObject({ looked: 1, undone: 1 });
    expect(stripe.server.payments()).toMatchObject([{ status: 'canceled', captured: 0, refunds: [] }]);
  });

  test('a sale stays, though a refund that somebody made of it came back', async () => {
    const gateway = gatewayOf('EventPro-test');
    const { purchaseId, paymentIntentId } = await charged(gateway, 'pm_card_refundFail');
    await checkout.purchases.recordPaid(purchaseId);
    await checkout.purchases.confirm(purchaseId, []);
    await stripe.stripe.refunds.create({ payment_intent: paymentIntentId, reason: 'requested_by_customer' });
    pass(10 * DAY);

    const result = await auditOf(gateway).run();

    expect(result).toMatchObject({ looked: 1, undone: 0 });
    expect(stripe.server.payments()).toMatchObject([{ refunds: [{ status: 'failed' }] }]);
  });

  test('of two stages on one account, the audit of one leaves alone what the other has sold or refunded', async () => {
    const [dev, prod] = [gatewayOf('EventPro-dev'), gatewayOf('EventPro-prod')];
    const purchaseId = await failed('A-2');
    const { paymentIntentId } = await dev.createIntent({ purchaseId, amount: AMOUNT, currency: 'EUR' });
    await charge(dev, { purchaseId, paymentIntentId });
    await refundedInVain(dev);
    pass(2 * HOUR);

    const ofProd = await auditOf(prod).run();
    const untouched = stripe.server.payments();
    const ofDev = await auditOf(dev).run();

    expect(ofProd).toMatchObject({ looked: 0, undone: 0 });
    expect(untouched.map(({ refunded }) => refunded)).toEqual([0, 0]);
    expect(ofDev).toMatchObject({ looked: 2, undone: 2 });
  });

  test('what another shop has on the account is left alone', async () => {
    await stripe.stripe.paymentIntents.create({
      ...{ amount: 100, currency: 'eur' },
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      ...{ payment_method: 'pm_card_visa', confirm: true },
    });
    pass(2 * HOUR);

    const result = await auditOf(gatewayOf('EventPro-test')).run();

    expect(result).toMatchObject({ looked: 0, undone: 0 });
    expect(stripe.server.payments()).toMatchObject([{ refunded: 0 }]);
  });
});
