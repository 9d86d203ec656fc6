import Stripe from 'stripe';
import { LocalClock } from '../../../local/core/clock';
import { type StripeServer, startStripeServer } from '../../../local/stripe/stripe-server';

/** What a checkout sends: a card payment of 50.00 that is confirmed in a second step. */
export const ORDER = {
  amount: 5000,
  currency: 'eur',
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' as const },
};

/** The real SDK, without its own retries, so that each test sees each answer. */
export function stripeClient(
  server: StripeServer,
  key = 'sk_test_local',
  config: Stripe.StripeConfig = {},
): Stripe {
  const { hostname: host, port } = new URL(server.url);
  return new Stripe(key, { host, port, protocol: 'http', maxNetworkRetries: 0, ...config });
}

/** Starts a server for each test of the file and closes it after. */
export function useStripeServer(): { clock: LocalClock; server: StripeServer; stripe: Stripe } {
  const fixture = {} as { clock: LocalClock; server: StripeServer; stripe: Stripe };
  beforeEach(async () => {
    fixture.clock = new LocalClock();
    fixture.server = await startStripeServer({ clock: fixture.clock });
    fixture.stripe = stripeClient(fixture.server);
  });
  afterEach(() => fixture.server.close());
  return fixture;
}

/** Creates and pays an order with a test card. */
export function pay(stripe: Stripe, paymentMethod: string): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({ ...ORDER, payment_method: paymentMethod, confirm: true });
}

export async function errorOf(request: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const outcome = await request.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Stripe.errors.StripeError) return outcome;
  throw new Error('expected a Stripe error', { cause: outcome });
}
