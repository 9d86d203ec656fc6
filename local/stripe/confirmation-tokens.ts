import type Stripe from 'stripe';
import { type Operation } from './operation';
import { parametersOf } from './parameters';
import { type StoredToken } from './payment';
import { describeCard, namedPaymentMethod } from './payment-methods';
import { type PaymentStore } from './payment-store';
import { refusal } from './rules';
import { unsupportedLocally } from './stripe-error';
import { stripeId } from './stripe-id';
import { noBillingDetails } from './test-cards';

/** As in the example of "The Confirmation Token object": twelve hours. */
const LIFETIME_SECONDS = 12 * 60 * 60;

/** POST /v1/test_helpers/confirmation_tokens: what Stripe.js makes in a page, made from a server for a test. */
export const createConfirmationToken: Operation = {
  name: 'test_helpers.confirmation_tokens.create',
  method: 'POST',
  path: /^\/v1\/test_helpers\/confirmation_tokens$/,
  prepare(form) {
    const parameters = parametersOf('test_helpers.confirmation_tokens.create', form);
    const paymentMethod = parameters.string('payment_method');
    const returnUrl = parameters.url('return_url') ?? null;
    if (paymentMethod === undefined) throw unsupportedLocally('confirmation token without payment_method');

    return ({ payments, now }) => {
      const created = Math.floor(now / 1000);
      const { card } = namedPaymentMethod(payments, paymentMethod, created);
      const token = newToken(card, created, returnUrl);
      return { confirmationToken: { token, card }, answer: token };
    };
  },
};

export const retrieveConfirmationToken: Operation = {
  name: 'confirmation_tokens.retrieve',
  method: 'GET',
  path: /^\/v1\/confirmation_tokens\/([^/]+)$/,
  prepare(form, id) {
    parametersOf('confirmation_tokens.retrieve', form);

    return ({ payments }) => {
      const stored = payments.findConfirmationToken(id);
      if (!stored)
        throw refusal('no-such-object', `No such confirmation_token: '${id}'`, 'confirmation_token');
      return { answer: stored.token };
    };
  },
};

/**
 * A token that can still confirm an intent. How Stripe words its refusals, and with what code, no page says.
 *
 * @param now milliseconds since the epoch
 * @throws StripeError 400 for one that there is not, was used or has expired
 */
export function usableToken(payments: PaymentStore, id: string, now: number): StoredToken {
  const param = 'confirmation_token';
  const stored = payments.findConfirmationToken(id);
  if (!stored) throw refusal('no-such-reference', `No such confirmation_token: '${id}'`, param);
  const { payment_intent: intent, expires_at: expiresAt } = stored.token;
  if (intent !== null) {
    throw refusal('confirmation-token-used', `The ConfirmationToken ${id} has already been used.`, param);
  }
  if (now >= (expiresAt ?? Infinity) * 1000) {
    throw refusal('confirmation-token-expired', `The ConfirmationToken ${id} has expired.`, param);
  }
  return stored;
}

export function usedFor(intentId: string, { token, card }: StoredToken): StoredToken {
  return { token: { ...token, payment_intent: intentId }, card };
}

function newToken(card: string, created: number, returnUrl: string | null): Stripe.ConfirmationToken {
  return {
    id: stripeId('ctoken'),
    object: 'confirmation_token',
    created,
    expires_at: created + LIFETIME_SECONDS,
    livemode: false,
    mandate_data: null,
    metadata: null,
    payment_intent: null,
    payment_method_options: null,
    payment_method_preview: {
      billing_details: noBillingDetails(),
      card: describeCard(card, created),
      customer: null,
      customer_account: null,
      type: 'card',
    },
    return_url: returnUrl,
    setup_future_usage: null,
    setup_intent: null,
    shipping: null,
    use_stripe_sdk: true,
  };
}
