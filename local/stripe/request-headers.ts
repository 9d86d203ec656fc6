import { API_VERSION, refusal } from './rules';
import { type StripeRequest } from './stripe-api';
import { unsupportedLocally } from './stripe-error';

const FORM = 'application/x-www-form-urlencoded';

/**
 * Without a version, Stripe takes the account's default one: here, the one that is played.
 *
 * @throws StripeError 400
 */
export function checkHeaders({ version = API_VERSION, contentType, onBehalfOf }: StripeRequest): void {
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
