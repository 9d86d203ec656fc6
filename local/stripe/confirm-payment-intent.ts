import { chargeCard } from './charges';
import { usableToken, usedFor } from './confirmation-tokens';
import { expandObject, expandParameter } from './expansion';
import { type ExecutionContext, type Operation, type Outcome } from './operation';
import { type Parameters, parametersOf } from './parameters';
import {
  type Charge,
  type Payment,
  type PaymentIntent,
  type PaymentMethod,
  type StoredToken,
  withPaymentMethod,
} from './payment';
import { findPayment, hasStatus, unexpectedState } from './payment-intent-state';
import {
  describePaymentMethod,
  namedPaymentMethod,
  newPaymentMethod,
  paymentMethodOf,
} from './payment-methods';
import { refusal } from './rules';
import { docUrl, StripeError, type StripeErrorBody, unsupportedLocally } from './stripe-error';
import { type Decline, testCard } from './test-cards';

/** What pays, and how a bank's question is to reach the buyer. */
interface Confirmation {
  readonly paymentMethod: string | undefined;
  readonly confirmationToken: string | undefined;
  readonly returnUrl: string | undefined;
  readonly useStripeSdk: boolean | undefined;
  readonly expand: ReturnType<typeof expandParameter>;
}

interface Attempt extends Confirmation {
  readonly method: PaymentMethod;
  /** Seconds since the epoch. */
  readonly created: number;
}

/** POST /v1/payment_intents/{id}/confirm: one attempt to pay. */
export const confirmPaymentIntent: Operation = {
  name: 'payment_intents.confirm',
  method: 'POST',
  path: /^\/v1\/payment_intents\/([^/]+)\/confirm$/,
  prepare(form, id) {
    const parameters = parametersOf('payment_intents.confirm', form);
    const confirmation = confirmationParameters(parameters);

    return (context) => {
      const payment = findPayment(context.payments, id);
      refuseUnlessConfirmable(payment.intent);
      return confirmPayment(payment, confirmation, context);
    };
  },
};

type ConfirmationParameter =
  | 'confirmation_token'
  | 'error_on_requires_action'
  | 'expand'
  | 'payment_method'
  | 'return_url'
  | 'use_stripe_sdk';

/**
 * @throws StripeError 400 for `error_on_requires_action`: it goes with `payment_method_types` alone, which this API version
 *   no longer takes
 */
export function confirmationParameters(parameters: Parameters<ConfirmationParameter>): Confirmation {
  if (parameters.boolean('error_on_requires_action')) {
    throw refusal(
      'error-on-requires-action',
      'You cannot use `error_on_requires_action` with automatic payment methods. Handle a PaymentIntent with a status ' +
        'of `requires_action` instead.',
      'error_on_requires_action',
    );
  }
  if (parameters.has('confirmation_token') && parameters.has('payment_method')) {
    throw unsupportedLocally('payment_method beside a confirmation_token', 'payment_method');
  }
  return {
    paymentMethod: parameters.string('payment_method'),
    confirmationToken: parameters.string('confirmation_token'),
    returnUrl: parameters.url('return_url'),
    useStripeSdk: parameters.boolean('use_stripe_sdk'),
    expand: expandParameter(parameters, 'payment_intent'),
  };
}

/** A token is used up by the attempt, whatever becomes of it. What the request says goes before what the token does. */
export function confirmPayment(
  payment: Payment,
  confirmation: Confirmation,
  { payments, now }: Pick<ExecutionContext, 'payments' | 'now'>,
): Outcome {
  const { intent } = payment;
  const { paymentMethod, confirmationToken } = confirmation;
  const created = Math.floor(now / 1000);
  const stored = confirmationToken === undefined ? undefined : usableToken(payments, confirmationToken, now);
  const method = stored
    ? newPaymentMethod(stored.card, created)
    : paymentMethod === undefined
      ? paymentMethodOf(payment)
      : namedPaymentMethod(payments, paymentMethod, created);
  const { returnUrl, useStripeSdk } = withToken(confirmation, stored);
  if (intent.automatic_payment_methods?.allow_redirects === 'always' && !returnUrl) throw returnUrlMissing();
  if (!method) throw paymentMethodMissing(intent);

  const used = { ...method, used: true };
  const attempt = { ...confirmation, returnUrl, useStripeSdk, method: used, created };
  const outcome = attemptPayment(withPaymentMethod(payment, used), attempt);
  return { ...outcome, ...(stored && { confirmationToken: usedFor(intent.id, stored) }) };
}

function withToken({ returnUrl, useStripeSdk }: Confirmation, stored: StoredToken | undefined) {
  return {
    returnUrl: returnUrl ?? stored?.token.return_url ?? undefined,
    useStripeSdk: useStripeSdk ?? stored?.token.use_stripe_sdk,
  };
}

/**
 * Charges the card once: `succeeded`, or `requires_capture` when capture is manual, or `requires_action`, or back to
 * `requires_payment_method` with the reason in `last_payment_error`.
 */
function attemptPayment(payment: Payment, attempt: Attempt): Outcome {
  const { intent } = payment;
  const { method, created } = attempt;
  const { behavior, decline } = testCard(method.card)!;

  if (behavior === 'requires_action') {
    const waiting = withIntent(payment, {
      last_payment_error: null,
      next_action: nextAction(intent, attempt),
      payment_method: method.id,
      status: 'requires_action',
    });
    return { changed: waiting, answer: expandObject(waiting.intent, waiting, attempt.expand) };
  }

  const charge = chargeCard(intent, method, created);
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
  return { changed: paid, answer: expandObject(paid.intent, paid, attempt.expand) };
}

/** A page of the bank's that leads back to `return_url`, unless Stripe.js is to show it. */
function nextAction(
  { id }: PaymentIntent,
  { returnUrl, useStripeSdk }: Confirmation,
): PaymentIntent['next_action'] {
  if (useStripeSdk || returnUrl === undefined) {
    return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } };
  }
  const url = `https://hooks.stripe.com/3d_secure_2/hosted?payment_intent=${id}`;
  return { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
}

/** 402 `card_error`; the failed attempt stays on the payment. */
function declined(payment: Payment, attempt: Attempt, decline: Decline, charge: Charge): Outcome {
  const error = {
    charge: charge.id,
    code: decline.code,
    ...(decline.declineCode && { decline_code: decline.declineCode }),
    doc_url: docUrl(decline.code),
    message: decline.message,
    payment_method: describePaymentMethod(attempt.method),
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

function refuseUnlessConfirmable(intent: PaymentIntent): void {
  const confirmable = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
  if (confirmable.includes(intent.status)) return;
  const why =
    intent.status === 'succeeded'
      ? 'it has already succeeded after being previously confirmed.'
      : hasStatus(intent, 'confirmed', confirmable);
  throw unexpectedState('not-confirmable', intent, `You cannot confirm this PaymentIntent because ${why}`);
}

function paymentMethodMissing(intent: PaymentIntent): StripeError {
  return unexpectedState(
    'payment-method-missing',
    intent,
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the " +
      'PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment ' +
      'method or ConfirmationToken.',
  );
}

function returnUrlMissing(): StripeError {
  return refusal(
    'return-url-missing',
    'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these ' +
      'payment methods might redirect your customer off of your page, you must provide a `return_url`. If you ' +
      "don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` " +
      'and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.',
    'return_url',
  );
}
