import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { type PaymentGateway } from './payment-gateway';
import { StripeGateway } from './stripe-gateway';

/** Seconds a container keeps the key: a rotated key is in use everywhere within this time. */
const KEY_MAX_AGE = 300;

let connected: { key: string; gateway: PaymentGateway } | undefined;

/**
 * The payment gateway with the current secret key.
 *
 * @throws Error that names the secret when it is missing or empty
 */
export async function connectGateway(): Promise<PaymentGateway> {
  const secretId = requireEnvironment(ENVIRONMENT.stripeSecret);
  const key = await getSecret(secretId, { maxAge: KEY_MAX_AGE }).catch((cause: unknown) => {
    throw new Error(`Stripe's secret key cannot be read from the secret ${secretId}`, { cause });
  });
  if (typeof key !== 'string' || !/^(sk|rk)_/.test(key)) {
    throw new Error(`The secret ${secretId} holds no Stripe secret key: put one that begins with sk_ or rk_`);
  }
  if (connected?.key !== key) {
    connected = { key, gateway: new StripeGateway(key, process.env[ENVIRONMENT.stripeApiBase]) };
  }
  return connected.gateway;
}
