import type Stripe from 'stripe';
import { type Known } from './rules';
import { docUrl, StripeError, type StripeErrorBody } from './stripe-error';

/** What an injected error says; what is left out is what Stripe says with that status. */
export interface InjectedError {
  readonly type?: StripeErrorBody['type'];
  readonly code?: string;
  readonly param?: string;
  readonly message?: string;
}

interface Documented {
  readonly types: readonly StripeErrorBody['type'][];
  readonly codes: readonly ErrorCode[];
  readonly message: string;
}

/** The codes of the API version that the SDK pins. */
type ErrorCode = Known<Stripe.PaymentIntent.LastPaymentError.Code>;

/**
 * The errors that a request can meet before anything is done, by HTTP status.
 *
 * Sources, read in November 2026: "Errors" (API reference, docs.stripe.com/api/errors) has the statuses and types, "Error
 * codes" (docs.stripe.com/error-codes) the codes, "Rate limits" (docs.stripe.com/rate-limits) the 429 of a locked object.
 * No page says which status an account's own codes come with; 400 and 403 are both taken.
 */
const DOCUMENTED: Readonly<Record<number, Documented>> = {
  400: {
    types: ['invalid_request_error', 'idempotency_error'],
    codes: [
      ...['account_invalid', 'testmode_charges_only', 'livemode_mismatch', 'action_blocked'],
      ...['amount_too_large', 'amount_too_small', 'balance_insufficient', 'country_unsupported'],
      ...['charge_already_captured', 'charge_already_refunded', 'charge_disputed', 'charge_not_refundable'],
      ...['charge_expired_for_capture', 'capture_charge_authorization_expired', 'refund_disputed_payment'],
      ...['parameter_invalid_empty', 'parameter_invalid_integer', 'parameter_missing', 'parameter_unknown'],
      ...['parameter_invalid_string_blank', 'parameter_invalid_string_empty', 'parameters_exclusive'],
      ...['payment_intent_incompatible_payment_method', 'payment_intent_invalid_parameter'],
      ...['payment_intent_unexpected_state', 'payment_intent_payment_attempt_failed'],
      ...['payment_method_configuration_failures', 'payment_method_currency_mismatch'],
      ...['payment_method_invalid_parameter', 'payment_method_not_available', 'payment_method_restricted'],
      ...['payment_method_unactivated', 'payment_method_unexpected_state', 'payment_method_unsupported_type'],
      ...['request_blocked', 'resource_missing', 'token_already_used', 'token_in_use', 'url_invalid'],
    ] as const,
    message: 'The request was unacceptable.',
  },
  401: {
    types: ['invalid_request_error'],
    codes: ['api_key_expired', 'platform_api_key_expired', 'secret_key_required', 'livemode_mismatch'],
    message: 'Invalid API Key provided: sk_test_********cdef',
  },
  403: {
    types: ['invalid_request_error'],
    codes: ['account_invalid', 'testmode_charges_only', 'action_blocked', 'request_blocked'],
    message: 'The provided key does not have the required permissions for this endpoint.',
  },
  404: {
    types: ['invalid_request_error'],
    codes: ['resource_missing'],
    message: 'The requested resource does not exist.',
  },
  409: {
    types: ['invalid_request_error'],
    codes: ['idempotency_key_in_use'],
    message: 'There is currently another in-progress request using this Idempotent Key.',
  },
  429: {
    types: ['invalid_request_error'],
    codes: ['rate_limit', 'lock_timeout'],
    message: 'Request rate limit exceeded.',
  },
};

/** A 5xx has no code and may come at any time; what was executed by then nobody knows. */
const SERVER_ERROR: Documented = { types: ['api_error'], codes: [], message: 'An unknown error occurred' };

/**
 * The error as it goes over the wire.
 *
 * @throws RangeError for what Stripe does not document together: a test that met it would prove nothing
 */
export function injectedError(status: number, error: InjectedError = {}): StripeError {
  const documented = isServerError(status) ? SERVER_ERROR : DOCUMENTED[status];
  if (!documented) {
    throw new RangeError(
      `no error can be injected with status ${status}: ${Object.keys(DOCUMENTED).join(', ')} and 5xx can`,
    );
  }
  const {
    type = documented.types[0]!,
    code = defaultCode(status),
    param,
    message = documented.message,
  } = error;
  if (!documented.types.includes(type)) throw new RangeError(`Stripe answers ${status} with no ${type}`);
  if (
    code !== undefined &&
    (type === 'idempotency_error' || !(documented.codes as string[]).includes(code))
  ) {
    throw new RangeError(`Stripe answers ${status} ${type} with no code ${code}`);
  }
  return new StripeError(status, {
    ...(code && { code, doc_url: docUrl(code) }),
    message,
    ...(param && { param }),
    type,
  });
}

export function isServerError(status: number): boolean {
  return Number.isInteger(status) && status >= 500 && status <= 599;
}

/** Where a status has one usual reason. */
function defaultCode(status: number): string | undefined {
  if (status === 429) return 'rate_limit';
  return status === 409 ? 'idempotency_key_in_use' : undefined;
}
