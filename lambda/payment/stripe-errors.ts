import Stripe from 'stripe';
import { OwnError } from '../shared/own-error';
import { PaymentGatewayTimeout } from '../shared/saga-errors';
import { PaymentNotPossible, PaymentRefusal } from './payment-refusal';

/*
 * Where Stripe's errors are sorted, and nowhere else. The pages are Stripe's, read in November 2026: "Errors" (API
 * reference), "Error codes", "Advanced error handling", "Rate limits", "Idempotent requests".
 */

/** The codes of the API version that the SDK pins. */
type Code = Known<Stripe.PaymentIntent.LastPaymentError.Code>;
/** The SDK's enumerations are open: this leaves out the `string` that they end with. */
type Known<Value extends string> = Value extends unknown ? (string extends Value ? never : Value) : never;

const codes = (...known: Code[]): ReadonlySet<string | undefined> => new Set(known);

/** The intent is in another state than the request is for, also in `succeeded`: it must be asked itself. */
const MOVED_CODES = codes(
  ...([
    'payment_intent_unexpected_state',
    'payment_intent_payment_attempt_failed',
    'intent_invalid_state',
  ] as const),
  // Of a capture: it was made already, or what the bank held is free.
  ...(['charge_already_captured', 'charge_expired_for_capture'] as const),
  'capture_charge_authorization_expired',
);

/** Something else works on the intent, the token or the key at this moment. */
const BUSY_CODES = codes(
  ...(['lock_timeout', 'idempotency_key_in_use', 'token_in_use'] as const),
  ...(['rate_limit', 'payment_intent_rate_limit_exceeded'] as const),
);

/** Conflict, failed dependency, too many requests ("Errors"): the request came at a bad moment, nothing is wrong with it. */
const BUSY_STATUSES = new Set([409, 424, 429]);

/** The buyer did not pass the bank's authentication, closed it, or let it expire. */
const UNAUTHENTICATED = [
  ...(['authentication_failure', 'payment_intent_authentication_failure'] as const),
  'payment_intent_payment_attempt_expired',
] as const;
const UNAUTHENTICATED_CODES = codes(...UNAUTHENTICATED);

/** Refuse the payment method itself, whether or not they come with a `param` ("Error codes"). */
const METHOD_CODES = codes(
  ...([
    'token_already_used',
    'expired_payment_method',
    'payment_intent_incompatible_payment_method',
  ] as const),
  ...(['payment_method_unexpected_state', 'payment_method_restricted'] as const),
  ...(['payment_method_not_available', 'payment_method_unsupported_type'] as const),
  ...(['payment_method_currency_mismatch', 'payment_method_billing_details_address_missing'] as const),
  ...(['payment_method_customer_decline', 'payment_method_provider_decline'] as const),
  ...(['payment_method_provider_timeout', 'payment_method_bank_account_blocked'] as const),
  ...UNAUTHENTICATED,
);

/** `payment_method`, `payment_method_data[billing_details][email]`; but not `payment_method_types`, which is ours. */
const METHOD_PARAM = /^(payment_method|payment_method_data|confirmation_token)(?![a-z_])/;

/**
 * The last resort for an error with neither code nor param: so Stripe refuses a payment method that was used before
 * ("The provided PaymentMethod was previously used … It may not be used again", reported by others, in no page).
 */
const METHOD_WORDS = /\b(PaymentMethod|ConfirmationToken)\b/;

const NOTHING_HAPPENED = 'Nothing was charged and the seats are free again.';

/**
 * A refusal of Stripe's by its type, such as `StripeAuthenticationError`, with its code as message: definite, this request
 * has moved nothing. The SDK calls all its errors `Error`, and they carry Stripe's words and the buyer's billing details.
 */
export class StripeRefusal extends OwnError {
  override readonly name: string;
  override readonly facts: Readonly<Record<string, string>>;
  /** Whose doing it is: the card's bank's, the client's who sent the payment method, or ours. */
  readonly about: 'card' | 'method' | 'us';
  readonly code: string | undefined;
  /** The bank's reason, where there is one. */
  readonly reason: string | undefined;

  constructor(error: Stripe.errors.StripeError) {
    super(error.code ?? error.type);
    this.name = error.type;
    this.about = whoseDoing(error);
    this.code = error.code;
    // The SDK makes an empty text of a decline code that is not there.
    this.reason = error.decline_code || error.code;
    this.facts = factsOf(error);
  }
}

/** `PaymentGatewayTimeout` for an error that leaves the outcome open, `StripeRefusal` for a definite one; others as they are. */
export function sorted(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  if (isOpen(error)) return new PaymentGatewayTimeout(`Stripe: ${error.type} ${error.code ?? ''}`.trim());
  return new StripeRefusal(error);
}

/** The failure that was kept under the request's idempotency key, sent again ("Idempotent requests"): the header says so. */
export function isReplayed(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.headers?.['idempotent-replayed'] === 'true';
}

/**
 * A refund is refused because our balance does not cover it. "Refund and cancel payments" has such a refund wait; beyond a limit of
 * the account's it is refused, which is in no page (met by others: github.com/Automattic/woocommerce-payments/issues/10025).
 */
export function isBalanceEmpty(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return false;
  const { message_code: messageCode } = error.raw as { readonly message_code?: string };
  return messageCode === 'insufficient_balance_for_refund' || error.code === 'balance_insufficient';
}

/** What became of the payment the intent itself can say, at once. */
export function hasMoved(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && MOVED_CODES.has(error.code);
}

/** What a refused confirm or capture means for the buyer. What the client sent is not our doing, and rings no alarm. */
export function refusedPayment(error: unknown): unknown {
  if (!(error instanceof StripeRefusal)) return error;
  const { about, code, reason } = error;
  switch (about) {
    case 'card':
      return declined(reason);
    case 'method':
      if (UNAUTHENTICATED_CODES.has(code)) return declined(code);
      return new PaymentRefusal(
        'PaymentDeclined',
        code === 'resource_missing'
          ? 'The payment method is not known.'
          : `The payment method cannot be used, or not again. ${NOTHING_HAPPENED}`,
      );
    case 'us':
      return notPossible(error);
  }
}

/** Our request or our account is wrong: nobody can pay, and trying again does not help. */
export function notPossible({ facts }: Pick<StripeRefusal, 'facts'>): PaymentRefusal {
  return new PaymentNotPossible(facts);
}

/** @param reason of the bank, or Stripe's code where it gave none */
export function declined(reason: string | undefined): PaymentRefusal {
  if (reason === 'authentication_required') return new PaymentRefusal('PaymentActionRequired');
  if (UNAUTHENTICATED_CODES.has(reason)) return new PaymentRefusal('AuthenticationFailed');
  return new PaymentRefusal('PaymentDeclined', declinedDetail(reason));
}

function isOpen({ statusCode, rawType, code }: Stripe.errors.StripeError): boolean {
  // No status: no answer. "Advanced error handling" calls the result of a 500 indeterminate.
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return true;
  const isBusy = BUSY_STATUSES.has(statusCode) || BUSY_CODES.has(code);
  return isBusy || rawType === 'api_error' || MOVED_CODES.has(code);
}

function whoseDoing(error: Stripe.errors.StripeError): StripeRefusal['about'] {
  const { rawType, code, param, message } = error;
  // The SDK makes one of every 402, "the parameters were valid but the request failed" ("Errors").
  if (error instanceof Stripe.errors.StripeCardError || rawType === 'card_error') return 'card';
  // A key that is wrong or may not, whatever it was used for.
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return 'us';
  if (METHOD_CODES.has(code)) return 'method';
  if (param) return METHOD_PARAM.test(param) ? 'method' : 'us';
  return !code && METHOD_WORDS.test(message) ? 'method' : 'us';
}

/** Codes and names alone. `requestId` finds the request in Stripe's dashboard. */
function factsOf({ type, code, param, requestId }: Stripe.errors.StripeError) {
  const facts = { stripeError: type, stripeCode: code, stripeParam: param, stripeRequest: requestId };
  return Object.fromEntries(Object.entries(facts).filter((entry): entry is [string, string] => !!entry[1]));
}

/** Words for the buyer. Fraud-like reasons are not told apart from a plain decline, as Stripe asks ("Declines"). */
function declinedDetail(reason: string | undefined): string {
  switch (reason) {
    case 'insufficient_funds':
      return `The card has insufficient funds. ${NOTHING_HAPPENED}`;
    case 'expired_card':
      return `The card has expired. ${NOTHING_HAPPENED}`;
    case 'incorrect_cvc':
      return `The card's security code is wrong. ${NOTHING_HAPPENED}`;
    default:
      return `The card was declined. ${NOTHING_HAPPENED}`;
  }
}
