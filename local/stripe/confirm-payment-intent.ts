import { chargeCard } from './charges';
import { expandObject, expandParameter } from './expansion';
import { type Operation, type Outcome } from './operation';
import { Parameters } from './parameters';
import { type Charge, type Payment, type PaymentIntent } from './payment';
import { findPayment, hasStatus, unexpectedState } from './payment-intent-state';
import { docUrl, invalidRequest, StripeError, type StripeErrorBody } from './stripe-error';
import {
  type Decline,
  describePaymentMethod,
  findPaymentMethod,
  type TestPaymentMethod,
} from './test-payment-methods';
import { UNSUPPORTED_PARAMETERS } from './unsupported-parameters';

interface Attempt {
  readonly method: TestPaymentMethod | undefined;
  readonly errorOnRequiresAction: boolean;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly expand: ReturnType<typeof expandParameter>;
}

/** POST /v1/payment_intents/{id}/confirm: one attempt to pay. */
export const confirmPaymentIntent: Operation = {
  name: 'payment_intents.confirm',
  method: 'POST',
  path: /^\/v1\/payment_intents\/(pi_\w+)\/confirm$/,
  prepare(form, id) {
    const parameters = new Parameters(form);
    const paymentMethod = parameters.string('payment_method');
    const errorOnRequiresAction = parameters.boolean('error_on_requires_action') ?? false;
    const expand = expandParameter(parameters, ['latest_charge']);
    parameters.refuseOthers(UNSUPPORTED_PARAMETERS['payment_intents.confirm']);

    return ({ payments, now }) => {
      const payment = findPayment(payments, id);
      refuseUnlessConfirmable(payment.intent);
      const methodId = paymentMethod ?? payment.intent.payment_method;
      const method = methodId === null ? undefined : findPaymentMethod(methodId);
      return confirmPayment(payment, {
        method,
        errorOnRequiresAction,
        created: Math.floor(now / 1000),
        expand,
      });
    };
  },
};

/**
 * Charges the card once: `succeeded`, or `requires_capture` when capture is manual, or `requires_action`, or back to
 * `requires_payment_method` with the reason in `last_payment_error`.
 */
export function confirmPayment(payment: Payment, attempt: Attempt): Outcome {
  const { intent } = payment;
  const { method, created } = attempt;
  if (intent.automatic_payment_methods?.allow_redirects === 'always') throw returnUrlMissing();
  if (!method) throw paymentMethodMissing(intent);

  if (method.behavior === 'requires_action') {
    if (attempt.errorOnRequiresAction) return declined(payment, attempt, method, AUTHENTICATION_NOT_HANDLED);
    const waiting = withIntent(payment, {
      last_payment_error: null,
      next_action: { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } },
      payment_method: method.id,
      status: 'requires_action',
    });
    return { changed: waiting, answer: expandObject(waiting.intent, waiting, attempt.expand) };
  }

  const charge = chargeCard(intent, method, created);
  if (method.decline) return declined(payment, attempt, method, method.decline, charge);
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
  return { changed: paid, answer: expandObject(paid.intent, paid, attempt.expand) };
}

/** Source: https://docs.stripe.com/api/payment_intents/create, `error_on_requires_action` */
const AUTHENTICATION_NOT_HANDLED: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_not_handled',
  message:
    'This payment required an authentication action to complete, but `error_on_requires_action` was set. When ' +
    "you're ready, you can upgrade your integration to handle actions at " +
    'https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions.',
};

/** 402 `card_error`; the failed attempt stays on the payment. No charge means that no bank was asked. */
function declined(
  payment: Payment,
  attempt: Attempt,
  method: TestPaymentMethod,
  decline: Decline,
  charge?: Charge,
): Outcome {
  const error = {
    ...(charge && { charge: charge.id }),
    code: decline.code,
    decline_code: decline.declineCode,
    doc_url: docUrl(decline.code),
    message: decline.message,
    payment_method: describePaymentMethod(method, attempt.created),
    type: 'card_error',
  } satisfies StripeErrorBody;
  const changed = withIntent(
    { ...payment, charges: charge ? [...payment.charges, charge] : payment.charges },
    {
      last_payment_error: error,
      latest_charge: charge?.id ?? payment.intent.latest_charge,
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

function refuseUnlessConfirmable(intent: PaymentIntent): void {
  const confirmable = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
  if (confirmable.includes(intent.status)) return;
  const why =
    intent.status === 'succeeded'
      ? 'it has already succeeded after being previously confirmed.'
      : hasStatus(intent, 'confirmed', confirmable);
  throw unexpectedState(intent, `You cannot confirm this PaymentIntent because ${why}`);
}

function paymentMethodMissing(intent: PaymentIntent): StripeError {
  return unexpectedState(
    intent,
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the " +
      'PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment ' +
      'method or ConfirmationToken.',
  );
}

function returnUrlMissing(): StripeError {
  return invalidRequest(
    'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these ' +
      'payment methods might redirect your customer off of your page, you must provide a `return_url`. If you ' +
      "don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` " +
      'and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.',
    'return_url',
  );
}
