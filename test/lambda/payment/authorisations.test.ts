import { StripeGateway } from '../../../lambda/payment/stripe-gateway';
import { AUTHORISATION_SECONDS } from '../../../local/stripe/authorisation';
import { NobodyIsAsked } from '../../../local/stripe/stripe-server';
import { useStripeServer } from '../../local/stripe/stripe-fixture';
import { errorOf } from '../checkout';

// The gateway against the payment server: what becomes of money that a bank holds, whoever comes first.

const AMOUNT = 12_000;
const NEEDS_BUYER = 'pm_card_authenticationRequired';

const stripe = useStripeServer();
let gateway: StripeGateway;
let intent: { purchaseId: string; paymentIntentId: string };
beforeEach(async () => {
  gateway = new StripeGateway('sk_test_local', 'EventPro-test', stripe.server.url);
  const created = await gateway.createIntent({ purchaseId: 'p', amount: AMOUNT, currency: 'EUR' });
  intent = { purchaseId: 'p', ...created };
});

const authorise = (paymentMethod = 'pm_card_visa', attempt = 1) =>
  gateway.authoriseIntent({ ...intent, paymentMethod, attempt });

const payment = () => stripe.server.payments()[0]!;

async function openIntents(): Promise<string[]> {
  const open: string[] = [];
  const now = Math.floor(stripe.clock.now() / 1000);
  for await (const { paymentIntentId } of gateway.listOpenIntents({ from: 0, to: now })) {
    open.push(paymentIntentId);
  }
  return open;
}

describe('a card whose bank asks nobody', () => {
  test('is authorised first, which takes nothing; the capture takes the money', async () => {
    expect(await authorise()).toBe('authorised');
    expect(payment()).toMatchObject({ status: 'requires_capture', captured: 0 });

    await gateway.captureIntent(intent);

    expect(payment()).toMatchObject({ status: 'succeeded', captured: AMOUNT, charges: [{}] });
  });

  test('is an open payment for the audit, as long as the bank holds the money', async () => {
    await authorise();
    const held = await openIntents();
    await gateway.cancelIntent({ ...intent, reason: 'abandoned' });

    expect([held, await openIntents()]).toEqual([[intent.paymentIntentId], []]);
  });
});

describe('a buyer who is asked', () => {
  beforeEach(async () => {
    expect(await authorise(NEEDS_BUYER)).toBe('authentication-required');
  });

  test('has the secret for the dialogue, and nothing is held until the answer', async () => {
    const secret = await gateway.clientSecretOf(intent.paymentIntentId);

    expect(secret).toMatch(new RegExp(`^${intent.paymentIntentId}_secret_`));
    expect(await gateway.readAuthorisation(intent)).toBe('authentication-required');
    expect(await authorise(NEEDS_BUYER, 2)).toBe('authentication-required');
    expect(payment()).toMatchObject({ status: 'requires_action', charges: [] });
    expect(await openIntents()).toEqual([intent.paymentIntentId]);
  });

  test('and passes: the money is held, and is taken by the capture alone', async () => {
    stripe.server.answerBank(intent.paymentIntentId, 'succeeded');

    expect(await gateway.readAuthorisation(intent)).toBe('authorised');
    expect(payment()).toMatchObject({ captured: 0 });
    await gateway.captureIntent(intent);
    expect(await gateway.readAuthorisation(intent)).toBe('authorised');
    expect(payment()).toMatchObject({ captured: AMOUNT, charges: [{}] });
  });

  test('and does not pass: refused, each time it is asked for, and nothing can be held any more', async () => {
    stripe.server.answerBank(intent.paymentIntentId, 'failed');

    const names = [
      (await errorOf(gateway.readAuthorisation(intent))).name,
      (await errorOf(gateway.readAuthorisation(intent))).name,
      (await errorOf(authorise(NEEDS_BUYER, 2))).name,
    ];

    expect(names).toEqual(Array(3).fill('AuthenticationFailed'));
    expect(payment()).toMatchObject({ status: 'canceled', charges: [] });
  });

  test('and whose refusal was not told, because the cancellation got lost: told the next time', async () => {
    stripe.server.answerBank(intent.paymentIntentId, 'failed');
    stripe.server.faults.set({ operation: 'payment_intents.cancel', mode: 'fail-after' });

    const lost = await errorOf(gateway.readAuthorisation(intent));
    stripe.server.faults.clear();
    const told = await errorOf(gateway.readAuthorisation(intent));

    expect([lost.name, told.name]).toEqual(['PaymentGatewayTimeout', 'AuthenticationFailed']);
    expect(payment()).toMatchObject({ status: 'canceled' });
  });

  test('and answers after the purchase was given up: the bank hears nothing, and nothing is held', async () => {
    await gateway.cancelIntent({ ...intent, reason: 'abandoned' });

    expect(() => stripe.server.answerBank(intent.paymentIntentId, 'succeeded')).toThrow(NobodyIsAsked);
    expect((await errorOf(gateway.readAuthorisation(intent))).name).toBe('SaleNotPossible');
    expect(payment()).toMatchObject({ status: 'canceled', charges: [] });
  });

  test('and passes while the purchase is undone: the hold ends', async () => {
    stripe.server.answerBank(intent.paymentIntentId, 'succeeded');

    expect(await gateway.undoIntent(intent)).toBe('cancelled');
    expect(payment()).toMatchObject({ status: 'canceled', captured: 0, refunds: [] });
  });
});

test.each([
  ['pm_card_threeDSecureRequiredChargeDeclined', 'The card was declined.'],
  ['pm_card_authenticationRequiredChargeDeclinedInsufficientFunds', 'The card has insufficient funds.'],
])('%s: the buyer passes and the bank declines, and nothing can be held any more', async (card, why) => {
  await authorise(card);
  stripe.server.answerBank(intent.paymentIntentId, 'succeeded');

  const refused = await errorOf(gateway.readAuthorisation(intent));

  expect(refused).toMatchObject({ name: 'PaymentDeclined', message: expect.stringContaining(why) });
  expect(payment()).toMatchObject({ status: 'canceled', captured: 0 });
});

describe('a capture', () => {
  beforeEach(async () => {
    await authorise();
  });

  test.each(['timeout-before', 'timeout-after'] as const)(
    'that runs out of time (%s): the next attempt finds the money held or taken, and no bank is asked again',
    async (mode) => {
      stripe.server.faults.set({ operation: 'payment_intents.capture', mode, times: 1 });
      const late = await errorOf(gateway.captureIntent({ ...intent, deadline: Date.now() + 500 }));

      const found = await authorise('pm_card_visa', 2);
      await gateway.captureIntent(intent);

      expect([late.name, found]).toEqual(['PaymentGatewayTimeout', 'authorised']);
      expect(payment()).toMatchObject({ captured: AMOUNT, charges: [{}] });
      expect(payment().idempotencyKeys.filter((key) => key.includes('confirm'))).toHaveLength(1);
    },
  );

  test('that is overtaken by the compensation takes nothing', async () => {
    stripe.server.faults.set({ operation: 'payment_intents.capture', mode: 'slow', delayMs: 300 });

    const [capture, undone] = await Promise.all([
      errorOf(gateway.captureIntent(intent)),
      gateway.undoIntent(intent),
    ]);

    expect([capture.name, undone]).toEqual(['SaleNotPossible', 'cancelled']);
    expect(payment()).toMatchObject({ status: 'canceled', captured: 0 });
  });

  test('that overtakes the compensation is refunded by its next attempt', async () => {
    stripe.server.faults.set({ operation: 'payment_intents.cancel', mode: 'slow', delayMs: 300 });

    const [undone] = await Promise.all([errorOf(gateway.undoIntent(intent)), gateway.captureIntent(intent)]);

    expect(undone.name).toBe('PaymentGatewayTimeout');
    expect(await gateway.undoIntent(intent)).toBe('refunded');
    expect(payment()).toMatchObject({ captured: AMOUNT, refunded: AMOUNT });
  });

  test('twice at once: the money is taken once', async () => {
    await Promise.all([gateway.captureIntent(intent), gateway.captureIntent(intent)]);

    expect(payment()).toMatchObject({ captured: AMOUNT, charges: [{}] });
  });

  test('after the hold has ended takes nothing', async () => {
    stripe.clock.advance(AUTHORISATION_SECONDS + 1);

    expect((await errorOf(gateway.captureIntent(intent))).name).toBe('SaleNotPossible');
    expect(payment()).toMatchObject({ status: 'canceled', captured: 0 });
  });
});
