import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, systemClock } from '../shared/clock';
import { itemOf, text } from '../shared/item';

/** Key of the item. No purchase can have it: their keys are UUIDs; nor an order. */
export const INSTALLATION_KEY = 'INSTALLATION';

interface InstallationItem {
  readonly installation: string;
}
const INSTALLATION = { installation: text };

/** Seconds after which a container asks again: a table that was put back, or made anew, has its own id soon. */
const MAX_AGE = 300;

/**
 * Which table this is, of purchases or of orders. Its id is an item of the table itself, written once: a table that is restored keeps it, a
 * new one has another. Payments carry it, so that an audit can tell its own from those of another account, region or
 * developer that pays into the same Stripe account.
 *
 * The item has none of the attributes of a purchase, so no index lists it.
 */
export class Installation {
  private kept: { readonly id: Promise<string>; readonly readAt: number } | undefined;

  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly clock: Clock = systemClock,
    /** Of the item. @default in the table of purchases */
    private readonly key: Readonly<Record<string, string>> = { purchaseId: INSTALLATION_KEY },
  ) {}

  /**
   * The id, made by the first request for it. One write unit a container in five minutes: `if_not_exists` makes one request of
   * reading and of writing once.
   */
  async id(): Promise<string> {
    const now = this.clock.nowSeconds();
    if (!this.kept || now - this.kept.readAt >= MAX_AGE) this.kept = { id: this.ensure(), readAt: now };
    const { kept } = this;
    try {
      return await kept.id;
    } catch (error) {
      if (this.kept === kept) this.kept = undefined;
      throw error;
    }
  }

  /** The id as it is now; undefined in a table that no payment was made from. */
  async find(): Promise<string | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({
        TableName: this.tableName,
        Key: this.key,
        ConsistentRead: true,
      }),
    );
    return Item && itemOf<InstallationItem>('installation', INSTALLATION, Item).installation;
  }

  private async ensure(): Promise<string> {
    const { Attributes } = await this.client.send(
      new UpdateCommand({
        TableName: this.tableName,
        Key: this.key,
        UpdateExpression: 'SET installation = if_not_exists(installation, :installation)',
        ExpressionAttributeValues: { ':installation': randomUUID() },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return itemOf<InstallationItem>('installation', INSTALLATION, Attributes!).installation;
  }
}
