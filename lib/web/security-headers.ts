import { PAGE_STYLE } from '../../lambda/unsubscription/unsubscription-page';

export interface SecurityHeadersOptions {
  /** The page takes cards with Stripe's Payment Element, whose script and frames must come from Stripe itself. */
  readonly stripe: boolean;
  /** The page shows others of its own host in frames: the console shows e-mails. @default false */
  readonly framesOwnHost?: boolean;
}

/** Where Stripe's script and its frames come from. */
const STRIPE_JS = ['https://js.stripe.com', 'https://*.js.stripe.com'];

/** The headers every page of EventPro is sent with, deployed or on a laptop. HSTS is CloudFront's own: a laptop has no TLS. */
export function securityHeaders(options: SecurityHeadersOptions): Readonly<Record<string, string>> {
  // Stripe's frame opens wallets, and may do so only if the page allows it.
  const payers = ['self', ...(options.stripe ? STRIPE_JS.map((host) => `"${host}"`) : [])];
  return {
    'content-security-policy': contentSecurityPolicy(options),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'strict-origin-when-cross-origin',
    // A wallet may open a window, which needs a reference back to the page.
    'cross-origin-opener-policy': options.stripe ? 'same-origin-allow-popups' : 'same-origin',
    'permissions-policy': `camera=(), geolocation=(), microphone=(), payment=(${payers.join(' ')})`,
  };
}

/**
 * Nothing but our own files: no inline script, no inline style but that of the page on which buyers unsubscribe, no `eval`, no frame
 * around the page. Stripe's hosts as its documentation lists them: https://docs.stripe.com/security/guide#content-security-policy
 */
function contentSecurityPolicy({ stripe, framesOwnHost = false }: SecurityHeadersOptions): string {
  const elements = stripe ? STRIPE_JS : [];
  const frames = [
    ...(framesOwnHost ? ["'self'"] : []),
    ...(stripe ? [...elements, 'https://hooks.stripe.com'] : []),
  ];
  const directives: Readonly<Record<string, readonly string[]>> = {
    'default-src': ["'self'"],
    'style-src': ["'self'", PAGE_STYLE],
    'script-src': ["'self'", ...elements],
    'connect-src': ["'self'", ...(stripe ? ['https://api.stripe.com'] : [])],
    'frame-src': frames.length > 0 ? frames : ["'none'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join('; ');
}
