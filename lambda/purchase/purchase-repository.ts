import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { SaleNotPossible } from '../shared/saga-errors';
import { SaleStands } from './sale-stands';
import { pauseAfter, transactWrite, TransactionRefused, type TransactionWrite } from '../shared/dynamodb';
import { Installation } from './installation';
import { type Failure, type Purchase } from './purchase';
import { outlineOf, type PurchaseOutline, purchaseOf, unsettledOf } from './purchase-item';
import { purchaseHash, referenceOf, referenceOfHash, REFERENCES_INDEX } from '../shared/reference';

/**
 * How long the key of a purchase that was refused keeps its answer. Nothing remains to be done for it, and bots can make
 * such records by the million. A purchase that has held a seat or taken money has no expiry.
 */
export const REFUSED_KEPT_SECONDS = 40 * 86_400;

/** How many partitions the index of the unsettled spreads over: 1,000 new purchases a second each. */
export const UNSETTLED_SHARDS = 8;

/** Keys that DynamoDB takes in one request. */
const BATCH = 100;

/** The purchase was there before; `purchase` is as it stands. */
export class PurchaseExists extends Error {
  override readonly name = 'PurchaseExists';

  constructor(readonly purchase: Purchase) {
    super('The purchase exists');
  }
}

/** The seats at these positions of the purchase are held or sold. */
export class SeatsTaken extends Error {
  override readonly name = 'SeatsTaken';

  constructor(readonly positions: readonly number[]) {
    super('Seats are taken');
  }
}

/**
 * Purchases: one item each, key `purchaseId`.
 *
 * Each status change is one conditional write, so a live saga and a compensation can never both win: whoever writes
 * first makes the other's condition false. `unsettledShard` exists while something is still to be done for the purchase
 * (money, seats or a confirmation message); the sparse index `unsettled` lists those by age.
 */
export class PurchaseRepository {
  readonly installation: Installation;

  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {
    this.installation = new Installation(client, tableName);
  }

  async find(purchaseId: string): Promise<Purchase | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: { purchaseId }, ConsistentRead: true }),
    );
    return Item && purchaseOf(Item);
  }

  /**
   * Looks up many, for half the price of `find`, because the answer may be a moment old. That is enough to see that a
   * purchase is in order, and not enough to undo anything.
   *
   * @returns by id, those that there are
   */
  async outlines(purchaseIds: Iterable<string>): Promise<Map<string, PurchaseOutline>> {
    const ids = [...new Set(purchaseIds)];
    const found = new Map<string, PurchaseOutline>();
    for (let first = 0; first < ids.length; first += BATCH) {
      const keys = ids.slice(first, first + BATCH).map((purchaseId) => ({ purchaseId }));
      for (const outline of await this.batch(keys)) found.set(outline.purchaseId, outline);
    }
    return found;
  }

  private async batch(keys: { readonly purchaseId: string }[]): Promise<PurchaseOutline[]> {
    const found: PurchaseOutline[] = [];
    for (let rest = keys, attempt = 1; rest.length > 0; attempt++) {
      const { Responses = {}, UnprocessedKeys = {} } = await this.client.send(
        new BatchGetCommand({
          RequestItems: {
            [this.tableName]: {
              Keys: rest,
              ProjectionExpression: 'purchaseId, #status, paymentIntentId',
              ExpressionAttributeNames: { '#status': 'status' },
            },
          },
        }),
      );
      // The table has items that are no purchases; those have no status.
      const answered = (Responses[this.tableName] ?? []).filter(({ status }) => status !== undefined);
      found.push(...answered.map(outlineOf));
      // DynamoDB answers what it can: the rest is for later, not absent.
      const unprocessed = (UnprocessedKeys[this.tableName]?.Keys ?? []) as typeof keys;
      if (unprocessed.length > 0) await pauseAfter(Math.min(attempt, 6));
      rest = unprocessed;
    }
    return found;
  }

  /**
   * The purchases with this reference: one, or none, and two once in a long while. The index has a purchase a moment after
   * it was opened, and never one from before there were references.
   */
  async findByReference(reference: string): Promise<Purchase[]> {
    const found = await Promise.all((await this.idsOf(reference)).map((id) => this.find(id)));
    return found.filter((purchase) => purchase !== undefined);
  }

  /**
   * The id of the purchase that AWS knows by `purchaseHash`: its ticket, its recoveries, its escalations.
   *
   * @returns undefined also for a purchase from before there were references
   */
  async idOfHash(hash: string): Promise<string | undefined> {
    const ids = await this.idsOf(referenceOfHash(hash));
    return ids.find((id) => purchaseHash(id) === hash);
  }

  async findByHash(hash: string): Promise<Purchase | undefined> {
    const id = await this.idOfHash(hash);
    return id === undefined ? undefined : this.find(id);
  }

  private async idsOf(reference: string): Promise<string[]> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        IndexName: REFERENCES_INDEX,
        KeyConditionExpression: '#reference = :reference',
        ExpressionAttributeNames: { '#reference': 'reference' },
        ExpressionAttributeValues: { ':reference': reference },
      }),
    );
    return Items.map(({ purchaseId }) => purchaseId as string);
  }

  /**
   * Opens the purchase together with its holds: all or nothing.
   *
   * @throws PurchaseExists when the key was used before
   * @throws SeatsTaken when a hold was refused; nothing is held then
   */
  async open(purchase: Purchase, holds: TransactionWrite[]): Promise<void> {
    const opening: TransactionWrite = {
      Put: {
        TableName: this.tableName,
        Item: { ...withReference(purchase), unsettledShard: shardOf(purchase.purchaseId) },
        ConditionExpression: 'attribute_not_exists(purchaseId)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
    try {
      await transactWrite(this.client, [opening, ...holds]);
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      const existing = error.itemAt(0);
      if (existing) throw new PurchaseExists(existing as unknown as Purchase);
      throw new SeatsTaken(error.refused.map((position) => position - 1));
    }
  }

  /**
   * Records a purchase that failed before it held anything, so that its key keeps its answer and a hold that arrives
   * late finds the key used. TTL deletes it when its time is over.
   *
   * @returns the purchase that was there before, if the key was used; undefined when this one was recorded
   */
  async recordRefused(
    purchase: Purchase & { status: 'FAILED'; failure: Failure },
  ): Promise<Purchase | undefined> {
    try {
      await this.client.send(
        new PutCommand({
          TableName: this.tableName,
          Item: { ...withReference(purchase), expiresAt: purchase.createdAt + REFUSED_KEPT_SECONDS },
          ConditionExpression: 'attribute_not_exists(purchaseId)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      const existing = itemOfFailedCondition(error);
      if (!existing) throw error;
      return existing;
    }
  }

  /**
   * Stores the payment intent before any money can move, and counts the attempt.
   *
   * @returns the number of this attempt, from 1: higher, never lower, when a write was repeated on the way
   * @throws SaleNotPossible when a compensation has claimed the purchase
   */
  async recordPaymentIntent(purchaseId: string, paymentIntentId: string): Promise<number> {
    const { paymentAttempts = 0, status } = await this.updateLive(
      purchaseId,
      'SET paymentIntentId = :intent ADD paymentAttempts :one',
      { ':intent': paymentIntentId, ':one': 1 },
    );
    return status === 'CONFIRMED' ? paymentAttempts + 1 : paymentAttempts;
  }

  /** @throws SaleNotPossible when a compensation has claimed the purchase */
  async recordPaid(purchaseId: string): Promise<void> {
    await this.updateLive(purchaseId, 'SET #status = :paid');
  }

  /**
   * The pivot: the holds become sold seats and the purchase CONFIRMED, in one transaction. Repeating it is harmless.
   *
   * The purchase stays in the index of the unsettled until its confirmation is on its way.
   *
   * @throws SaleNotPossible when a compensation has claimed the purchase, or a hold is lost
   */
  async confirm(purchaseId: string, sales: TransactionWrite[]): Promise<void> {
    const confirmation: TransactionWrite = {
      Update: {
        TableName: this.tableName,
        Key: { purchaseId },
        UpdateExpression: 'SET #status = :confirmed',
        ConditionExpression: '#status = :paid',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':confirmed': 'CONFIRMED', ':paid': 'PAID' },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
    try {
      await transactWrite(this.client, [confirmation, ...sales]);
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      if (error.itemAt(0)?.['status'] === 'CONFIRMED') return;
      throw new SaleNotPossible(
        error.refused.includes(0) ? 'The purchase is no longer paid and live' : 'A seat is no longer held',
      );
    }
  }

  /**
   * Claims the purchase for compensation. The first claim's failure is the purchase's; later ones do not change it.
   *
   * @param executionId the claiming execution, if it may only claim a purchase of its own
   * @returns the purchase, COMPENSATING or already FAILED; SaleStands when it is CONFIRMED; undefined when there is none, or
   * it is another execution's
   */
  async claim(
    purchaseId: string,
    failure: Failure,
    executionId?: string,
  ): Promise<Purchase | SaleStands | undefined> {
    try {
      const { Attributes } = await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { purchaseId },
          // The reference is for a purchase from before there were any: what is escalated of it must be found.
          UpdateExpression:
            'SET #status = :compensating, failure = if_not_exists(failure, :failure), #reference = :reference',
          ConditionExpression:
            '#status IN (:pending, :paid, :compensating)' +
            (executionId ? ' AND executionId = :executionId' : ''),
          ExpressionAttributeNames: { '#status': 'status', '#reference': 'reference' },
          ExpressionAttributeValues: {
            ':pending': 'PENDING',
            ':paid': 'PAID',
            ':compensating': 'COMPENSATING',
            ':failure': failure,
            ':reference': referenceOf(purchaseId),
            ...(executionId && { ':executionId': executionId }),
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return purchaseOf(Attributes!);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const existing = itemOfFailedCondition(error);
      if (!existing || (executionId && existing.executionId !== executionId)) return undefined;
      if (existing.status === 'CONFIRMED') return new SaleStands(existing);
      return existing;
    }
  }

  /**
   * Settles a purchase as FAILED that the caller has claimed. No condition: from COMPENSATING there is no other way, so
   * whoever comes second writes the same.
   */
  async settleFailed(purchaseId: string): Promise<void> {
    await this.client.send(
      new UpdateCommand({
        TableName: this.tableName,
        Key: { purchaseId },
        UpdateExpression: 'SET #status = :failed REMOVE unsettledShard',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':failed': 'FAILED' },
      }),
    );
  }

  /**
   * Ids of the unsettled purchases that were opened at `openedBefore` (seconds since the epoch) or earlier,
   * with when they were opened; oldest first within a shard.
   */
  async *unsettled(openedBefore: number): AsyncGenerator<Pick<Purchase, 'purchaseId' | 'createdAt'>> {
    for (let shard = 0; shard < UNSETTLED_SHARDS; shard++) {
      const pages = paginateQuery(
        { client: this.client },
        {
          TableName: this.tableName,
          IndexName: 'unsettled',
          KeyConditionExpression: 'unsettledShard = :shard AND createdAt <= :openedBefore',
          ExpressionAttributeValues: { ':shard': String(shard), ':openedBefore': openedBefore },
        },
      );
      for await (const { Items = [] } of pages) yield* Items.map(unsettledOf);
    }
  }

  /**
   * Writes to a purchase that is PENDING or PAID, that is: not claimed by a compensation. Nothing, once it is CONFIRMED.
   *
   * @returns the purchase as it then is
   */
  private async updateLive(
    purchaseId: string,
    update: string,
    values: Record<string, unknown> = {},
  ): Promise<Purchase> {
    try {
      const { Attributes } = await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { purchaseId },
          UpdateExpression: update,
          ConditionExpression: '#status IN (:pending, :paid)',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':pending': 'PENDING', ':paid': 'PAID', ...values },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return purchaseOf(Attributes!);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const existing = itemOfFailedCondition(error);
      // A step that runs once more, after its first answer was lost on the way.
      if (existing?.status === 'CONFIRMED') return existing;
      throw new SaleNotPossible('The purchase is no longer live');
    }
  }
}

function itemOfFailedCondition(error: unknown): Purchase | undefined {
  if (!(error instanceof ConditionalCheckFailedException) || !error.Item) return undefined;
  return purchaseOf(unmarshall(error.Item));
}

function withReference(purchase: Purchase): Purchase {
  return { ...purchase, reference: referenceOf(purchase.purchaseId) };
}

/**
 * Derived from the id, so a repeated write lands in the same partition; from its end, which is random in every version of
 * UUID, while those of version 7 begin with the time.
 */
function shardOf(purchaseId: string): string {
  return String(parseInt(purchaseId.slice(-4), 16) % UNSETTLED_SHARDS);
}
