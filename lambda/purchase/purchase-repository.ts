import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Clock, systemClock } from '../shared/clock';
import { DISPUTE_KEPT_SECONDS, REFUND_KEPT_SECONDS } from '../shared/retention';
import { SaleNotPossible } from '../shared/saga-errors';
import { SaleStands } from './sale-stands';
import {
  batchGet,
  type Change,
  transactWrite,
  TransactionRefused,
  type TransactionWrite,
} from '../shared/dynamodb';
import { PROBLEMS } from '../shared/problem';
import { type Admission, attributeOf } from './admission';
import { type Cancellation, CANCELS_ADMITTED, type RefundStatus } from './cancellation';
import { type NotedDispute } from './dispute';
import { EmptyBalance } from './empty-balance';
import { Installation } from './installation';
import { dueAtOf, type Failure, isCancelled, type Purchase, SETTLED_WITHIN } from './purchase';
import {
  dueEntryOf,
  OFF_THE_LISTS,
  outlineOf,
  type PurchaseOutline,
  purchaseOf,
  unsettledEntryOf,
} from './purchase-item';
import { takeConfirmedOff, takingOff } from './off-the-lists';
import { NOTHING_TO_ADD, publishing } from './outbox';
import { NotCounted, UnpaidSeats, type Viewer } from './unpaid-seats';
import { listedUntil, type ShardedIndex, shardOf } from '../shared/sharded-index';
import { listedOf } from '../shared/address-hash';
import { purchaseHash, referenceOf, referenceOfHash, REFERENCES_INDEX } from '../shared/reference';

/**
 * How long the key of a purchase that was refused keeps its answer. Nothing remains to be done for it, and bots can make
 * such records by the million. A purchase that has held a seat or taken money has no expiry.
 */
export const REFUSED_KEPT_SECONDS = 40 * 86_400;

/** For 1,000 new purchases a second in each shard. */
export const DUE = {
  name: 'due',
  shard: 'dueShard',
  time: 'dueAt',
  shards: 8,
} as const satisfies ShardedIndex;

/** The purchases of an event that were opened, by pages: so many partitions, as one would be as hot as the sale. */
export const EVENTS_INDEX = { name: 'events', shard: 'eventShard', time: 'createdAt', shards: 8 } as const;

const eventShard = (eventId: string, shard: string | number) => `${eventId}#${shard}`;

/** Where the index lists the purchase. */
export function eventShardOf({ purchaseId, eventId }: Pick<Purchase, 'purchaseId' | 'eventId'>): string {
  return eventShard(eventId, shardOf(purchaseId, EVENTS_INDEX));
}

/** Of older versions. What is listed there is settled within hours of the deployment; then this index may go. */
export const UNSETTLED = {
  ...DUE,
  ...{ name: 'unsettled', shard: 'unsettledShard', time: 'createdAt' },
} as const satisfies ShardedIndex;

/** What a purchase has failed with whose buyer did not answer the bank in time. */
const EXPIRED: Failure = {
  code: PROBLEMS.AuthenticationExpired.code,
  detail: PROBLEMS.AuthenticationExpired.detail,
};

/** Of a cursor that stands at the beginning of a part: no reference has a U. */
const NOWHERE = 'UUUUUUUUUU';

/** Who claims a purchase, and which. */
export type Claimant =
  /** A saga: that of its own execution. */
  | { readonly executionId: string }
  /** Recovery: any that is due at this time, seconds since the epoch. */
  | { readonly now: number };

/** What a purchase that waits for its buyer is noted with. */
interface Waiting {
  readonly purchaseId: string;
  readonly executionId: string;
  readonly authenticateBy: number;
  readonly unpaidKey?: string;
}

/** The purchase was there before; `purchase` is as it stands. */
export class PurchaseExists extends Error {
  override readonly name = 'PurchaseExists';

  constructor(readonly purchase: Purchase) {
    super('The purchase exists');
  }
}

/** The purchase is not for this one to take: another execution has it, it is not due, or it is in another state. */
export class NotTaken {
  /** @param purchase as it stands */
  constructor(readonly purchase: Purchase) {}
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
 * first makes the other's condition false. `dueShard` exists while something is still to be done for the purchase (money,
 * seats or a confirmation message); the sparse index `due` lists those by the time from which recovery may take them. The
 * purchases of older versions are listed in `unsettled`, by age, until the last of them is settled.
 */
export class PurchaseRepository {
  readonly installation: Installation;
  readonly unpaid: UnpaidSeats;
  readonly balance: EmptyBalance;

  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly clock: Clock = systemClock,
  ) {
    this.installation = new Installation(client, tableName);
    this.unpaid = new UnpaidSeats(client, tableName, this.installation);
    this.balance = new EmptyBalance(client, tableName);
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
    const keys = [...new Set(purchaseIds)].map((purchaseId) => ({ purchaseId }));
    const items = await batchGet(this.client, this.tableName, keys, {
      ProjectionExpression:
        'purchaseId, #status, paymentIntentId, createdAt, dueAt, cancellation, refunded, eventRevision, marketingConsent',
      ExpressionAttributeNames: { '#status': 'status' },
    });
    // The table has items that are no purchases; those have no status.
    const outlines = items.filter(({ status }) => status !== undefined).map(outlineOf);
    return new Map(outlines.map((outline) => [outline.purchaseId, outline]));
  }

  /** Those that there are, whole; they may be a moment old. In the order of the ids. */
  async findAll(purchaseIds: readonly string[]): Promise<Purchase[]> {
    const keys = [...new Set(purchaseIds)].map((purchaseId) => ({ purchaseId }));
    const items = await batchGet(this.client, this.tableName, keys);
    const found = new Map(items.map((item) => [item['purchaseId'], purchaseOf(item)]));
    return keys.flatMap(({ purchaseId }) => found.get(purchaseId) ?? []);
  }

  /** The purchases whose buyer's address has one of these hashes. */
  async idsByEmail(hashes: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for await (const { purchaseId } of listedOf(this.client, this.tableName, hashes))
      ids.push(purchaseId as string);
    return ids;
  }

  /**
   * A page of the purchases of an event that have held a seat, settled or not.
   *
   * @param from.after what a page before has ended with: it names a purchase by its reference
   */
  async idsOfEvent(
    eventId: string,
    { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<{ readonly ids: readonly string[]; readonly next?: string }> {
    const ids: string[] = [];
    let [shard, start] = await this.positionIn(eventId, after);
    for (; shard < EVENTS_INDEX.shards; shard++, start = undefined) {
      const { Items = [], LastEvaluatedKey: last } = await this.client.send(
        new QueryCommand({
          TableName: this.tableName,
          IndexName: EVENTS_INDEX.name,
          KeyConditionExpression: '#shard = :shard',
          ExpressionAttributeNames: { '#shard': EVENTS_INDEX.shard },
          ExpressionAttributeValues: { ':shard': eventShard(eventId, shard) },
          Limit: limit - ids.length,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      ids.push(...Items.map(({ purchaseId }) => purchaseId as string));
      if (last)
        return { ids, next: `${shard}-${last['createdAt']}-${referenceOf(last['purchaseId'] as string)}` };
      if (ids.length === limit && shard + 1 < EVENTS_INDEX.shards)
        return { ids, next: `${shard + 1}-0-${NOWHERE}` };
    }
    return { ids };
  }

  private async positionIn(
    eventId: string,
    after: string | undefined,
  ): Promise<[shard: number, start: Record<string, unknown> | undefined]> {
    if (after === undefined) return [0, undefined];
    const [shard, createdAt, reference = NOWHERE] = after.split('-');
    if (reference === NOWHERE) return [Number(shard), undefined];
    const [purchaseId] = await this.idsOf(reference);
    // One that has gone meanwhile: its part is gone through once more.
    if (purchaseId === undefined) return [Number(shard), undefined];
    return [
      Number(shard),
      { purchaseId, createdAt: Number(createdAt), eventShard: eventShard(eventId, shard!) },
    ];
  }

  /**
   * Forgets the buyer of a settled purchase; everything else of it stays, also what was agreed to and when: it names nobody.
   *
   * @param purchase as it was found
   * @returns false when it has changed since, and something may be due for it
   */
  async erase({ purchaseId, status, emailHash }: Purchase): Promise<boolean> {
    const erased = await this.change(purchaseId, {
      UpdateExpression: 'REMOVE buyer, emailHash',
      ConditionExpression: '#status = :status AND emailHash = :hash AND attribute_not_exists(dueAt)',
      ExpressionAttributeValues: { ':status': status, ':hash': emailHash },
    });
    return erased !== undefined && !(erased instanceof NotTaken);
  }

  /**
   * Counts that the tickets of a sale are sent again, and corrects its buyer's address in the same write.
   *
   * @returns the purchase as it then is; NotTaken when it is no sale, or its buyer is erased
   */
  async noteSending(
    purchaseId: string,
    corrected?: { readonly email: string; readonly emailHash: string },
  ): Promise<Purchase | NotTaken | undefined> {
    return this.change(purchaseId, {
      UpdateExpression: `${corrected ? 'SET buyer.email = :email, emailHash = :hash ' : ''}ADD sendings :one`,
      ConditionExpression: '#status = :confirmed AND attribute_exists(buyer)',
      ExpressionAttributeValues: {
        ...{ ':confirmed': 'CONFIRMED', ':one': 1 },
        ...(corrected && { ':email': corrected.email, ':hash': corrected.emailHash }),
      },
    });
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
   * @param unpaidBy counts its seats as unpaid from now on. @default they are not counted
   * @throws PurchaseExists when the key was used before
   * @throws SeatsTaken when a hold was refused; nothing is held then
   * @throws TooManyUnpaid; nothing is held then
   */
  async open(purchase: Purchase, holds: TransactionWrite[], unpaidBy?: Viewer): Promise<void> {
    if (!unpaidBy) return this.write(purchase, holds);
    return this.unpaid.counting(purchase, unpaidBy, (_, count) => this.write(purchase, holds, count));
  }

  private async write(
    purchase: Purchase,
    holds: TransactionWrite[],
    count?: TransactionWrite,
  ): Promise<void> {
    const opening: TransactionWrite = {
      Put: {
        TableName: this.tableName,
        Item: {
          ...withReference(purchase),
          dueAt: dueAtOf(purchase),
          dueShard: shardOf(purchase.purchaseId, DUE),
          eventShard: eventShardOf(purchase),
        },
        ConditionExpression: 'attribute_not_exists(purchaseId)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
    try {
      await transactWrite(this.client, [opening, ...holds, ...(count ? [count] : [])]);
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      const existing = error.itemAt(0);
      if (existing) throw new PurchaseExists(existing as unknown as Purchase);
      const taken = error.refused.map((position) => position - 1).filter((seat) => seat < holds.length);
      throw taken.length > 0 ? new SeatsTaken(taken) : new NotCounted(error.itemAt(1 + holds.length));
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
   * @returns the number of this attempt, from 1: higher, never lower, when a write was repeated on the way; and the purchase,
   * which waits for its buyer already when this step runs once more
   * @throws SaleNotPossible when a compensation has claimed the purchase
   */
  async recordPaymentIntent(
    purchaseId: string,
    paymentIntentId: string,
  ): Promise<{ readonly attempt: number; readonly purchase: Purchase }> {
    const purchase = await this.updateLive(
      purchaseId,
      'SET paymentIntentId = :intent ADD paymentAttempts :one',
      { ':intent': paymentIntentId, ':one': 1 },
    );
    const { paymentAttempts = 0, status } = purchase;
    const isCounted = status === 'PENDING' || status === 'PAID';
    return { attempt: isCounted ? paymentAttempts : paymentAttempts + 1, purchase };
  }

  /**
   * Lets the purchase wait for its buyer, whom the bank wants: no execution has it until one takes it up again.
   *
   * @param authenticateBy until when, seconds since the epoch: then it is due
   * @param unpaidBy counts its seats as unpaid from now on. @default they are counted already
   * @throws SaleNotPossible when it is not this execution's any more
   * @throws TooManyUnpaid; it does not wait then
   */
  async awaitAuthentication(
    purchase: Purchase,
    executionId: string,
    authenticateBy: number,
    unpaidBy?: Viewer,
  ): Promise<void> {
    const { purchaseId } = purchase;
    const wait = (unpaidKey?: string, count?: TransactionWrite) =>
      this.wait({ purchaseId, executionId, authenticateBy, unpaidKey }, count);
    return unpaidBy ? this.unpaid.counting(purchase, unpaidBy, wait) : wait();
  }

  private async wait(
    { purchaseId, executionId, authenticateBy, unpaidKey }: Waiting,
    count?: TransactionWrite,
  ): Promise<void> {
    const waiting: TransactionWrite = {
      Update: {
        TableName: this.tableName,
        Key: { purchaseId },
        UpdateExpression:
          'SET #status = :awaiting, authenticateBy = :by, dueAt = :by' +
          (unpaidKey === undefined ? '' : ', unpaidKey = :unpaidKey'),
        ConditionExpression: '#status IN (:pending, :awaiting) AND executionId = :executionId',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...{ ':awaiting': 'AWAITING_AUTHENTICATION', ':pending': 'PENDING' },
          ...{ ':executionId': executionId, ':by': authenticateBy },
          ...(unpaidKey !== undefined && { ':unpaidKey': unpaidKey }),
        },
      },
    };
    try {
      await transactWrite(this.client, [waiting, ...(count ? [count] : [])]);
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      if (!error.refused.includes(0)) throw new NotCounted(error.itemAt(1));
      throw new SaleNotPossible("The purchase is no longer this execution's");
    }
  }

  /**
   * Takes up a purchase that waits for its buyer: from here on it is this execution's, and due when that is over.
   *
   * @param now seconds since the epoch: after `authenticateBy` it is too late
   * @returns the purchase, PENDING; undefined when there is none
   */
  async resume(
    purchaseId: string,
    executionId: string,
    now: number,
  ): Promise<Purchase | NotTaken | undefined> {
    return this.takeOver(purchaseId, {
      UpdateExpression: 'SET #status = :to, executionId = :executionId, dueAt = :dueAt',
      ConditionExpression: '#status = :awaiting AND authenticateBy > :now',
      ExpressionAttributeValues: {
        ...{ ':to': 'PENDING', ':awaiting': 'AWAITING_AUTHENTICATION', ':now': now },
        ...{ ':executionId': executionId, ':dueAt': now + SETTLED_WITHIN },
      },
    });
  }

  /**
   * Claims a purchase that waits for its buyer, who gives it up.
   *
   * @param failure unless the time to answer is over, by `now`, seconds since the epoch: that has been said of it already
   * @returns the purchase, COMPENSATING; undefined when there is none
   */
  async abandon(
    purchaseId: string,
    executionId: string,
    failure: Failure,
    now: number,
  ): Promise<Purchase | NotTaken | undefined> {
    const claim = (why: Failure, inTime: string) =>
      this.takeOver(purchaseId, {
        UpdateExpression: 'SET #status = :to, executionId = :executionId, dueAt = :dueAt, failure = :failure',
        ConditionExpression: `#status = :awaiting AND authenticateBy ${inTime} :now`,
        ExpressionAttributeValues: {
          ...{ ':to': 'COMPENSATING', ':awaiting': 'AWAITING_AUTHENTICATION', ':failure': why },
          ...{ ':executionId': executionId, ':dueAt': now + SETTLED_WITHIN, ':now': now },
        },
      });
    const claimed = await claim(failure, '>');
    const isAwaited = claimed instanceof NotTaken && claimed.purchase.status === 'AWAITING_AUTHENTICATION';
    return isAwaited ? claim(EXPIRED, '<=') : claimed;
  }

  /**
   * Claims a sale to cancel it, with what was agreed. Its tickets stop being valid with this write. It is due when this
   * execution is over: what dies on the way is found, and can only go on.
   *
   * @param revocation tells the gates that have no network, in the same transaction
   * @param now seconds since the epoch
   * @returns the purchase, CANCELLING; NotTaken also when it has let somebody in, unless the reason cancels that, too; undefined
   * when there is none
   */
  async cancel(
    purchaseId: string,
    executionId: string,
    { reason, refund }: Omit<Cancellation, 'at'>,
    revocation: TransactionWrite,
    now: number,
  ): Promise<Purchase | NotTaken | undefined> {
    const cancellation: Cancellation = { reason, refund, at: now };
    const update: Change = {
      UpdateExpression:
        'SET #status = :to, executionId = :executionId, cancellation = :cancellation, ' +
        // Until it is cancelled, money may be owed: TTL must not take it.
        'dueAt = :dueAt, dueShard = :shard REMOVE unsettledShard, expiresAt',
      ConditionExpression:
        '#status = :confirmed' + (CANCELS_ADMITTED[reason] ? '' : ' AND attribute_not_exists(admitted)'),
      ExpressionAttributeValues: {
        ...{ ':to': 'CANCELLING', ':confirmed': 'CONFIRMED', ':executionId': executionId },
        ...{
          ':cancellation': cancellation,
          ':dueAt': now + SETTLED_WITHIN,
          ':shard': shardOf(purchaseId, DUE),
        },
      },
    };
    return this.takeOver(purchaseId, update, revocation);
  }

  /**
   * Notes that the ticket of a seat has let somebody in: one write to the item that a cancellation claims, so whichever comes
   * first, the other finds it.
   *
   * @returns the purchase; NotTaken when it is not CONFIRMED, or the ticket has let somebody in before; undefined when there is none
   */
  async admit(
    purchaseId: string,
    seatId: string,
    admission: Admission,
  ): Promise<Purchase | NotTaken | undefined> {
    const event = publishing('TicketAdmitted', purchaseId, { text: seatId });
    return this.change(purchaseId, {
      UpdateExpression: `SET #admission = :admission, ${event.SET} ADD admitted :one`,
      ConditionExpression: '#status = :confirmed AND attribute_not_exists(#admission)',
      ExpressionAttributeNames: { ...event.ExpressionAttributeNames, '#admission': attributeOf(seatId) },
      ExpressionAttributeValues: {
        ...event.ExpressionAttributeValues,
        ...{ ':admission': admission, ':one': 1, ':confirmed': 'CONFIRMED' },
      },
    });
  }

  /** Notes what has become of the refund of a cancelled sale. */
  async noteRefund(purchaseId: string, status: RefundStatus): Promise<void> {
    await this.client.send(
      new UpdateCommand({
        TableName: this.tableName,
        Key: { purchaseId },
        UpdateExpression: 'SET cancellation.refund.#status = :refund',
        ConditionExpression: '#status IN (:cancelling, :cancelled)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...{ ':refund': status, ':cancelling': 'CANCELLING', ':cancelled': 'CANCELLED' },
        },
      }),
    );
  }

  /**
   * Notes what Stripe says of a refund after its sale was cancelled.
   *
   * @param purchase as it was when Stripe was asked: of two who ask, whoever has the older answer loses
   * @returns false when it has changed since
   */
  async noteRefundSince(
    { purchaseId, cancellation }: Purchase,
    refund: Cancellation['refund'],
  ): Promise<boolean> {
    const before = cancellation!.refund;
    const noted = await this.change(purchaseId, {
      UpdateExpression: 'SET cancellation.refund.amount = :amount, cancellation.refund.#status = :refund',
      ConditionExpression:
        '#status = :cancelled AND cancellation.refund.amount = :amountBefore AND cancellation.refund.#status = :before',
      ExpressionAttributeValues: {
        ...{ ':cancelled': 'CANCELLED', ':amount': refund.amount, ':refund': refund.status },
        ...{ ':amountBefore': before.amount, ':before': before.status },
      },
    });
    return this.noted(purchaseId, noted, REFUND_KEPT_SECONDS);
  }

  /**
   * Notes what was given back by hand of a sale that stands.
   *
   * @param purchase as it was when Stripe was asked
   * @returns false when it has changed since
   */
  async noteRefunded({ purchaseId, refunded: before }: Purchase, refunded: number): Promise<boolean> {
    const noted = await this.change(purchaseId, {
      UpdateExpression: 'SET refunded = :refunded',
      ConditionExpression: `#status = :confirmed AND ${before === undefined ? 'attribute_not_exists(refunded)' : 'refunded = :before'}`,
      ExpressionAttributeValues: {
        ...{ ':confirmed': 'CONFIRMED', ':refunded': refunded },
        ...(before !== undefined && { ':before': before }),
      },
    });
    return this.noted(purchaseId, noted, REFUND_KEPT_SECONDS);
  }

  /**
   * Notes what the bank disputes. Whoever has noted it tells people of it, and then notes that they are told.
   *
   * @param purchase as it was when Stripe was asked
   * @returns false when it has changed since
   */
  async noteDispute({ purchaseId, dispute: before }: Purchase, dispute: NotedDispute): Promise<boolean> {
    const noted = await this.change(purchaseId, {
      UpdateExpression: 'SET dispute = :dispute',
      ConditionExpression: `attribute_exists(#status) AND ${
        before === undefined
          ? 'attribute_not_exists(dispute)'
          : `dispute.id = :id AND dispute.#status = :before AND ${isSince(before.tellingSince)}`
      }`,
      ExpressionAttributeValues: {
        ':dispute': dispute,
        ...(before && { ':id': before.id, ':before': before.status }),
        ...(before?.tellingSince !== undefined && { ':since': before.tellingSince }),
      },
    });
    return this.noted(purchaseId, noted, DISPUTE_KEPT_SECONDS);
  }

  private async noted(
    purchaseId: string,
    noted: Purchase | NotTaken | undefined,
    seconds: number,
  ): Promise<boolean> {
    if (noted === undefined || noted instanceof NotTaken) return false;
    const until = this.clock.nowSeconds() + seconds;
    if ((noted.expiresAt ?? Infinity) < until) await this.keep(purchaseId, until);
    return true;
  }

  /**
   * Keeps a settled purchase at least so long. Nothing, where it is kept longer anyhow.
   *
   * @param until seconds since the epoch. @default as long as a refund that is tried now may come back
   */
  async keep(purchaseId: string, until = this.clock.nowSeconds() + REFUND_KEPT_SECONDS): Promise<void> {
    await this.change(purchaseId, {
      UpdateExpression: 'SET expiresAt = :until',
      ConditionExpression: 'attribute_exists(#status) AND expiresAt < :until',
      ExpressionAttributeValues: { ':until': until },
    });
  }

  /**
   * Keeps a sale, or a cancelled one, as long as its event has it kept: one that was moved, or one that an older version has sold.
   *
   * @param until seconds since the epoch. What is kept longer stays so
   * @returns false while it is being cancelled: how long it is kept is said when it is
   */
  async keepWithEvent(purchaseId: string, until: number): Promise<boolean> {
    const kept = await this.change(purchaseId, {
      UpdateExpression: 'SET keptUntil = :until, expiresAt = :until',
      ConditionExpression:
        '#status IN (:confirmed, :cancelled) AND (attribute_not_exists(expiresAt) OR expiresAt < :until)',
      ExpressionAttributeValues: {
        ...{ ':confirmed': 'CONFIRMED', ':cancelled': 'CANCELLED', ':until': until },
      },
    });
    return !(kept instanceof NotTaken && kept.purchase.status === 'CANCELLING');
  }

  /** Notes that people were told of what was noted. Nothing, if it was noted anew meanwhile. */
  async noteDisputeTold(purchaseId: string, { tellingSince }: NotedDispute): Promise<void> {
    await this.change(purchaseId, {
      UpdateExpression: 'REMOVE dispute.tellingSince',
      ConditionExpression: 'attribute_exists(#status) AND dispute.tellingSince = :since',
      ExpressionAttributeValues: { ':since': tellingSince },
    });
  }

  /**
   * Settles a sale as CANCELLED that was claimed for it. Repeating it is harmless. It stays in the index of what is due until
   * its buyer is told.
   *
   * @param keptUntil of the sale, seconds since the epoch. @default it has none: an audit will say
   * @returns the purchase, CANCELLED
   */
  async settleCancelled(purchaseId: string, keptUntil?: number): Promise<Purchase> {
    const event = publishing('PurchaseCancelled', purchaseId, {
      attribute: ['cancellation', 'reason'],
    });
    const until = keptUntil && Math.max(keptUntil, this.clock.nowSeconds() + REFUND_KEPT_SECONDS);
    try {
      const { Attributes } = await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { purchaseId },
          UpdateExpression: `SET #status = :cancelled, ${event.SET}${until === undefined ? '' : ', expiresAt = :until'}`,
          ConditionExpression: '#status = :cancelling',
          ExpressionAttributeNames: { ...event.ExpressionAttributeNames, '#status': 'status' },
          ExpressionAttributeValues: {
            ...event.ExpressionAttributeValues,
            ...{ ':cancelled': 'CANCELLED', ':cancelling': 'CANCELLING' },
            ...(until !== undefined && { ':until': until }),
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return purchaseOf(Attributes!);
    } catch (error) {
      const existing = itemOfFailedCondition(error);
      if (existing?.status !== 'CANCELLED') throw error;
      return existing;
    }
  }

  /** Takes a sale off the list of what is due: its buyer is told, or wants no message. Nothing, once the sale is being cancelled. */
  async noteConfirmationTold(purchaseId: string): Promise<void> {
    await takeConfirmedOff(this.client, this.tableName, purchaseId);
  }

  /** The buyer knows this revision of the event, and the ticket shows it. Nothing, once the sale is being cancelled or a later one is known. */
  async noteEventRevision(purchaseId: string, revision: number): Promise<void> {
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { purchaseId },
          UpdateExpression: 'SET eventRevision = :revision',
          ConditionExpression:
            '#status = :confirmed AND (attribute_not_exists(eventRevision) OR eventRevision < :revision)',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':revision': revision, ':confirmed': 'CONFIRMED' },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /** Takes a cancelled sale off the list of what is due: its buyer is told. */
  async noteCancellationTold(purchaseId: string): Promise<void> {
    await this.client.send(takingOff(this.tableName, purchaseId, 'CANCELLED'));
  }

  private async takeOver(
    purchaseId: string,
    update: Change,
    ...beside: TransactionWrite[]
  ): Promise<Purchase | NotTaken | undefined> {
    const taken = await this.change(purchaseId, update, ...beside);
    if (!(taken instanceof NotTaken)) return taken;
    // A write whose answer was lost comes again, from the SDK or from the state machine.
    const { ':executionId': executionId, ':to': to } = update.ExpressionAttributeValues!;
    const { purchase } = taken;
    const isOurs = purchase.executionId === executionId && purchase.status === to;
    return isOurs ? purchase : taken;
  }

  /**
   * One conditional write to a purchase.
   *
   * @param beside what is written with it, or not at all
   * @returns it as it then is; NotTaken with it as it stands, where the condition has failed; undefined when there is none
   */
  private async change(
    purchaseId: string,
    update: Change,
    ...beside: TransactionWrite[]
  ): Promise<Purchase | NotTaken | undefined> {
    const change = {
      ...update,
      TableName: this.tableName,
      Key: { purchaseId },
      ExpressionAttributeNames: { '#status': 'status', ...update.ExpressionAttributeNames },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    try {
      if (beside.length > 0) {
        await transactWrite(this.client, [{ Update: change }, ...beside]);
        // A transaction does not answer with what it wrote.
        return await this.find(purchaseId);
      }
      const { Attributes } = await this.client.send(
        new UpdateCommand({ ...change, ReturnValues: 'ALL_NEW' }),
      );
      return purchaseOf(Attributes!);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException || error instanceof TransactionRefused))
        throw error;
      const existing = itemOfFailedCondition(error);
      return existing && new NotTaken(existing);
    }
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
   * @param until when TTL may take it, seconds since the epoch. @default nobody says
   * @throws SaleNotPossible when a compensation has claimed the purchase, or a hold is lost
   */
  async confirm(purchaseId: string, sales: TransactionWrite[], until?: number): Promise<void> {
    const event = publishing('PurchaseConfirmed', purchaseId, { text: NOTHING_TO_ADD });
    const confirmation: TransactionWrite = {
      Update: {
        TableName: this.tableName,
        Key: { purchaseId },
        UpdateExpression:
          `SET #status = :confirmed, ${event.SET}` +
          (until === undefined ? '' : ', keptUntil = :until, expiresAt = :until'),
        ConditionExpression: '#status = :paid',
        ExpressionAttributeNames: { ...event.ExpressionAttributeNames, '#status': 'status' },
        ExpressionAttributeValues: {
          ...event.ExpressionAttributeValues,
          ...{ ':confirmed': 'CONFIRMED', ':paid': 'PAID' },
          ...(until !== undefined && { ':until': until }),
        },
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
   * Claims the purchase for compensation. The first claim's failure is the purchase's; later ones do not change it. What
   * recovery claims is due by the record itself, which may have changed since the index was read: a purchase that was taken up
   * again is due later.
   *
   * A sale that is being cancelled has been claimed for that: it is the claimant's as it is, and is not compensated.
   *
   * @param failure unless the purchase waits for its buyer when it is due: then the buyer has not come
   * @returns the purchase, COMPENSATING or already FAILED, CANCELLING or CANCELLED; SaleStands when it is CONFIRMED; undefined when there is none
   */
  async claim(
    purchaseId: string,
    failure: Failure,
    claimant: Claimant,
  ): Promise<Purchase | SaleStands | NotTaken | undefined> {
    const isSaga = 'executionId' in claimant;
    const claimed = await this.claimWhere(isSaga ? ownedBy(claimant) : dueTo(claimant), purchaseId, failure);
    if (!(claimed instanceof NotTaken)) return claimed;
    const { purchase } = claimed;
    if (isCancelled(purchase)) return isTheirs(purchase, claimant) ? purchase : claimed;
    const isAwaited = !isSaga && purchase.status === 'AWAITING_AUTHENTICATION';
    return isAwaited ? this.claimWhere(awaitedUntil(claimant), purchaseId, EXPIRED) : claimed;
  }

  private async claimWhere(
    { ConditionExpression, ExpressionAttributeValues }: Condition,
    purchaseId: string,
    failure: Failure,
  ): Promise<Purchase | SaleStands | NotTaken | undefined> {
    const claimed = await this.change(purchaseId, {
      // The reference is for a purchase from before there were any: what is escalated of it must be found.
      UpdateExpression:
        'SET #status = :compensating, failure = if_not_exists(failure, :failure), #reference = :reference',
      ConditionExpression,
      ExpressionAttributeNames: { '#reference': 'reference' },
      ExpressionAttributeValues: {
        ...ExpressionAttributeValues,
        ':compensating': 'COMPENSATING',
        ':failure': failure,
        ':reference': referenceOf(purchaseId),
      },
    });
    if (!(claimed instanceof NotTaken)) return claimed;
    const { purchase } = claimed;
    const { ':executionId': executionId = purchase.executionId } = ExpressionAttributeValues;
    if (purchase.executionId !== executionId) return claimed;
    if (purchase.status === 'CONFIRMED') return new SaleStands(purchase);
    return purchase.status === 'FAILED' ? purchase : claimed;
  }

  /** Settles a purchase as FAILED that its caller has claimed, and says when TTL may take it. Repeating it is harmless. */
  async settleFailed(purchaseId: string): Promise<void> {
    const event = publishing('PurchaseFailed', purchaseId, { attribute: ['failure', 'code'] });
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { purchaseId },
          UpdateExpression: `SET #status = :failed, expiresAt = :until, ${event.SET} REMOVE ${OFF_THE_LISTS}`,
          ConditionExpression: '#status = :compensating',
          ExpressionAttributeNames: { ...event.ExpressionAttributeNames, '#status': 'status' },
          ExpressionAttributeValues: {
            ...event.ExpressionAttributeValues,
            ...{ ':failed': 'FAILED', ':compensating': 'COMPENSATING' },
            ':until': this.clock.nowSeconds() + REFUND_KEPT_SECONDS,
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    } catch (error) {
      // Two may undo the same purchase: whoever comes second finds it settled.
      if (itemOfFailedCondition(error)?.status !== 'FAILED') throw error;
    }
  }

  /**
   * The purchases for which something is still to be done and that are due at `now`, seconds since the epoch; with the time
   * they are due since, the oldest first within a shard.
   */
  async *due(now: number): AsyncGenerator<{ readonly purchaseId: string; readonly dueAt: number }> {
    for await (const item of listedUntil(this.client, this.tableName, DUE, now)) yield dueEntryOf(item);
    for await (const item of listedUntil(this.client, this.tableName, UNSETTLED, now - SETTLED_WITHIN)) {
      const { purchaseId, ...entry } = unsettledEntryOf(item);
      yield { purchaseId, dueAt: dueAtOf(entry) };
    }
  }

  /**
   * Writes to a purchase that is PENDING or PAID, that is: not claimed by a compensation. Nothing, once it is CONFIRMED, or
   * waits for its buyer.
   *
   * @returns the purchase as it then is
   */
  private async updateLive(
    purchaseId: string,
    update: string,
    values: Record<string, unknown> = {},
  ): Promise<Purchase> {
    const changed = await this.change(purchaseId, {
      UpdateExpression: update,
      ConditionExpression: '#status IN (:pending, :paid)',
      ExpressionAttributeValues: { ':pending': 'PENDING', ':paid': 'PAID', ...values },
    });
    if (changed && !(changed instanceof NotTaken)) return changed;
    // A step that runs once more, after its first answer was lost on the way.
    const status = changed?.purchase.status;
    if (changed && (status === 'CONFIRMED' || status === 'AWAITING_AUTHENTICATION')) return changed.purchase;
    throw new SaleNotPossible('The purchase is no longer live');
  }
}

/** Of a cancelled sale, once all is done for it, nothing is due. */
function isTheirs({ executionId, dueAt = Infinity }: Purchase, claimant: Claimant): boolean {
  return 'executionId' in claimant ? executionId === claimant.executionId : dueAt <= claimant.now;
}

/** What a claim asks of the purchase. */
interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues: Readonly<Record<string, string | number>>;
}

/** Also one that waits: a step of the execution has failed after the bank had asked. */
function ownedBy({ executionId }: { readonly executionId: string }): Condition {
  return {
    ConditionExpression:
      '#status IN (:pending, :awaiting, :paid, :compensating) AND executionId = :executionId',
    ExpressionAttributeValues: {
      ...{ ':pending': 'PENDING', ':awaiting': 'AWAITING_AUTHENTICATION', ':paid': 'PAID' },
      ':executionId': executionId,
    },
  };
}

/** Those of an older version are due by their age. */
function dueTo({ now }: { readonly now: number }): Condition {
  return {
    ConditionExpression:
      '#status IN (:pending, :paid, :compensating) AND ' +
      '(dueAt <= :now OR (attribute_not_exists(dueAt) AND createdAt <= :opened))',
    ExpressionAttributeValues: {
      ...{ ':pending': 'PENDING', ':paid': 'PAID', ':now': now, ':opened': now - SETTLED_WITHIN },
    },
  };
}

function awaitedUntil({ now }: { readonly now: number }): Condition {
  return {
    ConditionExpression: '#status = :awaiting AND dueAt <= :now',
    ExpressionAttributeValues: { ':awaiting': 'AWAITING_AUTHENTICATION', ':now': now },
  };
}

function isSince(tellingSince: number | undefined): string {
  return tellingSince === undefined
    ? 'attribute_not_exists(dispute.tellingSince)'
    : 'dispute.tellingSince = :since';
}

function itemOfFailedCondition(error: unknown): Purchase | undefined {
  if (error instanceof TransactionRefused) {
    const item = error.itemAt(0);
    return item && purchaseOf(item);
  }
  if (!(error instanceof ConditionalCheckFailedException) || !error.Item) return undefined;
  return purchaseOf(unmarshall(error.Item));
}

function withReference(purchase: Purchase): Purchase {
  return { ...purchase, reference: referenceOf(purchase.purchaseId) };
}
