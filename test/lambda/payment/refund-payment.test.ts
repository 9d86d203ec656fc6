import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { processPayment } from '../../../lambda/payment/process-payment';
import { handler, refundPayment } from '../../../lambda/payment/refund-payment';
import { StripeGateway } from '../../../lambda/payment/stripe-gateway';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { createSecretsManagerService } from '../../../local/secrets-manager/secrets-manager-service';
import { REFUND_SETTLEMENT_SECONDS } from '../../../local/stripe/refund-settlement';
import { useStripeServer } from '../../local/stripe/stripe-fixture';
import { useTables } from '../../support/tables';
import { useAwsServices } from '../aws-services';
import { Checkout, errorOf, type Order, unlessRefused } from '../checkout';
import { CONTEXT } from '../invocation';
import { charge } from './charge';

const secrets = createSecretsManagerService();
const tables = useTables();
const stripe = useStripeServer();
useAwsServices([secrets]);

let checkout: Checkout;
let gateway: StripeGateway;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  gateway = new StripeGateway('sk_test_local', 'EventPro-test', stripe.server.url);
});

const AMOUNT = 12000;
const TICKET_FAILED = { GenerateTicket: { Error: 'Error', Cause: '{}' } };

function refund({ purchaseId, executionId }: Order, payments = gateway) {
  return unlessRefused(
    refundPayment(
      { purchaseId, executionId, failures: TICKET_FAILED },
      { ...checkout.payment, gateway: async () => payments },
    ),
  );
}

async function charged(card = 'pm_card_visa'): Promise<Order> {
  const order = await checkout.pending(['A-1']);
  await unlessRefused(pay(order, card));
  return order;
}

function pay({ purchaseId, executionId }: Order, paymentMethod = 'pm_card_visa') {
  return processPayment(
    {
      purchaseId,
      executionId,
      eventId: checkout.eventId,
      amount: AMOUNT,
      currency: 'EUR',
      paymentMethod,
      paymentIntentId: null,
      viewer: '192.0.2.1',
    },
    { ...checkout.payment, gateway: async () => gateway },
  );
}

/** An intent that was stored and never confirmed. */
async function unconfirmed(): Promise<Order> {
  const order = await checkout.pending(['A-1']);
  const { purchaseId } = order;
  const { paymentIntentId } = await gateway.createIntent({ purchaseId, amount: AMOUNT, currency: 'EUR' });
  await checkout.purchases.recordPaymentIntent(purchaseId, paymentIntentId);
  return order;
}

describe('what became of the payment', () => {
  test('charged: refunded in full, and the purchase is claimed with what failed', async () => {
    const order = await charged();

    const result = await refund(order);

    expect(result).toEqual({ payment: 'refunded' });
    expect(stripe.server.payments()).toMatchObject([{ captured: AMOUNT, refunded: AMOUNT }]);
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
      status: 'COMPENSATING',
      failure: { code: 'TICKET_FAILED' },
    });
  });

  test('charged, and nothing on the purchase says so: refunded all the same', async () => {
    const order = await unconfirmed();
    const { paymentIntentId } = (await checkout.purchases.find(order.purchaseId))!;
    await charge(gateway, { purchaseId: order.purchaseId, paymentIntentId: paymentIntentId! });

    const result = await refund(order);

    expect(result).toEqual({ payment: 'refunded' });
    expect(stripe.server.payments()).toMatchObject([{ captured: AMOUNT, refunded: AMOUNT }]);
  });

  test('never confirmed: cancelled, so a late confirm charges nothing', async () => {
    const order = await unconfirmed();
    const { paymentIntentId } = (await checkout.purchases.find(order.purchaseId))!;

    const result = await refund(order);
    const late = await errorOf(
      gateway.authoriseIntent({
        purchaseId: order.purchaseId,
        paymentIntentId: paymentIntentId!,
        paymentMethod: 'pm_card_visa',
        attempt: 1,
      }),
    );

    expect(result).toEqual({ payment: 'cancelled' });
    expect(late.name).toBe('SaleNotPossible');
    expect(stripe.server.payments()).toMatchObject([{ status: 'canceled', captured: 0 }]);
  });

  test('declined: cancelled', async () => {
    const order = await checkout.pending(['A-1']);
    await errorOf(pay(order, 'pm_card_chargeDeclined'));

    const result = await refund(order);

    expect(result).toEqual({ payment: 'cancelled' });
    expect(stripe.server.payments()).toMatchObject([{ status: 'canceled', captured: 0 }]);
  });

  test('no intent: nothing to undo, and a payment that is still on its way is stopped', async () => {
    const order = await checkout.pending(['A-1']);

    const result = await refund(order);
    const late = await errorOf(pay(order));

    expect(result).toEqual({ payment: 'none' });
    expect(late.name).toBe('SaleNotPossible');
    expect(stripe.server.payments()).toMatchObject([{ captured: 0 }]);
  });

  test('no purchase: nothing to undo', async () => {
    const result = await refund(checkout.order(['A-1']));

    expect(result).toEqual({ payment: 'none' });
  });
});

describe('whose payment it leaves alone', () => {
  test('a CONFIRMED purchase: the sale stands, and the money stays', async () => {
    const order = await charged();
    await checkout.purchases.recordPaid(order.purchaseId);
    const sale = checkout.seats.sell(checkout.eventId, checkout.seat('A-1'), order.purchaseId);
    await checkout.purchases.confirm(order.purchaseId, [sale]);

    const error = await errorOf(refund(order));

    expect(error.name).toBe('SaleStands');
    expect(stripe.server.payments()).toMatchObject([{ captured: AMOUNT, refunded: 0 }]);
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({ status: 'CONFIRMED' });
  });

  test("another execution's purchase under the same key", async () => {
    const order = await charged();

    const result = await refund({ ...order, executionId: 'another' });

    expect(result).toEqual({ payment: 'none' });
    expect(stripe.server.payments()).toMatchObject([{ refunded: 0 }]);
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({ status: 'PENDING' });
  });

  test('a purchase that has FAILED is settled: it is not refunded again', async () => {
    const order = await charged();
    await refund(order);
    await checkout.purchases.settleFailed(order.purchaseId);

    const result = await refund(order);

    expect(result).toEqual({ payment: 'none' });
    expect(stripe.server.payments()).toMatchObject([{ refunded: AMOUNT, refunds: [{}] }]);
  });

  test('recovery, which has no execution of the purchase, undoes it whoever began', async () => {
    const { purchaseId } = await charged();
    checkout.clock.advance(360);

    const result = await refundPayment(
      { purchaseId, failures: {} },
      { ...checkout.payment, gateway: async () => gateway },
    );

    expect(result).toEqual({ payment: 'refunded' });
    expect(stripe.server.payments()).toMatchObject([{ refunded: AMOUNT }]);
  });
});

describe('run again', () => {
  test('one after the other or both at once: refunded once', async () => {
    const order = await charged();

    const first = await refund(order);
    const others = await Promise.all([refund(order), refund(order)]);

    expect([first, ...others]).toEqual(Array(3).fill({ payment: 'refunded' }));
    expect(stripe.server.payments()).toMatchObject([{ refunded: AMOUNT, refunds: [{ amount: AMOUNT }] }]);
  });

  test('cancelled once', async () => {
    const order = await unconfirmed();
    await refund(order);

    const result = await refund(order);

    expect(result).toEqual({ payment: 'cancelled' });
  });

  test.each(['fail-before', 'fail-after'] as const)(
    'after the refund was lost (%s): PaymentGatewayTimeout, then refunded once',
    async (mode) => {
      const order = await charged();
      stripe.server.faults.set({ operation: 'refunds.create', mode, status: 500 });

      const lost = await errorOf(refund(order));
      stripe.server.faults.clear();
      const result = await refund(order);

      expect(lost.name).toBe('PaymentGatewayTimeout');
      expect(result).toEqual({ payment: 'refunded' });
      expect(stripe.server.payments()).toMatchObject([{ refunded: AMOUNT, refunds: [{ amount: AMOUNT }] }]);
    },
  );

  test('after the intent could not be read: PaymentGatewayTimeout, and nothing is undone blindly', async () => {
    const order = await charged();
    stripe.server.faults.set({ operation: 'payment_intents.retrieve', mode: 'fail-before', status: 500 });

    const error = await errorOf(refund(order));

    expect(error.name).toBe('PaymentGatewayTimeout');
    expect(stripe.server.payments()).toMatchObject([{ captured: AMOUNT, refunded: 0 }]);
  });

  test('after the bank sent the refund back: refunded anew', async () => {
    const order = await charged('pm_card_refundFail');
    await refund(order);
    stripe.clock.advance(REFUND_SETTLEMENT_SECONDS);
    const [sentBack] = stripe.server.payments();

    await refund(order);

    expect(sentBack).toMatchObject({ refunded: 0, refunds: [{ status: 'failed' }] });
    expect(stripe.server.payments()).toMatchObject([{ refunded: AMOUNT, refunds: [{}, {}] }]);
  });

  test('after the bank sent three refunds back: RefundFailed, because a fourth would come back, too', async () => {
    const order = await charged('pm_card_refundFail');
    for (let attempt = 1; attempt <= 3; attempt++) {
      await refund(order);
      stripe.clock.advance(REFUND_SETTLEMENT_SECONDS);
    }

    const error = await errorOf(refund(order));

    expect(error).toMatchObject({ name: 'RefundFailed', message: 'The bank has sent 3 refunds back' });
    expect(stripe.server.payments()).toMatchObject([{ refunded: 0, refunds: [{}, {}, {}] }]);
  });

  test('a refund that is pending is on its way, and is not made twice', async () => {
    const order = await charged('pm_card_pendingRefund');
    await refund(order);

    const result = await refund(order);

    expect(result).toEqual({ payment: 'refunded' });
    expect(stripe.server.payments()).toMatchObject([
      { refunded: AMOUNT, refunds: [{ status: 'pending', amount: AMOUNT }] },
    ]);
  });
});

describe('an empty balance at the provider', () => {
  const isEmpty = () => checkout.purchases.balance.isEmpty(checkout.clock.nowSeconds());
  beforeEach(() => checkout.purchases.balance.note(0));

  /** A sale that is being cancelled, by the execution that it then names. */
  async function cancelling(): Promise<Order> {
    const order = await charged();
    const { purchaseId } = order;
    const sale = checkout.seats.sell(checkout.eventId, checkout.seat('A-1'), purchaseId);
    await checkout.purchases.recordPaid(purchaseId);
    await checkout.purchases.confirm(purchaseId, [sale]);
    return { ...order, executionId: await checkout.cancelling(order, AMOUNT) };
  }

  test('lets the refund wait, which counts as given back, and is noted', async () => {
    const order = await cancelling();
    stripe.server.setBalance('empty');

    expect([await refund(order), await refund(order)]).toEqual([
      { payment: 'refunded' },
      { payment: 'refunded' },
    ]);

    expect(stripe.server.payments()).toMatchObject([
      { refunded: AMOUNT, refunds: [{ status: 'pending', pendingReason: 'insufficient_funds' }] },
    ]);
    expect(await isEmpty()).toBe(true);
  });

  test('may refuse it: BalanceEmpty, which is noted as well, and the refund is made once the balance is topped up', async () => {
    const order = await cancelling();
    stripe.server.setBalance('overdrawn');

    const refused = await errorOf(refund(order));
    const wasEmpty = await isEmpty();
    stripe.server.setBalance('sufficient');
    const result = await refund(order);

    expect([refused.name, wasEmpty, result]).toEqual(['BalanceEmpty', true, { payment: 'refunded' }]);
    expect(stripe.server.payments()).toMatchObject([{ refunds: [{ status: 'succeeded', amount: AMOUNT }] }]);
  });

  test('refuses the refund of a part under a key, which then is not used again', async () => {
    const { purchaseId } = await charged();
    const { paymentIntentId } = (await checkout.purchases.find(purchaseId))!;
    const part = { purchaseId, paymentIntentId: paymentIntentId!, amount: 5_000 };
    stripe.server.setBalance('overdrawn');
    const refused = await errorOf(gateway.refundTo(part));
    stripe.server.setBalance('sufficient');

    expect(await gateway.refundTo(part)).toBe('SUCCEEDED');
    expect(refused.name).toBe('BalanceEmpty');
    expect(stripe.server.payments()).toMatchObject([{ refunded: 5_000 }]);
  });

  test('of a sale that failed is noted, too', async () => {
    const order = await charged();
    stripe.server.setBalance('overdrawn');

    expect((await errorOf(refund(order))).name).toBe('BalanceEmpty');
    expect(await isEmpty()).toBe(true);
  });
});

describe('a provider that will not give the money back', () => {
  let server: Server;
  /** Stripe fails a refund at once only where the account is at fault, which the local server does not act out. */
  const answers: Record<string, object> = {
    'GET /v1/payment_intents/pi_1?expand[0]=latest_charge.refunds': {
      id: 'pi_1',
      object: 'payment_intent',
      status: 'succeeded',
      latest_charge: null,
    },
    'POST /v1/refunds': { id: 're_1', object: 'refund', status: 'failed' },
  };

  beforeEach((done) => {
    server = createServer((request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(answers[`${request.method} ${request.url}`]));
    }).listen(0, '127.0.0.1', done);
  });
  afterEach((done) => {
    server.closeAllConnections();
    server.close(done);
  });

  test('RefundFailed, and the purchase stays COMPENSATING and listed as unsettled', async () => {
    const order = await checkout.paid(['A-1']);
    const { port } = server.address() as AddressInfo;

    const error = await errorOf(
      refund(order, new StripeGateway('sk_test_local', 'EventPro-test', `http://127.0.0.1:${port}`)),
    );

    expect(error).toMatchObject({ name: 'RefundFailed', message: 'The refund is failed' });
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
      status: 'COMPENSATING',
      dueShard: expect.any(String),
    });
  });
});

test('as the Lambda, it undoes with the key of the secret its environment names', async () => {
  const order = await charged();
  secrets.putSecret('stripe-key', 'arn:stripe-key', 'sk_test_local');
  process.env[ENVIRONMENT.stripeSecret] = 'stripe-key';
  process.env[ENVIRONMENT.stripeApiBase] = stripe.server.url;
  process.env[ENVIRONMENT.serviceName] = 'EventPro-test';

  const result = await handler({ ...order, requestId: 'r-1', failures: TICKET_FAILED }, CONTEXT);

  expect(result).toEqual({ payment: 'refunded' });
  expect(stripe.server.payments()).toMatchObject([{ refunded: AMOUNT }]);
});
