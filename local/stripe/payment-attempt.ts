import { chargeCard } from './charges';
import { expandObject, type ExpansionPath } from './expansion';
import { type Outcome } from './operation';
import { type Charge, type Payment, type PaymentIntent, type PaymentMethod } from './payment';
import { describePaymentMethod, paymentMethodOf } from './payment-methods';
import { docUrl, StripeError, type StripeErrorBody } from './stripe-error';
import { type Decline, testCard } from './test-cards';

/** One try to pay an intent. */
interface Attempt {
  readonly method: PaymentMethod;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly expand: readonly ExpansionPath[];
}

/** How a bank's question is to reach the buyer. */
interface Asking {
  readonly returnUrl?: string;
  readonly useStripeSdk?: boolean;
}

/** `requires_action` where the card's bank asks the buyer first; else what the bank says to the charge. */
export function attemptPayment(payment: Payment, attempt: Attempt & Asking): Outcome {
  const { method, expand } = attempt;
  if (!testCard(method.card)!.asks) return chargePayment(payment, attempt);
  const waiting = withIntent(payment, {
    last_payment_error: null,
    next_action: nextAction(payment.intent, attempt),
    payment_method: method.id,
    status: 'requires_action',
  });
  return { changed: waiting, answer: expandObject(waiting.intent, waiting, expand) };
}

/** What the buyer has made of the bank's question. */
export type BuyersAnswer = 'succeeded' | 'failed';

/**
 * A payment in `requires_action` after the buyer has answered. Passed: what the bank says to the charge. Not passed: the intent
 * is back in `requires_payment_method`, and no charge was tried ("Error codes", https://docs.stripe.com/error-codes, read in
 * November 2026; as others have received it: developer.broadleafcommerce.com, "Stripe Webhook Events").
 *
 * @param created seconds since the epoch
 */
export function answered(payment: Payment, answer: BuyersAnswer, created: number): Payment {
  const method = paymentMethodOf(payment)!;
  if (answer === 'succeeded') return chargePayment(payment, { method, created, expand: [] }).changed;
  const code = 'payment_intent_authentication_failure';
  return withIntent(payment, {
    last_payment_error: {
      code,
      doc_url: docUrl(code),
      message:
        'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod ' +
        'to attempt to fulfill this PaymentIntent again.',
      payment_method: describePaymentMethod(method),
      type: 'invalid_request_error',
    },
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  });
}

/**
 * Charges the card once: `succeeded`, or `requires_capture` when capture is manual, or back to `requires_payment_method` with
 * the reason in `last_payment_error`.
 */
function chargePayment(payment: Payment, attempt: Attempt): Outcome & { readonly changed: Payment } {
  const { method, created, expand } = attempt;
  const { decline } = testCard(method.card)!;
  const charge = chargeCard(payment.intent, method, created);
  if (decline) return declined(payment, attempt, decline, charge);
  const paid = withIntent(
    { ...payment, charges: [...payment.charges, charge] },
    {
      amount_capturable: charge.captured ? 0 : charge.amount,
      amount_received: charge.amount_captured,
      last_payment_error: null,
      latest_charge: charge.id,
      next_action: null,
      payment_method: method.id,
      status: charge.captured ? 'succeeded' : 'requires_capture',
    },
  );
  return { changed: paid, answer: expandObject(paid.intent, paid, expand) };
}

/** A page of the bank's that leads back to `return_url`, unless Stripe.js is to show it. */
function nextAction(
  { id }: PaymentIntent,
  { returnUrl, useStripeSdk }: Asking,
): PaymentIntent['next_action'] {
  if (useStripeSdk || returnUrl === undefined) {
    return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } };
  }
  const url = `https://hooks.stripe.com/3d_secure_2/hosted?payment_intent=${id}`;
  return { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
}

/** 402 `card_error`; the failed attempt stays on the payment. */
function declined(payment: Payment, { method }: Attempt, decline: Decline, charge: Charge) {
  const error = {
    charge: charge.id,
    code: decline.code,
    ...(decline.declineCode && { decline_code: decline.declineCode }),
    doc_url: docUrl(decline.code),
    message: decline.message,
    payment_method: describePaymentMethod(method),
    type: 'card_error',
  } satisfies StripeErrorBody;
  const changed = withIntent(
    { ...payment, charges: [...payment.charges, charge] },
    {
      last_payment_error: error,
      latest_charge: charge.id,
      next_action: null,
      payment_method: null,
      status: 'requires_payment_method',
    },
  );
  return { changed, answer: new StripeError(402, { ...error, payment_intent: changed.intent }) };
}

function withIntent(payment: Payment, change: Partial<PaymentIntent>): Payment {
  return { ...payment, intent: { ...payment.intent, ...change } };
}
