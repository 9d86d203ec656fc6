import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Clock, systemClock } from '../shared/clock';
import { SecretUnusable } from '../shared/environment';
import { KeptSecret } from '../shared/kept-secret';
import { logger } from '../shared/logger';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';

/** Seconds after which a request that no secret fits may have the secrets read anew: one was rolled, or put in just now. */
const READ_AGAIN = 10;

/**
 * The secrets that Stripe signs its events with, kept by the container: one, or several that blanks or commas part. While one
 * is being rolled, both are there; Stripe signs with both for up to 24 hours.
 */
export class SigningSecrets {
  private readonly kept: KeptSecret<readonly string[]>;

  constructor(
    private readonly secretId: string,
    private readonly client = new SecretsManagerClient(REQUEST_TIMEOUTS),
    clock: Clock = systemClock,
  ) {
    this.kept = new KeptSecret(
      () => this.read(),
      clock,
      (error) =>
        logger.error("Stripe's signing secrets could not be read again", {
          errorName: (error as Error).name,
        }),
    );
  }

  /** @throws SecretUnusable that names the secret, and nothing of it, when it cannot be read or holds none */
  current(): Promise<readonly string[]> {
    return this.kept.value();
  }

  /** The same, not older than some seconds. */
  readAgain(): Promise<readonly string[]> {
    return this.kept.value(READ_AGAIN);
  }

  private async read(): Promise<readonly string[]> {
    const { SecretString = '' } = await this.client
      .send(new GetSecretValueCommand({ SecretId: this.secretId }))
      .catch((error: Error) => {
        throw new SecretUnusable(
          `Stripe's signing secret cannot be read from the secret ${this.secretId}: ${error.name}`,
        );
      });
    const secrets = SecretString.split(/[\s,]+/).filter(Boolean);
    if (secrets.length > 0 && secrets.every((secret) => /^whsec_[\w+/=]+$/.test(secret))) return secrets;
    throw new SecretUnusable(
      `The secret ${this.secretId} holds no signing secret of Stripe's: put one that begins with whsec_`,
    );
  }
}
