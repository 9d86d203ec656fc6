import { refusal } from './rules';
import { unsupportedLocally } from './stripe-error';

/**
 * Accepts any secret test key (`sk_test_…`), as a bearer token or as the user name of basic authentication.
 *
 * A live key is refused before anything else is read: whoever sends one has mistaken this server for Stripe.
 *
 * @throws StripeError 401
 */
export function authenticate(authorization: string | undefined): void {
  const key = apiKey(authorization);
  if (!key) throw refusal('no-api-key', NO_KEY);
  if (/^[a-z]+_live_/.test(key)) {
    throw refusal(
      'live-api-key',
      'A live API key was sent to the local Stripe server, which takes test keys (sk_test_…) only. No live key ' +
        'belongs in a local run.',
    );
  }
  if (key.startsWith('pk_test_')) throw refusal('publishable-api-key', PUBLISHABLE_KEY);
  if (key.startsWith('rk_test_')) throw unsupportedLocally('restricted API keys', undefined, 401);
  if (!/^sk_test_\w+$/.test(key))
    throw refusal('invalid-api-key', `Invalid API Key provided: ${masked(key)}`);
}

const PUBLISHABLE_KEY =
  'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your ' +
  'API keys at https://dashboard.stripe.com/account/apikeys.';

const NO_KEY =
  'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth ' +
  "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we " +
  'can help at https://support.stripe.com/.';

function apiKey(authorization = ''): string {
  const [, scheme = '', credentials = ''] = /^(\S+)\s+(.*)$/.exec(authorization.trim()) ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return '';
  return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0]!;
}

/** A key is never echoed whole: it would end up in a log. */
function masked(key: string): string {
  return '*'.repeat(Math.min(8, key.length)) + (key.length > 8 ? key.slice(-4) : '');
}
