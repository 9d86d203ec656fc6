import { errorOf, ORDER, pay, useStripeServer } from './stripe-fixture';

const fixture = useStripeServer();
const HOUR_SECONDS = 60 * 60;

const token = (card: string, more = {}) =>
  fixture.stripe.testHelpers.confirmationTokens.create({ payment_method: card, ...more });

describe('a payment method', () => {
  test('is made anew each time a test name is used', async () => {
    const [one, other] = [
      await pay(fixture.stripe, 'pm_card_visa'),
      await pay(fixture.stripe, 'pm_card_visa'),
    ];

    expect(one.payment_method).toMatch(/^pm_\w{24}$/);
    expect(other.payment_method).not.toBe(one.payment_method);
    expect(fixture.server.payments()).toMatchObject(Array(2).fill({ paymentMethod: 'pm_card_visa' }));
  });

  test.each(['pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_authenticationRequired'])(
    '%s is used once: no other intent takes it, and the answer names neither code nor param',
    async (card) => {
      const outcome = await pay(fixture.stripe, card).then(
        ({ payment_method: method }) => method as string,
        ({ payment_method: method }) => method.id as string,
      );
      const intent = await fixture.stripe.paymentIntents.create(ORDER);

      const again = await errorOf(
        fixture.stripe.paymentIntents.confirm(intent.id, { payment_method: outcome }),
      );

      expect(again).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' });
      expect([again.code, again.param]).toEqual([undefined, undefined]);
      expect(again.message).toContain('previously used');
      expect((await fixture.stripe.paymentIntents.retrieve(intent.id)).status).toBe(
        'requires_payment_method',
      );
    },
  );

  test('that was given to an intent pays it, once', async () => {
    const intent = await fixture.stripe.paymentIntents.create({ ...ORDER, payment_method: 'pm_card_visa' });

    const paid = await fixture.stripe.paymentIntents.confirm(intent.id);

    expect(paid).toMatchObject({ status: 'succeeded', payment_method: intent.payment_method });
  });

  test.each([
    'pm_card_authenticationRequired',
    'pm_card_authenticationRequiredOnSetup',
    'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    'pm_card_threeDSecure2Required',
    'pm_card_threeDSecureRequiredChargeDeclined',
  ])('%s needs the buyer', async (card) => {
    const intent = await pay(fixture.stripe, card);

    expect(intent).toMatchObject({ status: 'requires_action', latest_charge: null, amount_received: 0 });
    expect(intent.next_action?.type).toBe('use_stripe_sdk');
  });

  test('that needs the buyer sends it to the bank and back where there is a return_url', async () => {
    const open = { ...ORDER, confirm: true, payment_method: 'pm_card_threeDSecure2Required' };
    const back = { return_url: 'https://example.com/back' };

    const redirected = await fixture.stripe.paymentIntents.create({ ...open, ...back });
    const inPage = await fixture.stripe.paymentIntents.create({ ...open, ...back, use_stripe_sdk: true });

    expect(redirected.next_action).toMatchObject({ type: 'redirect_to_url', redirect_to_url: back });
    expect(inPage.next_action?.type).toBe('use_stripe_sdk');
  });

  test('of a test card that is not played is refused by name', async () => {
    const refused = await errorOf(pay(fixture.stripe, 'pm_card_createDispute'));

    expect(refused.message).toContain('pm_card_createDispute is not supported by the local run');
  });
});

describe('a confirmation token', () => {
  test('confirms one intent, and says afterwards which', async () => {
    const intent = await fixture.stripe.paymentIntents.create(ORDER);
    const made = await token('pm_card_visa', { return_url: 'https://example.com/' });

    const paid = await fixture.stripe.paymentIntents.confirm(intent.id, { confirmation_token: made.id });

    const after = await fixture.stripe.confirmationTokens.retrieve(made.id);
    expect(made).toMatchObject({
      object: 'confirmation_token',
      expires_at: made.created + 12 * HOUR_SECONDS,
      payment_intent: null,
      payment_method_preview: { type: 'card', card: { brand: 'visa', last4: '4242' } },
      return_url: 'https://example.com/',
      use_stripe_sdk: true,
    });
    expect(made.id).toMatch(/^ctoken_\w{24}$/);
    expect(paid.status).toBe('succeeded');
    expect(after.payment_intent).toBe(intent.id);
    expect(fixture.server.payments()).toMatchObject([{ captured: 5000, paymentMethod: 'pm_card_visa' }]);
  });

  test.each(['pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_threeDSecure2Required'])(
    'with %s is used up by the attempt, whatever becomes of it',
    async (card) => {
      const intents = [
        await fixture.stripe.paymentIntents.create(ORDER),
        await fixture.stripe.paymentIntents.create(ORDER),
      ];
      const confirm = { confirmation_token: (await token(card)).id };
      await fixture.stripe.paymentIntents.confirm(intents[0]!.id, confirm).catch(() => undefined);

      const refused = await errorOf(fixture.stripe.paymentIntents.confirm(intents[1]!.id, confirm));

      expect(refused).toMatchObject({ statusCode: 400, param: 'confirmation_token' });
      expect(refused.message).toContain('already been used');
    },
  );

  test('is not used up by a confirm that was refused', async () => {
    const made = await token('pm_card_visa');
    const { id } = await pay(fixture.stripe, 'pm_card_visa');
    const open = { amount: 5000, currency: 'eur', confirm: true, confirmation_token: made.id };
    await errorOf(fixture.stripe.paymentIntents.confirm(id, { confirmation_token: made.id }));
    await errorOf(fixture.stripe.paymentIntents.create(open));

    const paid = await fixture.stripe.paymentIntents.create({ ...ORDER, ...open });

    expect(paid.status).toBe('succeeded');
  });

  test('lasts twelve hours', async () => {
    const [late, tooLate] = [await token('pm_card_visa'), await token('pm_card_visa')];
    const intent = await fixture.stripe.paymentIntents.create(ORDER);
    fixture.clock.advance(12 * HOUR_SECONDS - 60);
    const create = { ...ORDER, confirm: true };
    const inTime = await fixture.stripe.paymentIntents.create({ ...create, confirmation_token: late.id });
    fixture.clock.advance(61);

    const refused = await errorOf(
      fixture.stripe.paymentIntents.confirm(intent.id, { confirmation_token: tooLate.id }),
    );

    expect(inTime.status).toBe('succeeded');
    expect(refused).toMatchObject({ statusCode: 400, param: 'confirmation_token' });
    expect(refused.headers).toMatchObject({ 'local-stripe-rule': 'confirmation-token-expired' });
  });

  test('leaves its card to be declined as any other', async () => {
    const { id } = await token('pm_card_visa_chargeDeclinedInsufficientFunds');

    const declined = await errorOf(
      fixture.stripe.paymentIntents.create({ ...ORDER, confirm: true, confirmation_token: id }),
    );

    expect(declined).toMatchObject({ statusCode: 402, decline_code: 'insufficient_funds' });
  });

  test('that brings a return_url opens an intent to redirects', async () => {
    const made = await token('pm_card_visa', { return_url: 'https://example.com/' });
    const open = { amount: 5000, currency: 'eur', confirm: true, confirmation_token: made.id };

    expect((await fixture.stripe.paymentIntents.create(open)).status).toBe('succeeded');
  });

  test('beside a payment method, or of an intent that is not confirmed at once, is refused by name', async () => {
    const { id } = await token('pm_card_visa');
    const both = { confirmation_token: id, payment_method: 'pm_card_visa' };

    const beside = await errorOf(fixture.stripe.paymentIntents.create({ ...ORDER, ...both, confirm: true }));
    const kept = await errorOf(fixture.stripe.paymentIntents.create({ ...ORDER, confirmation_token: id }));

    for (const refused of [beside, kept]) {
      expect(refused.message).toContain('not supported by the local run');
    }
  });
});

describe('money that a bank holds', () => {
  const hold = () =>
    fixture.stripe.paymentIntents.create({
      ...ORDER,
      ...{ capture_method: 'manual', payment_method: 'pm_card_visa', confirm: true },
      expand: ['latest_charge'],
    });

  test('is free again after seven days: the intent is cancelled and cannot be captured', async () => {
    const intent = await hold();
    const changes = jest.fn();
    fixture.server.onChange(changes);

    fixture.clock.advance(7 * 24 * HOUR_SECONDS + 1);

    const refused = await errorOf(fixture.stripe.paymentIntents.capture(intent.id));
    expect(intent.latest_charge).toMatchObject({
      payment_method_details: { card: { capture_before: intent.created + 7 * 24 * HOUR_SECONDS } },
    });
    expect(changes).toHaveBeenCalledTimes(1);
    expect(refused.code).toBe('payment_intent_unexpected_state');
    expect(refused.payment_intent).toMatchObject({ status: 'canceled', cancellation_reason: 'automatic' });
    expect(fixture.server.payments()).toMatchObject([{ captured: 0, refunded: 0 }]);
  });

  test('is taken until then', async () => {
    const { id } = await hold();
    fixture.clock.advance(7 * 24 * HOUR_SECONDS - 60);

    expect(await fixture.stripe.paymentIntents.capture(id)).toMatchObject({ amount_received: 5000 });
  });
});
