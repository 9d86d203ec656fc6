import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type Clock, systemClock } from '../shared/clock';
import { ENVIRONMENT, requireEnvironment, SecretUnusable } from '../shared/environment';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { type TicketKey, ticketKeyOf } from './ticket-key';

type VersionStage = 'AWSCURRENT' | 'AWSPREVIOUS';

/** Seconds a container keeps what it has read: a rotated key is in use everywhere within this time. */
const MAX_AGE = 300;

/**
 * The keys of the tickets, kept by the container: a sale waits for Secrets Manager once in `MAX_AGE`, and not at all
 * for one that is down, as long as there is a key.
 */
export class TicketKeys {
  private readonly kept = new Map<VersionStage, { key: TicketKey | undefined; triedAt: number }>();

  constructor(
    private readonly client: SecretsManagerClient,
    private readonly secretId: string,
    private readonly clock: Clock = systemClock,
  ) {}

  /** The key that signs. */
  async signing(): Promise<TicketKey> {
    const key = await this.read('AWSCURRENT', MAX_AGE);
    if (!key) throw new SecretUnusable(`The secret ${this.secretId} has no value`);
    return key;
  }

  /**
   * The keys that verify: the one that signs, and the one that did before the last rotation.
   *
   * @param maxAge seconds; a gate that meets a key it does not know asks for fresher ones
   */
  async verifying(maxAge = MAX_AGE): Promise<readonly TicketKey[]> {
    const keys = await Promise.all([this.read('AWSCURRENT', maxAge), this.read('AWSPREVIOUS', maxAge)]);
    return keys.filter((key) => key !== undefined);
  }

  private async read(stage: VersionStage, maxAge: number): Promise<TicketKey | undefined> {
    const triedAt = this.clock.nowSeconds();
    const kept = this.kept.get(stage);
    if (kept && triedAt - kept.triedAt < maxAge) return kept.key;
    const key = await this.fetch(stage).catch((error: unknown) => {
      if (kept) return kept.key;
      throw error;
    });
    this.kept.set(stage, { key, triedAt });
    return key;
  }

  private async fetch(VersionStage: VersionStage): Promise<TicketKey | undefined> {
    try {
      const { SecretString = '' } = await this.client.send(
        new GetSecretValueCommand({ SecretId: this.secretId, VersionStage }),
      );
      return ticketKeyOf(SecretString);
    } catch (error) {
      // A secret that was never rotated has no previous version.
      if (VersionStage === 'AWSPREVIOUS' && error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }
}

export function connectTicketKeys(): TicketKeys {
  return new TicketKeys(
    new SecretsManagerClient(REQUEST_TIMEOUTS),
    requireEnvironment(ENVIRONMENT.ticketSecret),
  );
}
