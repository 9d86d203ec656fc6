import { type PaymentGateway } from '../../../lambda/payment/payment-gateway';
import { handler, processPayment } from '../../../lambda/payment/process-payment';
import { connectGateway } from '../../../lambda/payment/connect-gateway';
import { StripeGateway } from '../../../lambda/payment/stripe-gateway';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { createSecretsManagerService } from '../../../local/secrets-manager/secrets-manager-service';
import { useStripeServer } from '../../local/stripe/stripe-fixture';
import { useTables } from '../../support/tables';
import { useAwsServices } from '../aws-services';
import { Checkout, errorOf, type Order, unlessRefused } from '../checkout';
import { CONTEXT } from '../invocation';

const secrets = createSecretsManagerService();
const tables = useTables();
const stripe = useStripeServer();
useAwsServices([secrets]);

let checkout: Checkout;
let gateway: PaymentGateway;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  gateway = new StripeGateway('sk_test_local', 'EventPro-test', stripe.server.url);
});

const AMOUNT = 20000;

/** A purchase of a premium and a standard seat. */
const pending = () => checkout.pending(['A-1', 'B-1']);

function pay({ purchaseId, executionId }: Order, paymentMethod = 'pm_card_visa', payments = gateway) {
  return unlessRefused(
    processPayment(
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
      { ...checkout.payment, gateway: async () => payments },
    ),
  );
}

describe('a card that pays', () => {
  test('is charged the amount once, and the intent is on the purchase', async () => {
    const order = await pending();

    const { paymentIntentId } = await pay(order);

    expect(stripe.server.payments()).toMatchObject([
      {
        paymentIntentId,
        status: 'succeeded',
        amount: AMOUNT,
        currency: 'eur',
        captured: AMOUNT,
        refunded: 0,
        metadata: {
          ...{ purchaseId: order.purchaseId, stage: 'EventPro-test', kind: 'purchase' },
          installation: await checkout.purchases.installation.find(),
        },
        idempotencyKeys: [
          `payment_intents.create ${order.purchaseId}:create`,
          `payment_intents.confirm ${order.purchaseId}:confirm:1`,
          expect.stringMatching(/^payment_intents\.capture stripe-node-retry-/),
        ],
      },
    ]);
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
      status: 'PENDING',
      paymentIntentId,
    });
  });

  test('the intent is on the purchase before any money can move', async () => {
    const order = await pending();
    let atConfirm: object | undefined;
    const watched: PaymentGateway = {
      ...port(gateway),
      authoriseIntent: async (intent) => {
        const [payment] = stripe.server.payments();
        atConfirm = { stored: await checkout.purchases.find(order.purchaseId), payment };
        return gateway.authoriseIntent(intent);
      },
    };

    const { paymentIntentId } = await pay(order, 'pm_card_visa', watched);

    expect(atConfirm).toMatchObject({
      stored: { status: 'PENDING', paymentIntentId },
      payment: { paymentIntentId, captured: 0, charges: [] },
    });
  });

  test('run twice, one after the other or both at once: one intent and one charge', async () => {
    const order = await pending();

    const first = await pay(order);
    const [second, third] = await Promise.all([pay(order), pay(order)]);

    expect([second, third]).toEqual([first, first]);
    expect(stripe.server.payments()).toMatchObject([{ captured: AMOUNT, charges: [{ amount: AMOUNT }] }]);
  });
});

describe('nothing to pay', () => {
  const free = ({ purchaseId, executionId }: Order, paymentMethod: string | null) =>
    processPayment(
      {
        purchaseId,
        executionId,
        eventId: checkout.eventId,
        amount: 0,
        currency: 'EUR',
        paymentMethod,
        paymentIntentId: null,
        viewer: '192.0.2.1',
      },
      {
        ...checkout.payment,
        gateway: () => Promise.reject(new Error('the gateway was asked for')),
      },
    );

  test.each([null, 'pm_card_visa'])('with %s to pay with: the gateway never hears of it', async (method) => {
    const order = await pending();

    expect(await free(order, method)).toEqual({});
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({ status: 'PENDING' });
    expect(stripe.server.payments()).toEqual([]);
  });

  test('a price that nothing pays is no free ticket', async () => {
    const { purchaseId, executionId } = await pending();
    const nothing = { paymentMethod: null, paymentIntentId: null, viewer: '192.0.2.1' };
    const { eventId } = checkout;
    const unpaid = { purchaseId, executionId, eventId, amount: 1, currency: 'EUR', ...nothing };

    const error = await errorOf(
      processPayment(unpaid, { ...checkout.payment, gateway: async () => gateway }),
    );

    expect(error.name).toBe('PaymentMethodMissing');
  });
});

describe('an event that is cancelled', () => {
  const cancelEvent = () =>
    checkout.eventCancellations.open(
      checkout.eventId,
      { message: 'The singer is ill.', at: checkout.clock.nowSeconds() },
      0,
    );

  test('is not paid for any more, though its seats are held: the intent is cancelled', async () => {
    const order = await pending();
    await cancelEvent();

    const error = await errorOf(pay(order));

    expect(error).toMatchObject({
      name: 'SaleClosed',
      message: 'The event is cancelled. Nothing was charged, and no seat is held.',
    });
    expect(stripe.server.payments()).toMatchObject([{ status: 'canceled', captured: 0 }]);
  });

  test('gives no free tickets any more', async () => {
    const { purchaseId, executionId } = await pending();
    await cancelEvent();
    const { eventId } = checkout;
    const free = { paymentMethod: null, paymentIntentId: null, viewer: '192.0.2.1', currency: 'EUR' };

    const refused = await processPayment(
      { purchaseId, executionId, eventId, amount: 0, ...free },
      { ...checkout.payment, gateway: async () => gateway },
    );

    expect(refused).toMatchObject({ name: 'SaleClosed' });
  });

  test('is known in every sandbox after 3 seconds: none is asked for each buyer', async () => {
    await pay(await checkout.pending(['A-1']));
    await cancelEvent();
    await pay(await checkout.pending(['A-2']));
    checkout.clock.advance(3);

    expect(await errorOf(checkout.pending(['A-3']))).toMatchObject({
      name: 'SaleClosed',
      message: 'The event is cancelled.',
    });
  });
});

describe('a card that does not pay', () => {
  const NOTHING_HAPPENED = 'Nothing was charged and the seats are free again.';
  test.each([
    ['pm_card_chargeDeclined', 'PaymentDeclined', `The card was declined. ${NOTHING_HAPPENED}`],
    ['pm_card_visa_chargeDeclined', 'PaymentDeclined', `The card was declined. ${NOTHING_HAPPENED}`],
    [
      'pm_card_visa_chargeDeclinedInsufficientFunds',
      'PaymentDeclined',
      `The card has insufficient funds. ${NOTHING_HAPPENED}`,
    ],
    // As Stripe asks, nobody who holds somebody else's card learns that it was reported.
    ['pm_card_visa_chargeDeclinedLostCard', 'PaymentDeclined', `The card was declined. ${NOTHING_HAPPENED}`],
    [
      'pm_card_visa_chargeDeclinedStolenCard',
      'PaymentDeclined',
      `The card was declined. ${NOTHING_HAPPENED}`,
    ],
    ['pm_card_chargeDeclinedExpiredCard', 'PaymentDeclined', `The card has expired. ${NOTHING_HAPPENED}`],
    [
      'pm_card_chargeDeclinedIncorrectCvc',
      'PaymentDeclined',
      `The card's security code is wrong. ${NOTHING_HAPPENED}`,
    ],
    [
      'pm_card_chargeDeclinedProcessingError',
      'PaymentDeclined',
      `The card was declined. ${NOTHING_HAPPENED}`,
    ],
    ['pm_nobody_knows', 'PaymentDeclined', 'The payment method is not known.'],
  ])('%s: %s, nothing is charged, and a repeat gets the same', async (card, name, message) => {
    const order = await pending();

    const first = await errorOf(pay(order, card));
    const second = await errorOf(pay(order, card));

    expect(first).toMatchObject({ name, message });
    expect(second).toMatchObject({ name, message });
    expect(stripe.server.payments()).toMatchObject([{ captured: 0, status: 'canceled' }]);
    expect(stripe.server.payments()[0]!.charges.length).toBeLessThanOrEqual(1);
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
      status: 'PENDING',
      paymentIntentId: expect.any(String),
    });
  });
});

describe('a card whose bank wants the buyer', () => {
  const ASKED =
    'The card asks for authentication (3-D Secure). Nothing was charged and the seats are free again.';

  test('is refused for good when too little time is left to answer, its intent is cancelled, and a repeat gets the same', async () => {
    const order = await pending();
    checkout.clock.advance(211);

    const first = await errorOf(pay(order, 'pm_card_authenticationRequired'));
    const second = await errorOf(pay(order, 'pm_card_authenticationRequired'));

    expect([first, second]).toMatchObject(Array(2).fill({ name: 'PaymentActionRequired', message: ASKED }));
    expect(stripe.server.payments()).toMatchObject([{ captured: 0, status: 'canceled', charges: [] }]);
  });

  test('is refused once its intent is cancelled, if the answer to the cancellation was lost', async () => {
    const order = await pending();
    checkout.clock.advance(211);
    stripe.server.faults.set({ operation: 'payment_intents.cancel', mode: 'fail-after' });

    const lost = await errorOf(pay(order, 'pm_card_authenticationRequired'));
    stripe.server.faults.clear();
    const repeated = await errorOf(pay(order, 'pm_card_authenticationRequired'));

    expect([lost.name, repeated.name]).toEqual(['PaymentGatewayTimeout', 'PaymentActionRequired']);
    expect(stripe.server.payments()).toMatchObject([{ captured: 0, status: 'canceled' }]);
  });
});

describe('what is our own doing', () => {
  test.each([
    ['a revoked key', 401, { code: 'api_key_expired' }],
    ['an account that is not activated', 403, { code: 'testmode_charges_only' }],
    ['an amount it does not take', 400, { code: 'amount_too_small', param: 'amount' }],
  ] as const)('%s: PaymentNotPossible, and nothing is charged', async (_, status, error) => {
    const order = await pending();
    stripe.server.faults.set({ operation: 'payment_intents.confirm', mode: 'fail-before', status, error });

    const thrown = await errorOf(pay(order));

    expect(thrown).toMatchObject({ name: 'PaymentNotPossible', facts: { stripeCode: error.code } });
    expect(stripe.server.payments()).toMatchObject([{ captured: 0 }]);
  });

  test.each([
    ['no key', 'x7$Kq-generated', 'PaymentNotPossible'],
    ['a key and the end of its line', 'sk_test_local\n', undefined],
  ])('a secret that holds %s', async (_, secret, name) => {
    const order = await pending();
    const secretId = `stripe-key-${order.purchaseId}`;
    secrets.putSecret(secretId, `arn:${secretId}`, secret);
    process.env[ENVIRONMENT.stripeSecret] = secretId;
    process.env[ENVIRONMENT.stripeApiBase] = stripe.server.url;
    process.env[ENVIRONMENT.serviceName] = 'EventPro-test';
    const { purchaseId, executionId } = order;
    const charge = {
      eventId: checkout.eventId,
      amount: AMOUNT,
      currency: 'EUR',
      paymentMethod: 'pm_card_visa',
      paymentIntentId: null,
      viewer: '192.0.2.1',
    };

    const outcome = unlessRefused(
      processPayment(
        { purchaseId, executionId, ...charge },
        { ...checkout.payment, gateway: connectGateway },
      ),
    ).then(
      () => undefined,
      (error: Error) => error.name,
    );

    expect(await outcome).toBe(name);
  });
});

describe('a purchase that a compensation has claimed', () => {
  test('before the intent was stored: SaleNotPossible, and no charge', async () => {
    const order = await pending();
    await checkout.claim(order);

    const error = await errorOf(pay(order));

    expect(error.name).toBe('SaleNotPossible');
    expect(stripe.server.payments()).toMatchObject([{ captured: 0, charges: [] }]);
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({ status: 'COMPENSATING' });
    expect(await checkout.purchases.find(order.purchaseId)).not.toHaveProperty('paymentIntentId');
  });

  test('while it was charged: the intent is there for the refund to find', async () => {
    const order = await pending();
    const overtaken: PaymentGateway = {
      ...port(gateway),
      captureIntent: async (intent) => {
        await gateway.captureIntent(intent);
        await checkout.claim(order);
      },
    };

    await pay(order, 'pm_card_visa', overtaken);

    const [payment] = stripe.server.payments();
    expect(payment).toMatchObject({ captured: AMOUNT });
    expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({
      status: 'COMPENSATING',
      paymentIntentId: payment!.paymentIntentId,
    });
  });

  test('a purchase that there is not: SaleNotPossible, and no charge', async () => {
    const order = checkout.order(['A-1']);

    const error = await errorOf(pay(order));

    expect(error.name).toBe('SaleNotPossible');
    expect(stripe.server.payments()).toMatchObject([{ captured: 0 }]);
    expect(await checkout.purchases.find(order.purchaseId)).toBeUndefined();
  });
});

describe('a gateway in trouble', () => {
  test.each([
    ['payment_intents.create', 'fail-before', undefined, 0],
    ['payment_intents.create', 'fail-before', 500, 0],
    ['payment_intents.create', 'fail-before', 429, 0],
    ['payment_intents.create', 'fail-after', undefined, 0],
    ['payment_intents.confirm', 'fail-before', undefined, 0],
    ['payment_intents.confirm', 'fail-before', 503, 0],
    ['payment_intents.confirm', 'fail-before', 429, 0],
    ['payment_intents.confirm', 'fail-after', undefined, 0],
    ['payment_intents.confirm', 'fail-after', 500, 0],
    ['payment_intents.capture', 'fail-before', undefined, 0],
    ['payment_intents.capture', 'fail-before', 503, 0],
    ['payment_intents.capture', 'fail-before', 429, 0],
    ['payment_intents.capture', 'fail-after', undefined, AMOUNT],
    ['payment_intents.capture', 'fail-after', 500, AMOUNT],
  ] as const)(
    '%s %s (%s): PaymentGatewayTimeout, not a decline',
    async (operation, mode, status, captured) => {
      const order = await pending();
      stripe.server.faults.set({ operation, mode, status });

      const error = await errorOf(pay(order));

      expect(error.name).toBe('PaymentGatewayTimeout');
      const payments = stripe.server.payments();
      expect(payments.reduce((sum, payment) => sum + payment.captured, 0)).toBe(captured);
      expect(await checkout.purchases.find(order.purchaseId)).toMatchObject({ status: 'PENDING' });
    },
  );

  test.each(['payment_intents.create', 'payment_intents.confirm', 'payment_intents.capture'] as const)(
    'that lost the answer of %s: the retry is charged once',
    async (operation) => {
      const order = await pending();
      stripe.server.faults.set({ operation, mode: 'fail-after' });
      await errorOf(pay(order));
      stripe.server.faults.clear();

      await pay(order);

      expect(stripe.server.payments()).toMatchObject([{ captured: AMOUNT, charges: [{ amount: AMOUNT }] }]);
    },
  );

  test('that never answers is given up within the time of the step', async () => {
    const order = await pending();
    stripe.server.faults.set({ operation: 'payment_intents.create', mode: 'timeout-before' });
    const startedAt = Date.now();

    const error = await errorOf(pay(order));

    expect(error.name).toBe('PaymentGatewayTimeout');
    expect(Date.now() - startedAt).toBeGreaterThan(3_900);
    expect(Date.now() - startedAt).toBeLessThan(9_000);
  });

  test('that is still busy with the first confirm while the step runs again: one charge, whoever is quicker', async () => {
    const order = await pending();
    stripe.server.faults.set({ operation: 'payment_intents.confirm', mode: 'slow', delayMs: 300, times: 1 });

    const [first, second] = await Promise.all([pay(order), pay(order)]);

    expect(first).toEqual(second);
    expect(stripe.server.payments()).toMatchObject([{ captured: AMOUNT, charges: [{}] }]);
  });

  test('that is still busy with the first confirm of a card that declines: refused, and nothing can be charged later', async () => {
    const order = await pending();
    stripe.server.faults.set({ operation: 'payment_intents.confirm', mode: 'slow', delayMs: 300, times: 1 });

    const outcomes = await Promise.all([
      errorOf(pay(order, 'pm_card_chargeDeclined')),
      errorOf(pay(order, 'pm_card_chargeDeclined')),
    ]);

    expect(outcomes.map(({ name }) => name)).toContain('PaymentDeclined');
    expect(stripe.server.payments()).toMatchObject([{ captured: 0, status: 'canceled' }]);
  });

  test('whose own failure is kept under the key of the attempt: the next one has another key, and pays', async () => {
    const order = await pending();
    stripe.server.faults.set({
      ...{ operation: 'payment_intents.confirm', mode: 'fail-before', status: 500, times: 1 },
    });
    const first = await errorOf(pay(order));

    await pay(order);

    expect(first.name).toBe('PaymentGatewayTimeout');
    expect(stripe.server.payments()).toMatchObject([{ captured: AMOUNT, charges: [{ amount: AMOUNT }] }]);
  });

  test("the error tells the kind of trouble alone: Stripe's own words may quote the buyer", async () => {
    const order = await pending();
    stripe.server.faults.set({ operation: 'payment_intents.confirm', mode: 'fail-before', status: 500 });

    const error = await errorOf(pay(order));

    expect(error.message).toBe('Stripe: StripeAPIError');
  });
});

test('as the Lambda, it pays with the key of the secret its environment names', async () => {
  const order = await pending();
  secrets.putSecret('stripe-key', 'arn:stripe-key', 'sk_test_local');
  process.env[ENVIRONMENT.stripeSecret] = 'stripe-key';
  process.env[ENVIRONMENT.stripeApiBase] = stripe.server.url;
  process.env[ENVIRONMENT.serviceName] = 'EventPro-test';

  const { paymentIntentId } = await handler(
    {
      purchaseId: order.purchaseId,
      executionId: order.executionId,
      requestId: 'r-1',
      eventId: checkout.eventId,
      amount: AMOUNT,
      currency: 'EUR',
      paymentMethod: 'pm_card_visa',
      paymentIntentId: null,
      viewer: null,
    },
    CONTEXT,
  );

  expect(stripe.server.payments()).toMatchObject([{ paymentIntentId, captured: AMOUNT }]);
});

/** The gateway's methods as plain functions, so that a test can put one of its own in the place of one. */
function port(real: PaymentGateway): PaymentGateway {
  return {
    createIntent: (charge) => real.createIntent(charge),
    authoriseIntent: (confirmation) => real.authoriseIntent(confirmation),
    readAuthorisation: (intent) => real.readAuthorisation(intent),
    captureIntent: (intent) => real.captureIntent(intent),
    cancelIntent: (intent) => real.cancelIntent(intent),
    readFees: (paymentIntentId) => real.readFees(paymentIntentId),
    clientSecretOf: (paymentIntentId) => real.clientSecretOf(paymentIntentId),
    undoIntent: (intent) => real.undoIntent(intent),
    readPayment: (paymentIntentId) => real.readPayment(paymentIntentId),
    readRefunded: (paymentIntentId) => real.readRefunded(paymentIntentId),
    refundTo: (refund) => real.refundTo(refund),
    listOpenIntents: (period) => real.listOpenIntents(period),
    listReturnedRefunds: (period) => real.listReturnedRefunds(period),
    listRefunded: (period) => real.listRefunded(period),
    listDisputed: (period) => real.listDisputed(period),
  };
}
