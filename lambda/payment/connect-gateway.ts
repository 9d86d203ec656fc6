import {
  GetSecretValueCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { systemClock } from '../shared/clock';
import { ENVIRONMENT, requireEnvironment, SecretUnusable } from '../shared/environment';
import { KeptSecret } from '../shared/kept-secret';
import { logger } from '../shared/logger';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { type PaymentGateway } from './payment-gateway';
import { StripeGateway } from './stripe-gateway';

interface Connection {
  readonly key: string;
  readonly gateway: PaymentGateway;
}

let client: SecretsManagerClient | undefined;
/** By the id of the secret. */
const connections = new Map<string, KeptSecret<Connection>>();

/**
 * The payment gateway with the current secret key, kept by the container. When there is no new key to be had, payments go
 * on with the one that is there: Stripe refuses a key that has ended.
 *
 * @throws SecretUnusable that names the secret when it cannot be read or holds no key, and there was none before
 */
export async function connectGateway(): Promise<PaymentGateway> {
  const secretId = requireEnvironment(ENVIRONMENT.stripeSecret);
  let connection = connections.get(secretId);
  if (!connection) {
    connection = new KeptSecret(
      (before) => connect(secretId, before),
      systemClock,
      (error) => logger.error("Stripe's key could not be read again", { errorName: (error as Error).name }),
    );
    connections.set(secretId, connection);
  }
  return (await connection.value()).gateway;
}

async function connect(secretId: string, before: Connection | undefined): Promise<Connection> {
  const key = await readKey(secretId);
  if (before?.key === key) return before;
  const stage = requireEnvironment(ENVIRONMENT.serviceName);
  return { key, gateway: new StripeGateway(key, stage, process.env[ENVIRONMENT.stripeApiBase]) };
}

async function readKey(secretId: string): Promise<string> {
  client ??= new SecretsManagerClient(REQUEST_TIMEOUTS);
  const { SecretString: key = '' } = await client
    .send(new GetSecretValueCommand({ SecretId: secretId }))
    .catch((error: Error) => {
      throw new SecretUnusable(
        `Stripe's secret key cannot be read from the secret ${secretId}: ${error.name}`,
        isLasting(error),
      );
    });
  // Whoever puts it by a file puts the end of its line as well, which no header takes.
  if (/^(sk|rk)_\w+$/.test(key.trim())) return key.trim();
  throw new SecretUnusable(
    `The secret ${secretId} holds no Stripe secret key: put one that begins with sk_ or rk_`,
  );
}

/** No permission, no such secret, no key to decrypt it: refused for what is asked, not for when. */
function isLasting(error: Error): boolean {
  return (
    error instanceof SecretsManagerServiceException &&
    error.$fault === 'client' &&
    !/Throttl|TooManyRequests|LimitExceeded/.test(error.name)
  );
}
