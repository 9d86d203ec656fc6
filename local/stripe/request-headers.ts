import { API_VERSION, refusal } from './rules';
import { unsupportedLocally } from './stripe-error';

const FORM = 'application/x-www-form-urlencoded';

/** The headers that decide whether a request is read at all. */
export interface CheckedHeaders {
  /** `Stripe-Version`. */
  readonly version?: string;
  /** Of the body, where there is one. */
  readonly contentType?: string;
  /** `Stripe-Account` and `Stripe-Context`, which act for another account. */
  readonly onBehalfOf?: string;
}

/**
 * Without a version, Stripe takes the account's default one: here, the one that is played.
 *
 * @throws StripeError 400
 */
export function checkHeaders({ version = API_VERSION, contentType, onBehalfOf }: CheckedHeaders): void {
  if (version !== API_VERSION) {
    // `2024-06-20`, `2026-07-29.dahlia`
    if (/^\d{4}-\d\d-\d\d(\.[a-z]+)?$/.test(version)) throw unsupportedLocally(`API version ${version}`);
    throw refusal('unknown-version', `Invalid Stripe API version: ${version}`);
  }
  if (onBehalfOf !== undefined) throw unsupportedLocally('requests for another account');
  if (contentType !== undefined && contentType.split(';')[0]!.trim().toLowerCase() !== FORM) {
    throw refusal(
      'form-encoding',
      `Invalid request (check that your POST content type is ${FORM}). If you have any questions, we can help at ` +
        'https://support.stripe.com/.',
    );
  }
}
