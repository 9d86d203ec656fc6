import { usableToken, usedFor } from './confirmation-tokens';
import { expandParameter } from './expansion';
import { type ExecutionContext, type Operation, type Outcome } from './operation';
import { type Parameters, parametersOf } from './parameters';
import { type Payment, type PaymentIntent, type StoredToken, withPaymentMethod } from './payment';
import { attemptPayment } from './payment-attempt';
import { findPayment, hasStatus, unexpectedState } from './payment-intent-state';
import { namedPaymentMethod, newPaymentMethod, paymentMethodOf } from './payment-methods';
import { refusal } from './rules';
import { type StripeError, unsupportedLocally } from './stripe-error';

/** What pays, and how a bank's question is to reach the buyer. */
interface Confirmation {
  readonly paymentMethod: string | undefined;
  readonly confirmationToken: string | undefined;
  readonly returnUrl: string | undefined;
  readonly useStripeSdk: boolean | undefined;
  readonly expand: ReturnType<typeof expandParameter>;
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
