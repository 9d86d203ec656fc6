import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { itemOf, number } from '../shared/item';
import { type MarketingConsent } from './marketing-consent';

/** What the keys of these items begin with. No purchase can have one: their keys are UUIDs. */
export const UNSUBSCRIBED_KEY_PREFIX = 'UNSUBSCRIBED#';

interface Unsubscription {
  /** Seconds since the epoch. */
  readonly unsubscribedAt: number;
}

/**
 * Who wants no marketing any more: an item in the purchase table, by the hash of the address. It has no address and no end: it counts
 * for every purchase before it, and outlasts what is erased. Whoever agrees again afterwards, with another purchase, has agreed.
 */
export class Unsubscriptions {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly clock: Clock,
  ) {}

  /** Repeating it is harmless: the last time counts. @param hash of the address */
  async add(hash: string): Promise<void> {
    const unsubscription: Unsubscription = { unsubscribedAt: this.clock.nowSeconds() };
    await this.client.send(
      new PutCommand({ TableName: this.tableName, Item: { ...keyOf(hash), ...unsubscription } }),
    );
  }

  /** @param hashes all that an address may have been stored by */
  async isRevoked(consent: MarketingConsent, hashes: readonly string[]): Promise<boolean> {
    const found = await Promise.all(hashes.map((hash) => this.find(hash)));
    return found.some((each) => each !== undefined && each.unsubscribedAt >= consent.at);
  }

  private async find(hash: string): Promise<Unsubscription | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: keyOf(hash), ConsistentRead: true }),
    );
    return Item && itemOf<Unsubscription>('unsubscription', { unsubscribedAt: number }, Item);
  }
}

const keyOf = (hash: string) => ({ purchaseId: `${UNSUBSCRIBED_KEY_PREFIX}${hash}` });

export function connectUnsubscriptions(client = documentClient()): Unsubscriptions {
  return new Unsubscriptions(client, requireEnvironment(ENVIRONMENT.purchaseTable), systemClock);
}
