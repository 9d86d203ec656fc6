import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { systemClock } from '../shared/clock';
import { ENVIRONMENT, requireEnvironment, SecretUnusable } from '../shared/environment';
import { logger } from '../shared/logger';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { type PaymentGateway } from './payment-gateway';
import { StripeGateway } from './stripe-gateway';

/** Seconds a container keeps the key: a rotated key is in use everywhere within this time. */
const KEY_MAX_AGE = 300;

interface Connection {
  readonly secretId: string;
  readonly key: string;
  readonly gateway: PaymentGateway;
}

let client: SecretsManagerClient | undefined;
let connected: (Connection & { readonly triedAt: number }) | undefined;

/**
 * The payment gateway with the current secret key, kept by the container. When there is no new key to be had, payments go
 * on with the one that is there: Secrets Manager is asked again `KEY_MAX_AGE` later, and Stripe refuses a key that has ended.
 *
 * @throws SecretUnusable that names the secret when it cannot be read or holds no key, and there was none before
 */
export async function connectGateway(): Promise<PaymentGateway> {
  const secretId = requireEnvironment(ENVIRONMENT.stripeSecret);
  const triedAt = systemClock.nowSeconds();
  const known = connected?.secretId === secretId ? connected : undefined;
  if (known && triedAt - known.triedAt < KEY_MAX_AGE) return known.gateway;
  connected = { ...(await connect(secretId, known)), triedAt };
  return connected.gateway;
}

async function connect(secretId: string, known: Connection | undefined): Promise<Connection> {
  try {
    const key = await readKey(secretId);
    if (known?.key === key) return known;
    const stage = requireEnvironment(ENVIRONMENT.serviceName);
    return { secretId, key, gateway: new StripeGateway(key, stage, process.env[ENVIRONMENT.stripeApiBase]) };
  } catch (error) {
    if (!known) throw error;
    logger.error("Stripe's key could not be read again", { errorName: (error as Error).name });
    return known;
  }
}

async function readKey(secretId: string): Promise<string> {
  client ??= new SecretsManagerClient(REQUEST_TIMEOUTS);
  const { SecretString: key = '' } = await client
    .send(new GetSecretValueCommand({ SecretId: secretId }))
    .catch(({ name }: Error) => {
      throw new SecretUnusable(`Stripe's secret key cannot be read from the secret ${secretId}: ${name}`);
    });
  if (/^(sk|rk)_/.test(key)) return key;
  throw new SecretUnusable(
    `The secret ${secretId} holds no Stripe secret key: put one that begins with sk_ or rk_`,
  );
}
