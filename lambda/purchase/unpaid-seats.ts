import { createHmac } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, systemClock } from '../shared/clock';
import { pauseAfter, type TransactionWrite } from '../shared/dynamodb';
import { itemOf, number } from '../shared/item';
import { logger } from '../shared/logger';
import { referenceOf } from '../shared/reference';
import { countedAddress } from './counted-address';
import { type Installation } from './installation';

/** What the keys of these items begin with. No purchase can have one: their keys are UUIDs. */
export const UNPAID_KEY_PREFIX = 'UNPAID#';

/** Seats that a purchase holds and nobody has paid for. */
export interface UnpaidPurchase {
  readonly purchaseId: string;
  readonly eventId: string;
  /** The address that the buyer's request came from. */
  readonly viewer: string;
  /** How many. */
  readonly seats: number;
  /** Seconds since the epoch: by then they count no more, whoever failed to take them off. */
  readonly until: number;
}

/** A purchase in the item. */
interface Entry {
  readonly seats: number;
  readonly until: number;
}
const ENTRY = { seats: number, until: number };

/** The write that counts was refused, and no other of its transaction: `item` is what it found, if anything. */
export class NotCounted extends Error {
  override readonly name = 'NotCounted';

  constructor(readonly item: Readonly<Record<string, unknown>> | undefined) {
    super('The seats were not counted');
  }
}

/** With these seats, the address would hold more of the event unpaid than it may. */
export class OverBound extends Error {
  override readonly name = 'OverBound';

  constructor() {
    super('Too many unpaid seats');
  }
}

/** Longer than any entry lasts, so that a later write never shortens what TTL leaves. */
const ITEM_SECONDS = 3_600;

/** Others of the same address may change the item in between. */
const ATTEMPTS = 6;

/** Milliseconds that a saga waits to take seats off: nothing but the bound depends on it. */
const TAKE_OFF_MS = 1_000;

/** What the name of each purchase's attribute begins with; its reference follows. */
const ENTRY_PREFIX = 'p_';

/**
 * How many seats of an event each address holds unpaid: an item of the purchase table per event and address, for as long as
 * there are any.
 *
 * | attribute       |                                                                              |
 * | purchaseId      | `UNPAID#` and a hash of event and address                                    |
 * | total           | the sum of all entries' seats                                                |
 * | `p_<reference>` | `{ seats, until }`, an entry for each purchase                               |
 * | expiresAt       | TTL: some time after the last entry                                          |
 *
 * Adding is one conditional write in the transaction that makes the seats unpaid, so that requests that come at once cannot
 * slip through together. Only when it is refused, entries whose time is over are looked for, and removed by the same write when
 * it is tried again. The entries are attributes of the item itself, as an update cannot set a field of a map that is not there
 * yet (Developer Guide, "Using update expressions in DynamoDB", read November 2026).
 *
 * The item has none of the attributes of a purchase, so no index lists it.
 */
export class UnpaidSeats {
  /** @param bound seats of one event that one address may hold unpaid; no purchase may have more */
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly bound: number,
    private readonly installation: Installation,
    private readonly clock: Clock = systemClock,
  ) {}

  /**
   * Makes a transaction with the write that counts these seats; without one when they are counted already.
   *
   * @param transaction throws NotCounted when that write alone was refused. It is given the item's key, by which the seats are
   * taken off
   * @throws OverBound; nothing was written then
   */
  async counting<Result>(
    unpaid: UnpaidPurchase,
    transaction: (key: string, count?: TransactionWrite) => Promise<Result>,
  ): Promise<Result> {
    const key = await this.keyOf(unpaid);
    let expired: readonly [string, Entry][] = [];
    for (let attempt = 1; ; attempt++) {
      try {
        return await transaction(key, this.count(key, unpaid, expired));
      } catch (error) {
        if (!(error instanceof NotCounted)) throw error;
        const { item = {} } = error;
        if (entryOf(unpaid.purchaseId) in item) return transaction(key);
        expired = entriesOf(item).filter(([, { until }]) => until <= this.clock.nowSeconds());
        const total = Number(item['total'] ?? 0) - seatsOf(expired);
        if (total + unpaid.seats > this.bound || attempt === ATTEMPTS) throw new OverBound();
        await pauseAfter(attempt);
      }
    }
  }

  /**
   * Takes the seats off again: they are paid for, or free. Repeating it is harmless. A failure is logged and no more: the entry
   * ends by itself.
   *
   * @param key of the item, as `counting` told it
   */
  async takeOff(key: string, purchaseId: string, seats: number): Promise<void> {
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { purchaseId: key },
          UpdateExpression: 'REMOVE #entry ADD #total :less',
          ConditionExpression: '#entry.#seats = :seats',
          ExpressionAttributeNames: {
            '#entry': entryOf(purchaseId),
            '#seats': 'seats',
            '#total': 'total',
          },
          ExpressionAttributeValues: { ':seats': seats, ':less': -seats },
        }),
        { abortSignal: AbortSignal.timeout(TAKE_OFF_MS) },
      );
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return;
      const errorName = error instanceof Error ? error.name : 'Error';
      logger.warn('Seats stay counted as unpaid until their time is over', { errorName });
    }
  }

  /**
   * The key by which event and address are counted. Four thousand million addresses are soon hashed, so the hash is keyed with
   * the table's own id: who has the key alone, and not the table, learns no address from it.
   */
  private async keyOf({ eventId, viewer }: UnpaidPurchase): Promise<string> {
    const hash = createHmac('sha256', await this.installation.id());
    return `${UNPAID_KEY_PREFIX}${hash.update(`${eventId} ${countedAddress(viewer)}`).digest('hex')}`;
  }

  /** @param expired entries that the same write removes; refused if one of them is no longer as it was read */
  private count(
    key: string,
    { purchaseId, seats, until }: UnpaidPurchase,
    expired: readonly [string, Entry][],
  ): TransactionWrite {
    const gone = expired.map(([name, entry], n) => ({ name, entry, at: `#gone${n}`, was: `:gone${n}` }));
    const freed = seatsOf(expired);
    return {
      Update: {
        TableName: this.tableName,
        Key: { purchaseId: key },
        UpdateExpression:
          'SET #entry = :entry, expiresAt = :expiresAt ADD #total :more' +
          (gone.length > 0 ? ` REMOVE ${gone.map(({ at }) => at).join(', ')}` : ''),
        ConditionExpression: [
          'attribute_not_exists(#entry)',
          '(attribute_not_exists(#total) OR #total <= :most)',
          ...gone.map(({ at, was }) => `${at} = ${was}`),
        ].join(' AND '),
        ExpressionAttributeNames: {
          '#entry': entryOf(purchaseId),
          '#total': 'total',
          ...Object.fromEntries(gone.map(({ at, name }) => [at, name])),
        },
        ExpressionAttributeValues: {
          ':entry': { seats, until } satisfies Entry,
          ':expiresAt': this.clock.nowSeconds() + ITEM_SECONDS,
          ':more': seats - freed,
          ':most': this.bound - seats + freed,
          ...Object.fromEntries(gone.map(({ was, entry }) => [was, entry])),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }
}

function entryOf(purchaseId: string): string {
  return `${ENTRY_PREFIX}${referenceOf(purchaseId)}`;
}

function entriesOf(item: Readonly<Record<string, unknown>>): [string, Entry][] {
  return Object.entries(item)
    .filter(([name]) => name.startsWith(ENTRY_PREFIX))
    .map(([name, entry]) => [name, itemOf<Entry>('count of unpaid seats', ENTRY, entry as object)]);
}

function seatsOf(entries: readonly [string, Entry][]): number {
  return entries.reduce((sum, [, { seats }]) => sum + seats, 0);
}
