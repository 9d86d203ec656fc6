import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type Clock, systemClock } from '../shared/clock';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { KeptSecret } from '../shared/kept-secret';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { type TicketKey, ticketKeyOf } from './ticket-key';

/** The keys of the tickets, kept by the container. */
export class TicketKeys {
  private readonly current: KeptSecret<TicketKey>;
  private readonly previous: KeptSecret<TicketKey | undefined>;

  constructor(
    private readonly client: SecretsManagerClient,
    private readonly secretId: string,
    clock: Clock = systemClock,
  ) {
    this.current = new KeptSecret(() => this.fetch('AWSCURRENT'), clock);
    this.previous = new KeptSecret(() => this.fetchPrevious(), clock);
  }

  /** The key that signs. */
  signing(): Promise<TicketKey> {
    return this.current.value();
  }

  /**
   * The keys that verify: the one that signs, and the one that did before the last rotation.
   *
   * @param maxAge seconds; a gate that meets a key it does not know asks for fresher ones
   */
  async verifying(maxAge?: number): Promise<readonly TicketKey[]> {
    const keys = await Promise.all([this.current.value(maxAge), this.previous.value(maxAge)]);
    return keys.filter((key) => key !== undefined);
  }

  /** A secret that was never rotated has no previous version. */
  private async fetchPrevious(): Promise<TicketKey | undefined> {
    try {
      return await this.fetch('AWSPREVIOUS');
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  private async fetch(VersionStage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<TicketKey> {
    const { SecretString = '' } = await this.client.send(
      new GetSecretValueCommand({ SecretId: this.secretId, VersionStage }),
    );
    return ticketKeyOf(SecretString);
  }
}

export function connectTicketKeys(): TicketKeys {
  return new TicketKeys(
    new SecretsManagerClient(REQUEST_TIMEOUTS),
    requireEnvironment(ENVIRONMENT.ticketSecret),
  );
}
