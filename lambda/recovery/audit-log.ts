import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';

/** Key of the item. No purchase can have it: their keys are UUIDs. */
export const AUDIT_LOG_KEY = 'AUDIT';

/** How far the audits have come, and what they have undone. Times are seconds since the epoch. */
export interface AuditState {
  /** The payments and tickets that were made before have been looked at: payments a first time, and once more. */
  readonly payments?: number;
  readonly paymentsAgain?: number;
  readonly tickets?: number;
  readonly seats?: SeatRound;
  readonly older?: OlderRound;
  /** What the runs of the last days looked at and undid without a record: the bound is on all of them together. */
  readonly tallies: readonly Tally[];
}

export interface Tally {
  readonly at: number;
  /** Payments. */
  readonly looked: number;
  /** Purchases of which something was undone, and no record said so. */
  readonly undone: number;
}

/** One way through the taken seats of all events. It may take several runs. */
export interface SeatRound {
  readonly startedAt: number;
  /** Sold seats that were held before were looked at in a round before this one. */
  readonly since: number;
  /** Where it goes on; absent when it has come to its end. */
  readonly position?: { readonly eventId: string; readonly section?: string; readonly after?: string };
  /** When the first of the seats that were not in order was held; absent when all were. */
  readonly trouble?: number;
}

/** One way through all purchases and orders, for what older versions have left out. It may take several runs. */
export interface OlderRound {
  /** Records that lacked something. A round that has found none is the last. */
  readonly found: number;
  /** Where it goes on; absent when it has come to its end. */
  readonly position?: {
    readonly table: 'purchases' | 'orders';
    /** Key of the item before. */
    readonly after?: Readonly<Record<string, string>>;
  };
}

/** Another audit has written since this one has read. */
export class AuditOverlaps extends Error {
  override readonly name = 'AuditOverlaps';

  constructor() {
    super('Another audit is under way');
  }
}

/**
 * The memory of the audits: one item of the purchase table, on purpose. A table that is restored remembers what had been
 * looked at when it was as it is again, so an audit looks at what came later once more; a table that has lost its items
 * remembers nothing, and everything is looked at.
 *
 * The item has none of the attributes of a purchase, so no index lists it.
 */
export class AuditLog {
  private revision: string | undefined;

  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  async read(): Promise<AuditState> {
    const { Item } = await this.client.send(
      new GetCommand({
        TableName: this.tableName,
        Key: { purchaseId: AUDIT_LOG_KEY },
        ConsistentRead: true,
      }),
    );
    this.revision = Item?.['revision'] as string | undefined;
    return (Item?.['state'] as AuditState | undefined) ?? { tallies: [] };
  }

  /** @throws AuditOverlaps when it is not as it was read, or last written */
  async write(state: AuditState): Promise<void> {
    const revision = randomUUID();
    try {
      await this.client.send(
        new PutCommand({
          TableName: this.tableName,
          Item: { purchaseId: AUDIT_LOG_KEY, revision, state },
          ...(this.revision
            ? {
                ConditionExpression: 'revision = :read',
                ExpressionAttributeValues: { ':read': this.revision },
              }
            : { ConditionExpression: 'attribute_not_exists(revision)' }),
        }),
      );
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw new AuditOverlaps();
      throw error;
    }
    this.revision = revision;
  }
}
