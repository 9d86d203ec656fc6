import type Stripe from 'stripe';
import { type Payment, type PaymentMethod } from './payment';
import { type PaymentStore } from './payment-store';
import { refusal } from './rules';
import { unsupportedLocally } from './stripe-error';
import { stripeId } from './stripe-id';
import { expiryYear, noBillingDetails, testCard, UNPLAYED_TEST_CARDS } from './test-cards';

/**
 * What a request names: a test name is a new payment method each time, an id is one that is there.
 *
 * @throws StripeError 400 `resource_missing` for others, and for one that was used. Of that Stripe's pages say only that it
 *   cannot be; its answer has been reported with neither `code` nor `param` (liberapay #2686, stripe-react-native #1170)
 */
export function namedPaymentMethod(payments: PaymentStore, name: string, created: number): PaymentMethod {
  if (UNPLAYED_TEST_CARDS.has(name)) throw unsupportedLocally(`test card ${name}`, 'payment_method');
  if (testCard(name)) return newPaymentMethod(name, created);
  const method = payments.findPaymentMethod(name);
  if (!method) throw refusal('no-such-reference', `No such PaymentMethod: '${name}'`, 'payment_method');
  if (method.used) throw refusal('payment-method-used', PAYMENT_METHOD_USED);
  return method;
}

export function newPaymentMethod(card: string, created: number): PaymentMethod {
  return { id: stripeId('pm'), card, created, used: false };
}

/** The one that an intent has been given already: confirming it again uses nothing twice. */
export function paymentMethodOf({ intent, paymentMethods }: Payment): PaymentMethod | undefined {
  const id = intent.payment_method;
  if (id === null) return undefined;
  const method = paymentMethods?.find((candidate) => candidate.id === id);
  return method ?? { id, card: id, created: intent.created, used: false };
}

const PAYMENT_METHOD_USED =
  'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a ' +
  'connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a ' +
  'PaymentMethod multiple times, you must attach it to a Customer first.';

/** The PaymentMethod object of an error. */
export function describePaymentMethod({ id, card, created }: PaymentMethod): Stripe.PaymentMethod {
  return {
    id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: noBillingDetails(),
    card: describeCard(card, created),
    created,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  };
}

/** @param created seconds since the epoch */
export function describeCard(card: string, created: number): Stripe.PaymentMethod.Card {
  const { brand, last4 } = testCard(card)!;
  return {
    brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    display_brand: brand,
    exp_month: 12,
    exp_year: expiryYear(created),
    funding: 'credit',
    generated_from: null,
    last4,
    networks: { available: [brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}
