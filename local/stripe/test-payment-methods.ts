import type Stripe from 'stripe';
import { refusal } from './rules';

/** What a card does when it is charged, and what happens to a refund of it later. */
export interface TestPaymentMethod {
  readonly id: string;
  readonly brand: 'visa' | 'mastercard' | 'amex' | 'discover';
  readonly last4: string;
  readonly behavior: 'pays' | 'declines' | 'requires_action';
  readonly decline?: Decline;
  readonly refund: 'succeeds' | 'pending_then_succeeds' | 'succeeds_then_fails';
}

export interface Decline {
  readonly code: string;
  /** The issuer's reason. */
  readonly declineCode: string;
  readonly message: string;
}

const DECLINED = 'Your card was declined.';
const GENERIC: Decline = { code: 'card_declined', declineCode: 'generic_decline', message: DECLINED };
const INSUFFICIENT: Decline = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
};
const EXPIRED: Decline = {
  code: 'expired_card',
  declineCode: 'expired_card',
  message: 'Your card has expired.',
};
const INCORRECT_CVC: Decline = {
  code: 'incorrect_cvc',
  declineCode: 'incorrect_cvc',
  message: "Your card's security code is incorrect.",
};
const PROCESSING_ERROR: Decline = {
  code: 'processing_error',
  declineCode: 'processing_error',
  message: 'An error occurred while processing your card. Try again in a little bit.',
};
const LOST: Decline = { code: 'card_declined', declineCode: 'lost_card', message: DECLINED };
const STOLEN: Decline = { code: 'card_declined', declineCode: 'stolen_card', message: DECLINED };

/** Stripe's own test names and what each does. Source: https://docs.stripe.com/testing */
const TEST_PAYMENT_METHODS = new Map(
  [
    pays('pm_card_visa', 'visa', '4242'),
    pays('pm_card_mastercard', 'mastercard', '4444'),
    pays('pm_card_amex', 'amex', '8431'),
    pays('pm_card_discover', 'discover', '1117'),
    declines('pm_card_chargeDeclined', '0002', GENERIC),
    declines('pm_card_visa_chargeDeclined', '0002', GENERIC),
    declines('pm_card_chargeDeclinedInsufficientFunds', '9995', INSUFFICIENT),
    declines('pm_card_visa_chargeDeclinedInsufficientFunds', '9995', INSUFFICIENT),
    declines('pm_card_visa_chargeDeclinedLostCard', '9987', LOST),
    declines('pm_card_visa_chargeDeclinedStolenCard', '9979', STOLEN),
    declines('pm_card_chargeDeclinedExpiredCard', '0069', EXPIRED),
    declines('pm_card_chargeDeclinedIncorrectCvc', '0127', INCORRECT_CVC),
    declines('pm_card_chargeDeclinedProcessingError', '0119', PROCESSING_ERROR),
    { ...pays('pm_card_authenticationRequired', 'visa', '3184'), behavior: 'requires_action' as const },
    { ...pays('pm_card_pendingRefund', 'visa', '7726'), refund: 'pending_then_succeeds' as const },
    { ...pays('pm_card_refundFail', 'visa', '5126'), refund: 'succeeds_then_fails' as const },
  ].map((method: TestPaymentMethod) => [method.id, method]),
);

/** @throws StripeError 400 `resource_missing`: there are no payment methods but the test ones */
export function findPaymentMethod(id: string): TestPaymentMethod {
  const method = TEST_PAYMENT_METHODS.get(id);
  if (!method) throw refusal('no-such-reference', `No such PaymentMethod: '${id}'`, 'payment_method');
  return method;
}

/**
 * The PaymentMethod object of an error.
 *
 * Stripe turns a test name into a new `pm_…` id at each use; here the name stays the id, so that a person can read
 * from a payment which card was played.
 */
export function describePaymentMethod(method: TestPaymentMethod, created: number): Stripe.PaymentMethod {
  return {
    id: method.id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: noBillingDetails(),
    card: {
      brand: method.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: method.brand,
      exp_month: 12,
      exp_year: expiryYear(created),
      funding: 'credit',
      generated_from: null,
      last4: method.last4,
      networks: { available: [method.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  };
}

export function noBillingDetails() {
  return { address: null, email: null, name: null, phone: null, tax_id: null };
}

/** Test cards expire in the next year, seen from the payment. */
export function expiryYear(created: number): number {
  return new Date(created * 1000).getUTCFullYear() + 1;
}

function pays(id: string, brand: TestPaymentMethod['brand'], last4: string): TestPaymentMethod {
  return { id, brand, last4, behavior: 'pays', refund: 'succeeds' };
}

function declines(id: string, last4: string, decline: Decline): TestPaymentMethod {
  return { id, brand: 'visa', last4, behavior: 'declines', decline, refund: 'succeeds' };
}
