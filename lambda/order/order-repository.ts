import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Failure } from '../purchase/purchase';
import {
  batchGet,
  type Change,
  transactWrite,
  TransactionRefused,
  type TransactionWrite,
} from '../shared/dynamodb';
import { DISPUTE_KEPT_SECONDS, REFUND_KEPT_SECONDS } from '../shared/retention';
import { listedOf } from '../shared/address-hash';
import { listedUntil, type ShardedIndex, shardOf } from '../shared/sharded-index';
import { Installation, INSTALLATION_KEY } from '../purchase/installation';
import { NotCounted, type UnpaidHolder, UnpaidSeats } from '../purchase/unpaid-seats';
import { type Clock, systemClock } from '../shared/clock';
import { EVENT_KEYS, ExtraRepository } from './extra-repository';
import { type Order, type Stock } from './order';
import { dueOrderOf, orderOf } from './order-item';

/** What the partitions of orders begin with. */
export const ORDER_KEYS = 'ORDER#';

/** The orders for which something is still to be done. */
export const DUE = {
  name: 'due',
  shard: 'dueShard',
  time: 'dueAt',
  shards: 4,
} as const satisfies ShardedIndex;

/**
 * Seconds for which an execution has an order: it ends in 25 minutes at the latest, and the rest is for clocks that differ. Then
 * another one may take the order.
 */
export const OWNED_FOR = 1_560;

/** Seconds after which an order that nobody has begun is looked after: whoever wrote it starts it within these. */
export const STARTED_WITHIN = 60;

/**
 * When TTL takes an order of which nobody has said until when it is kept: it leaves alone what is five years back, or more ("Using time to
 * live", developer guide, read November 2026).
 */
export const NEVER = 0;

/** What has one of these is settled. */
const ENDS: ReadonlySet<Order['status']> = new Set<Order['status']>(['CONFIRMED', 'FAILED', 'CANCELLED']);

/** Seconds for which an attempt to tell the buyer has the order: longer than its function may run. */
const TELLING_SECONDS = 40;

/** Attempts to tell the buyer that may have reached them. */
const MAX_TELLINGS = 2;

/** Seconds in which a message that was given up may be given back: a dead-letter queue keeps it for 14 days. */
const TOLD_WITHIN = 14 * 86_400;

/** Whether the buyer of a settled order may still be told how it has ended. @param now seconds since the epoch */
export function isToBeTold(order: Order, now: number): boolean {
  const { toldAt, tellingUnknownAt, createdAt, revokedAt = createdAt } = order;
  return toldAt === undefined && tellingUnknownAt === undefined && now < revokedAt + TOLD_WITHIN;
}

/** The order is not for this execution to take, or not in the state that was asked for. */
export class OrderNotTaken {
  /** @param order as it stands */
  constructor(readonly order: Order) {}
}

/** Another attempt to tell the buyer is under way. */
export class TellingUnderWay extends Error {
  override readonly name = 'TellingUnderWay';
}

/** Extras, by their position among the order's items, of which there are not enough. */
export class StockShort extends Error {
  override readonly name = 'StockShort';

  constructor(readonly positions: readonly number[]) {
    super('There is not enough');
  }
}

/** What to `REMOVE` of an order for which nothing is left to be done: its places in the lists, and what opened something. */
const SETTLED = 'dueAt, dueShard, paymentMethod, taskToken, refundFailed';

/**
 * Orders, one item each, and what each has of the stock.
 *
 * | item        | pk                      | sk        |
 * | order       | `ORDER#orderId`         | `ORDER`   |
 * | reservation | `EVENT#eventId#ORDERS`  | `orderId` |
 * | revoked     | `EVENT#eventId#REVOKED` | `orderId` |
 * | unpaid      | `UNPAID#…`              | `UNPAID`  |
 *
 * Each change is one conditional write. `executionId` says which execution has the order: whatever one does that has lost it finds its
 * condition false. The reservation is written together with the stock that it takes and deleted together with what it gives back,
 * so what extras lack is what reservations have, whatever is repeated, late or lost.
 */
export class OrderRepository {
  readonly extras: ExtraRepository;
  readonly installation: Installation;
  /** How many extras of an event each address has unpaid. */
  readonly unpaid: UnpaidSeats;

  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly clock: Clock = systemClock,
  ) {
    this.extras = new ExtraRepository(client, tableName);
    this.installation = new Installation(client, tableName, clock, {
      pk: INSTALLATION_KEY,
      sk: INSTALLATION_KEY,
    });
    this.unpaid = new UnpaidSeats(client, tableName, this.installation, (key) => ({ pk: key, sk: UNPAID }));
  }

  async find(orderId: string): Promise<Order | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: orderKey(orderId), ConsistentRead: true }),
    );
    return Item && orderOf(Item);
  }

  /** The orders whose buyer's address has one of these hashes. */
  async idsByEmail(hashes: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for await (const { pk } of listedOf(this.client, this.tableName, hashes))
      ids.push((pk as string).slice(ORDER_KEYS.length));
    return ids;
  }

  /**
   * Forgets the buyer of a settled order: with empty texts, because older versions read them. Everything else of it stays.
   *
   * @param order as it was found
   * @returns false when it has changed since, and something may be due for it
   */
  async erase({ orderId, status, emailHash }: Order): Promise<boolean> {
    const erased = await this.change(orderId, {
      UpdateExpression: 'SET buyer = :nobody REMOVE emailHash',
      ConditionExpression: '#status = :status AND emailHash = :hash AND attribute_not_exists(dueAt)',
      ExpressionAttributeValues: {
        ...{ ':status': status, ':hash': emailHash },
        ':nobody': { name: '', email: '' } satisfies Order['buyer'],
      },
    });
    return erased !== undefined && !(erased instanceof OrderNotTaken);
  }

  /** Those that there are; they may be a moment old. */
  async findAll(orderIds: Iterable<string>): Promise<Order[]> {
    const keys = [...new Set(orderIds)].map(orderKey);
    return (await batchGet(this.client, this.tableName, keys)).map(orderOf);
  }

  /** @returns the order that was there before, if the key was used; undefined when this one was written */
  async open(order: Order): Promise<Order | undefined> {
    try {
      await this.client.send(
        new PutCommand({
          TableName: this.tableName,
          Item: {
            ...orderKey(order.orderId),
            ...order,
            dueAt: order.createdAt + STARTED_WITHIN,
            dueShard: shardOf(order.orderId, DUE),
          },
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      const existing = orderOfFailed(error);
      if (!existing) throw error;
      return existing;
    }
  }

  /**
   * Takes the order for an execution: a new one, its own, or one whose execution's time is over.
   *
   * @returns the order; undefined when there is none
   */
  async take(orderId: string, executionId: string): Promise<Order | OrderNotTaken | undefined> {
    const now = this.clock.nowSeconds();
    return this.change(orderId, {
      UpdateExpression: 'SET executionId = :executionId, dueAt = :until',
      ConditionExpression:
        '#status IN (:pending, :awaiting, :compensating) AND ' +
        '(attribute_not_exists(executionId) OR executionId = :executionId OR dueAt <= :now)',
      ExpressionAttributeValues: {
        ...{ ...liveValues(executionId), ':compensating': 'COMPENSATING' },
        ...{ ':now': now, ':until': now + OWNED_FOR },
      },
    });
  }

  /** Agrees what the order costs, once: a step that runs again changes no price. */
  async price(
    { orderId }: Order,
    executionId: string,
    priced: Required<Pick<Order, 'items' | 'amount' | 'currency' | 'keptUntil'>>,
  ): Promise<Order | OrderNotTaken | undefined> {
    return this.change(orderId, {
      UpdateExpression: 'SET #items = :items, amount = :amount, currency = :currency, keptUntil = :until',
      ConditionExpression: `${IS_LIVE} AND attribute_not_exists(stock)`,
      ExpressionAttributeNames: { '#items': 'items' },
      ExpressionAttributeValues: {
        ...liveValues(executionId),
        ...{ ':items': priced.items, ':amount': priced.amount, ':currency': priced.currency },
        ':until': priced.keptUntil,
      },
    });
  }

  /**
   * Reserves what the order wants of each extra: all or nothing, together with the note of whose it is. Repeating it is harmless.
   *
   * @param bound of what an address may have unpaid, for what costs nothing. @default it is not counted
   * @throws StockShort; TooManyUnpaid; nothing is reserved then
   * @returns false when the order is not this execution's any more; nothing is reserved then
   */
  async reserve(order: Order, executionId: string, bound?: number): Promise<boolean> {
    return this.counted(order, bound, (count) => this.reserveCounting(order, executionId, count));
  }

  private async reserveCounting(
    { orderId, eventId, items, keptUntil }: Order,
    executionId: string,
    count: TransactionWrite | undefined,
  ): Promise<boolean> {
    const order: TransactionWrite = {
      Update: {
        ...this.live(orderId, executionId, 'attribute_not_exists(stock)'),
        UpdateExpression: 'SET stock = :reserved',
        ExpressionAttributeValues: { ...liveValues(executionId), ':reserved': 'RESERVED' satisfies Stock },
      },
    };
    const reservation: TransactionWrite = {
      Put: {
        TableName: this.tableName,
        Item: {
          ...reservationKey(eventId, orderId),
          ...{ orderId, items: items.map(({ extraId, quantity }) => ({ extraId, quantity })) },
          reservedAt: this.clock.nowSeconds(),
          // What reserves for longer than the event's sales are kept is none.
          ...(keptUntil !== undefined && { expiresAt: keptUntil }),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    };
    const taken = items.map(({ extraId, quantity }) => this.extras.take(eventId, extraId, quantity));
    try {
      await transactWrite(this.client, [order, reservation, ...taken, ...(count ? [count] : [])]);
      return true;
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      const found = error.itemAt(0);
      // The answer of the first attempt was lost.
      if (error.refused.includes(0))
        return found?.['stock'] === 'RESERVED' && found['executionId'] === executionId;
      const short = error.refused
        .map((position) => position - 2)
        .filter((position) => position < items.length);
      throw short.length > 0 ? new StockShort(short) : new NotCounted(error.itemAt(2 + items.length));
    }
  }

  /** Settles an order as FAILED that has reserved nothing and paid nothing. Repeating it is harmless. */
  async refuse(orderId: string, executionId: string, failure: Failure): Promise<void> {
    await this.change(orderId, {
      UpdateExpression: `SET #status = :failed, failure = :failure, expiresAt = :expiresAt REMOVE ${SETTLED}`,
      ConditionExpression: `${IS_LIVE} AND attribute_not_exists(stock)`,
      ExpressionAttributeValues: {
        ...liveValues(executionId),
        ...{ ':failed': 'FAILED', ':failure': failure },
        ':expiresAt': this.clock.nowSeconds() + REFUND_KEPT_SECONDS,
      },
    });
  }

  /**
   * Stores the payment intent before any money can move, and counts the attempt. The order does not wait for its buyer any more.
   *
   * @returns the order as it then is; undefined when it is not this execution's any more
   */
  async recordPaymentIntent(
    orderId: string,
    executionId: string,
    paymentIntentId: string,
  ): Promise<Order | undefined> {
    const changed = await this.change(orderId, {
      UpdateExpression:
        'SET #status = :pending, paymentIntentId = :intent REMOVE taskToken ADD paymentAttempts :one',
      ConditionExpression: IS_LIVE,
      ExpressionAttributeValues: { ...liveValues(executionId), ':intent': paymentIntentId, ':one': 1 },
    });
    return changed instanceof OrderNotTaken ? undefined : changed;
  }

  /**
   * Lets the order wait for its buyer, whom the bank wants, and counts its extras as unpaid.
   *
   * @param authenticateBy until when, seconds since the epoch, unless the bank had asked before
   * @param bound of what an address may have unpaid
   * @throws TooManyUnpaid; it does not wait then
   * @returns false when it is not this execution's any more
   */
  async awaitAuthentication(
    order: Order,
    executionId: string,
    {
      taskToken,
      authenticateBy,
      bound,
    }: { readonly taskToken: string; readonly authenticateBy: number; readonly bound: number },
  ): Promise<boolean> {
    const waiting: TransactionWrite = {
      Update: {
        ...this.live(order.orderId, executionId),
        UpdateExpression:
          'SET #status = :awaiting, taskToken = :token, authenticateBy = if_not_exists(authenticateBy, :by)',
        ExpressionAttributeValues: { ...liveValues(executionId), ':token': taskToken, ':by': authenticateBy },
      },
    };
    return this.counted(order, bound, async (count) => {
      try {
        await transactWrite(this.client, [waiting, ...(count ? [count] : [])]);
        return true;
      } catch (error) {
        if (!(error instanceof TransactionRefused)) throw error;
        if (!error.refused.includes(0)) throw new NotCounted(error.itemAt(1));
        return false;
      }
    });
  }

  /** Takes the order's extras off what is unpaid: they are paid for, or not reserved any more. Repeating it is harmless. */
  async noLongerUnpaid(order: Order): Promise<void> {
    await this.unpaid.takeOffFrom(order.unpaidKey, holderOf(order));
  }

  private async counted(
    order: Order,
    bound: number | undefined,
    transaction: (count?: TransactionWrite) => Promise<boolean>,
  ): Promise<boolean> {
    const { unpaidKey } = order;
    if (unpaidKey === undefined || bound === undefined) return transaction();
    let isDone = false;
    const bounded = { bound, now: this.clock.nowSeconds() };
    await this.unpaid.countingUnder(unpaidKey, holderOf(order), bounded, async (count) => {
      isDone = await transaction(count);
    });
    return isDone;
  }

  /**
   * Claims the order for compensation: nothing pays for it or sells to it from here on. The first claim's failure is the order's. One
   * that no execution has taken is the claimant's, whose first step has failed before it took it.
   *
   * @returns the order, COMPENSATING, or undone already; OrderNotTaken when it is CONFIRMED or another execution's
   */
  async claim(
    orderId: string,
    executionId: string,
    failure: Failure,
  ): Promise<Order | OrderNotTaken | undefined> {
    const claimed = await this.change(orderId, {
      UpdateExpression:
        'SET #status = :compensating, executionId = :executionId, failure = if_not_exists(failure, :failure) REMOVE taskToken',
      ConditionExpression:
        '#status IN (:pending, :awaiting, :compensating) AND ' +
        '(attribute_not_exists(executionId) OR executionId = :executionId)',
      ExpressionAttributeValues: {
        ...liveValues(executionId),
        ...{ ':compensating': 'COMPENSATING', ':failure': failure },
      },
    });
    return claimed instanceof OrderNotTaken && isUndone(claimed.order) ? claimed.order : claimed;
  }

  /**
   * Revokes the sale with its event: from here on it is to be undone, and whoever does that takes it as any order that an execution has
   * left. Its buyer is to be told anew.
   *
   * @returns false when it is no sale any more
   */
  async revoke({
    orderId,
    eventId,
    keptUntil,
  }: Pick<Order, 'orderId' | 'eventId' | 'keptUntil'>): Promise<boolean> {
    const now = this.clock.nowSeconds();
    const order: TransactionWrite = {
      Update: {
        TableName: this.tableName,
        Key: orderKey(orderId),
        UpdateExpression:
          'SET #status = :compensating, revokedAt = :now, dueAt = :due, dueShard = :shard ' +
          // Until it is cancelled, money may be owed: TTL must not take it.
          'REMOVE executionId, toldAt, tellings, tellingUntil, tellingBy, tellingUnknownAt, expiresAt',
        ConditionExpression: '#status = :confirmed',
        ExpressionAttributeNames: STATUS,
        ExpressionAttributeValues: {
          ...{ ':confirmed': 'CONFIRMED', ':compensating': 'COMPENSATING' },
          ...{ ':now': now, ':due': now + STARTED_WITHIN, ':shard': shardOf(orderId, DUE) },
        },
      },
    };
    const expiry = keptUntil !== undefined && { expiresAt: keptUntil };
    const Item = { ...revokedKey(eventId, orderId), at: now, ...expiry };
    const note = { Put: { TableName: this.tableName, Item } };
    try {
      await transactWrite(this.client, [order, note]);
      return true;
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      return false;
    }
  }

  /**
   * Gives back what the order has reserved, or was sold before it was revoked: all or nothing, once, whoever repeats it.
   *
   * @param order that its caller has claimed
   * @returns whether there was anything to give back
   */
  async restore({ orderId, eventId, items, executionId, stock }: Order): Promise<boolean> {
    if (stock === undefined || stock === 'RESTORED') return false;
    return this.giveBack(
      { orderId, eventId, items },
      {
        UpdateExpression: 'SET stock = :restored',
        ConditionExpression: '#status = :compensating AND stock = :stock AND executionId = :executionId',
        ExpressionAttributeValues: {
          ...{ ':compensating': 'COMPENSATING', ':stock': stock, ':restored': 'RESTORED' },
          ':executionId': executionId,
        },
      },
    );
  }

  /**
   * Notes what was given back by hand of an order that is CONFIRMED. All of it cancels the order, and gives its extras back.
   *
   * @param order as it was when Stripe was asked
   * @returns false when it has changed since
   */
  async noteRefunded(order: Order, refunded: number): Promise<boolean> {
    const { orderId, amount = 0, refunded: before } = order;
    const isAll = refunded >= amount;
    const since = before === undefined ? 'attribute_not_exists(refunded)' : 'refunded = :before';
    const change: Change = {
      UpdateExpression: `SET refunded = :refunded${isAll ? ', #status = :cancelled, stock = :restored' : ''}`,
      ConditionExpression: `#status = :confirmed AND ${since}`,
      ExpressionAttributeValues: {
        ...{ ':confirmed': 'CONFIRMED', ':refunded': refunded },
        ...(before !== undefined && { ':before': before }),
        ...(isAll && { ':cancelled': 'CANCELLED', ':restored': 'RESTORED' satisfies Stock }),
      },
    };
    const noted = isAll ? await this.giveBack(order, change) : await this.change(orderId, change);
    if (!noted || noted instanceof OrderNotTaken) return false;
    await this.keep(orderId);
    return true;
  }

  /**
   * Keeps a settled order at least so long. Nothing, where it is kept longer anyhow.
   *
   * @param until seconds since the epoch. @default as long as a refund that is tried now may come back
   */
  async keep(orderId: string, until = this.clock.nowSeconds() + REFUND_KEPT_SECONDS): Promise<void> {
    await this.change(orderId, {
      UpdateExpression: 'SET expiresAt = :until',
      ConditionExpression: 'attribute_exists(#status) AND expiresAt > :never AND expiresAt < :until',
      ExpressionAttributeValues: { ':until': until, ':never': NEVER },
    });
  }

  /**
   * Keeps an order, and the note of what it has reserved, as long as its event has sales kept. What is kept longer stays so.
   *
   * @returns false while an execution has the order
   */
  async keepWithEvent(eventId: string, orderId: string, until: number): Promise<boolean> {
    const kept = await this.change(orderId, {
      UpdateExpression: 'SET keptUntil = :until, expiresAt = :until',
      ConditionExpression:
        '#status IN (:confirmed, :cancelled) AND (attribute_not_exists(expiresAt) OR expiresAt < :until)',
      ExpressionAttributeValues: {
        ...{ ':confirmed': 'CONFIRMED', ':cancelled': 'CANCELLED', ':until': until },
      },
    });
    const isSettled = !(kept instanceof OrderNotTaken) || ENDS.has(kept.order.status);
    if (isSettled) await this.keepNote(reservationKey(eventId, orderId), until);
    return isSettled;
  }

  /** Keeps the note that an order was revoked as long. */
  async keepRevoked({ orderId, eventId }: Pick<Order, 'orderId' | 'eventId'>, until: number): Promise<void> {
    await this.keepNote(revokedKey(eventId, orderId), until);
  }

  private async keepNote(key: ReturnType<typeof reservationKey>, until: number): Promise<void> {
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: key,
          UpdateExpression: 'SET expiresAt = :until',
          ConditionExpression:
            'attribute_exists(pk) AND (attribute_not_exists(expiresAt) OR expiresAt < :until)',
          ExpressionAttributeValues: { ':until': until },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /** Notes that people are told of a dispute, and keeps a settled order until long after that is decided. */
  async noteDispute(orderId: string, { id, status }: NonNullable<Order['dispute']>): Promise<void> {
    await this.change(orderId, {
      UpdateExpression: 'SET dispute = :dispute',
      ConditionExpression: 'attribute_exists(#status)',
      ExpressionAttributeValues: { ':dispute': { id, status } },
    });
    await this.keep(orderId, this.clock.nowSeconds() + DISPUTE_KEPT_SECONDS);
  }

  private async giveBack(
    { orderId, eventId, items }: Pick<Order, 'orderId' | 'eventId' | 'items'>,
    change: Change,
  ): Promise<boolean> {
    const order = {
      ...change,
      TableName: this.tableName,
      Key: orderKey(orderId),
      ExpressionAttributeNames: STATUS,
    };
    const reservation = { TableName: this.tableName, Key: reservationKey(eventId, orderId) };
    const given = items.map(({ extraId, quantity }) => this.extras.giveBack(eventId, extraId, quantity));
    try {
      await transactWrite(this.client, [
        { Update: order },
        { Delete: { ...reservation, ConditionExpression: 'attribute_exists(pk)' } },
        ...given,
      ]);
      return true;
    } catch (error) {
      // Somebody has given it back already. An extra is never deleted, so nothing else can be missing.
      if (error instanceof TransactionRefused && error.refused.includes(0)) return false;
      throw error;
    }
  }

  /**
   * Settles an order as FAILED that its caller has claimed. Repeating it is harmless.
   *
   * @returns false when another execution has it
   */
  async settleFailed(orderId: string, executionId: string): Promise<boolean> {
    const settled = await this.change(orderId, {
      UpdateExpression: `SET #status = :failed, expiresAt = :expiresAt REMOVE ${SETTLED}`,
      ConditionExpression: '#status IN (:compensating, :failed) AND executionId = :executionId',
      ExpressionAttributeValues: {
        ...{ ':compensating': 'COMPENSATING', ':failed': 'FAILED', ':executionId': executionId },
        ':expiresAt': this.clock.nowSeconds() + REFUND_KEPT_SECONDS,
      },
    });
    return settled !== undefined && !(settled instanceof OrderNotTaken);
  }

  /** Settles an order as CANCELLED that was revoked, and that its caller has claimed. Repeating it is harmless. */
  async settleCancelled(
    { orderId, keptUntil = 0 }: Pick<Order, 'orderId' | 'keptUntil'>,
    executionId: string,
  ): Promise<void> {
    const until = Math.max(keptUntil, this.clock.nowSeconds() + REFUND_KEPT_SECONDS);
    await this.change(orderId, {
      UpdateExpression: `SET #status = :cancelled, expiresAt = :until REMOVE failure, ${SETTLED}`,
      ConditionExpression:
        '#status IN (:compensating, :cancelled) AND executionId = :executionId AND attribute_exists(revokedAt)',
      ExpressionAttributeValues: {
        ...{ ':compensating': 'COMPENSATING', ':cancelled': 'CANCELLED', ':executionId': executionId },
        ':until': until,
      },
    });
  }

  /** Notes that the bank does not take the money back of an order that its caller has claimed. */
  async noteRefundFailed(orderId: string, executionId: string): Promise<void> {
    await this.change(orderId, {
      UpdateExpression: 'SET refundFailed = :yes',
      ConditionExpression: '#status = :compensating AND executionId = :executionId',
      ExpressionAttributeValues: {
        ...{ ':compensating': 'COMPENSATING', ':executionId': executionId, ':yes': true },
      },
    });
  }

  /**
   * An attempt to tell the buyer what has become of the order: at most one at a time, and two that may have reached the buyer.
   *
   * @param order as it is told: of one that is revoked meanwhile, nothing more is noted
   * @param by identifies the attempt: the same when its request is repeated, different for every other attempt
   * @returns whether it may be made, and is the last; `GIVEN_UP` when two were made, and it is known of neither whether it has
   *   reached the buyer; `NOT_DUE` when the buyer is told, or it is not how the order has ended any more
   * @throws TellingUnderWay
   */
  async beginTelling(
    order: Pick<Order, 'orderId' | 'status'>,
    by: string,
  ): Promise<{ readonly isLast: boolean } | 'GIVEN_UP' | 'NOT_DUE'> {
    const now = this.clock.nowSeconds();
    const begun = ({ tellings = 0 }: Order) => ({ isLast: tellings >= MAX_TELLINGS });
    const changed = await this.change(order.orderId, {
      UpdateExpression: 'SET tellingUntil = :until, tellingBy = :by ADD tellings :one',
      ConditionExpression:
        '#status = :told AND attribute_not_exists(toldAt) AND ' +
        '(attribute_not_exists(tellings) OR tellings < :most) AND ' +
        '(attribute_not_exists(tellingUntil) OR tellingUntil <= :now)',
      ExpressionAttributeValues: {
        ...{ ':told': order.status, ':now': now, ':until': now + TELLING_SECONDS },
        ...{ ':by': by, ':one': 1, ':most': MAX_TELLINGS },
      },
    });
    if (!changed) return 'NOT_DUE';
    if (!(changed instanceof OrderNotTaken)) return begun(changed);
    const { status, toldAt, tellingUntil = 0, tellingBy, tellingUnknownAt } = changed.order;
    if (status !== order.status || (toldAt ?? tellingUnknownAt) !== undefined) return 'NOT_DUE';
    // The SDK repeated a write whose answer was lost.
    if (tellingBy === by) return begun(changed.order);
    if (tellingUntil > now) throw new TellingUnderWay('Another attempt is under way: try again later');
    // The last attempt has died.
    return (await this.giveUpTelling(order)) ? 'GIVEN_UP' : 'NOT_DUE';
  }

  /** Notes that nobody knows whether the buyer was told. @returns false when the buyer is told */
  async giveUpTelling({ orderId, status }: Pick<Order, 'orderId' | 'status'>): Promise<boolean> {
    const given = await this.change(orderId, {
      UpdateExpression: 'SET tellingUnknownAt = :now REMOVE tellingUntil, tellingBy',
      ConditionExpression: '#status = :told AND attribute_not_exists(toldAt)',
      ExpressionAttributeValues: { ':told': status, ':now': this.clock.nowSeconds() },
    });
    return given !== undefined && !(given instanceof OrderNotTaken);
  }

  async endTelling({ orderId, status }: Pick<Order, 'orderId' | 'status'>): Promise<void> {
    await this.change(orderId, {
      UpdateExpression: 'SET toldAt = :now REMOVE tellingUntil, tellingBy',
      ConditionExpression: '#status = :told',
      ExpressionAttributeValues: { ':told': status, ':now': this.clock.nowSeconds() },
    });
  }

  /** The attempt was refused: it has reached nobody. */
  async withdrawTelling({ orderId, status }: Pick<Order, 'orderId' | 'status'>, by: string): Promise<void> {
    await this.change(orderId, {
      UpdateExpression: 'REMOVE tellingUntil, tellingBy ADD tellings :less',
      ConditionExpression: '#status = :told AND tellingBy = :by',
      ExpressionAttributeValues: { ':told': status, ':by': by, ':less': -1 },
    });
  }

  /** The orders for which something is still to be done and that are due at `now`, seconds since the epoch. */
  async *due(now: number): AsyncGenerator<{ readonly orderId: string; readonly dueAt: number }> {
    for await (const item of listedUntil(this.client, this.tableName, DUE, now)) {
      const { pk, dueAt } = dueOrderOf(item);
      yield { orderId: pk.slice(ORDER_KEYS.length), dueAt };
    }
  }

  /** The orders of an event that have something of its stock: a page, as they are at this moment. */
  async ofEvent(
    eventId: string,
    { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<{ readonly orderIds: readonly string[]; readonly after?: string }> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :orders',
        ExpressionAttributeValues: { ':orders': reservationKey(eventId, '').pk },
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: reservationKey(eventId, after) }),
      }),
    );
    return {
      orderIds: Items.map(({ sk }) => sk as string),
      after: LastEvaluatedKey?.['sk'] as string | undefined,
    };
  }

  /** The orders of an event that were revoked with it, in pages. */
  async *revokedOf(eventId: string): AsyncGenerator<readonly string[]> {
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :revoked',
        ExpressionAttributeValues: { ':revoked': revokedKey(eventId, '').pk },
      },
    );
    for await (const { Items = [] } of pages) yield Items.map(({ sk }) => sk as string);
  }

  private live(orderId: string, executionId: string, also?: string) {
    return {
      TableName: this.tableName,
      Key: orderKey(orderId),
      ConditionExpression: also === undefined ? IS_LIVE : `${IS_LIVE} AND ${also}`,
      ExpressionAttributeNames: STATUS,
      ExpressionAttributeValues: liveValues(executionId),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
  }

  /**
   * One conditional write to an order.
   *
   * @returns it as it then is; OrderNotTaken with it as it stands, where the condition has failed; undefined when there is none
   */
  private async change(orderId: string, change: Change): Promise<Order | OrderNotTaken | undefined> {
    try {
      const { Attributes } = await this.client.send(
        new UpdateCommand({
          ...change,
          TableName: this.tableName,
          Key: orderKey(orderId),
          ExpressionAttributeNames: { ...STATUS, ...change.ExpressionAttributeNames },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return orderOf(Attributes!);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const existing = orderOfFailed(error);
      return existing && new OrderNotTaken(existing);
    }
  }
}

const STATUS = { '#status': 'status' };

/** Sort key of the counts. */
const UNPAID = 'UNPAID';

function holderOf({ orderId, items, createdAt }: Order): UnpaidHolder {
  const count = items.reduce((sum, { quantity }) => sum + quantity, 0);
  return { id: orderId, count, createdAt };
}

/** Nothing is left to be undone, by a workflow: what was given back by hand is none of its doing. */
function isUndone({ status, revokedAt }: Order): boolean {
  return status === 'FAILED' || (status === 'CANCELLED' && revokedAt !== undefined);
}

/** Of an execution that has the order, and nothing is undone of it. */
const IS_LIVE = '#status IN (:pending, :awaiting) AND executionId = :executionId';

function liveValues(executionId: string) {
  return {
    ':pending': 'PENDING',
    ':awaiting': 'AWAITING_AUTHENTICATION',
    ':executionId': executionId,
  };
}

function orderOfFailed(error: unknown): Order | undefined {
  if (!(error instanceof ConditionalCheckFailedException) || !error.Item) return undefined;
  return orderOf(unmarshall(error.Item));
}

function orderKey(orderId: string) {
  return { pk: `${ORDER_KEYS}${orderId}`, sk: 'ORDER' };
}

function reservationKey(eventId: string, orderId: string) {
  return { pk: `${EVENT_KEYS}${eventId}#ORDERS`, sk: orderId };
}

function revokedKey(eventId: string, orderId: string) {
  return { pk: `${EVENT_KEYS}${eventId}#REVOKED`, sk: orderId };
}
