import { createHmac } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { pauseAfter, type TransactionWrite } from '../shared/dynamodb';
import { itemOf, number } from '../shared/item';
import { logger } from '../shared/logger';
import { referenceOf } from '../shared/reference';
import { countedAddress } from './counted-address';
import { type Installation } from './installation';
import { type Purchase } from './purchase';

/** What the keys of these items begin with. No purchase can have one: their keys are UUIDs. */
export const UNPAID_KEY_PREFIX = 'UNPAID#';

/**
 * Seconds from its opening that a purchase counts, whoever fails to take it off: as long as it holds its seats, and free tickets
 * too, which need no payment and are bounded in this time.
 */
export const COUNTED_SECONDS = 600;

/** Who wants to hold seats unpaid, and when. */
export interface Viewer {
  /** The address that the buyer's request came from. */
  readonly address: string;
  /** How many seats of an event one address may hold unpaid: no fewer than one purchase may have. */
  readonly bound: number;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** What holds something unpaid: a purchase its seats, an order its extras. */
export interface UnpaidHolder {
  readonly id: string;
  /** How much it holds. */
  readonly count: number;
  /** Seconds since the epoch. */
  readonly createdAt: number;
}

/** A purchase in the item. */
interface Entry {
  readonly seats: number;
  readonly until: number;
}
const ENTRY = { seats: number, until: number };

/** What one write adds, and what it removes. */
interface Count {
  /** Of the attribute. */
  readonly name: string;
  readonly entry: Entry;
  readonly bound: number;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly expired: readonly [string, Entry][];
}

/** The write that counts was refused, and no other of its transaction: `item` is what it found, if anything. */
export class NotCounted extends Error {
  override readonly name = 'NotCounted';

  constructor(readonly item: Readonly<Record<string, unknown>> | undefined) {
    super('The seats were not counted');
  }
}

/** With these seats, the address would hold more of the event unpaid than it may. */
export class TooManyUnpaid extends Error {
  override readonly name = 'TooManyUnpaid';

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
 * The item has none of the attributes of a purchase, so no index lists it. Extras that orders hold unpaid are counted in the same way,
 * in the table of orders.
 */
export class UnpaidSeats {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly installation: Installation,
    /** The item's key. @default in the table of purchases */
    private readonly itemKey: (key: string) => Record<string, string> = (key) => ({ purchaseId: key }),
  ) {}

  /**
   * Makes a transaction with the write that counts the purchase's seats; without that write when they are counted already.
   *
   * @param transaction throws NotCounted when that write alone was refused. It is given the item's key, by which the seats are
   * taken off
   * @throws TooManyUnpaid; nothing was written then
   */
  async counting(
    purchase: Purchase,
    { address, ...bounded }: Viewer,
    transaction: (key: string, count?: TransactionWrite) => Promise<void>,
  ): Promise<void> {
    const key = await this.keyOf(purchase.eventId, address);
    return this.countingUnder(key, holderOf(purchase), bounded, (count) => transaction(key, count));
  }

  /** The same under a key that is known. */
  async countingUnder(
    key: string,
    { id, count: seats, createdAt }: UnpaidHolder,
    { bound, now }: Pick<Viewer, 'bound' | 'now'>,
    transaction: (count?: TransactionWrite) => Promise<void>,
  ): Promise<void> {
    const entry: Entry = { seats, until: createdAt + COUNTED_SECONDS };
    let expired: readonly [string, Entry][] = [];
    for (let attempt = 1; ; attempt++) {
      const count = this.count(key, { name: entryOf(id), entry, bound, now, expired });
      try {
        return await transaction(count);
      } catch (error) {
        if (!(error instanceof NotCounted)) throw error;
        const { item = {} } = error;
        if (entryOf(id) in item) return transaction();
        expired = entriesOf(item).filter(([, { until }]) => until <= now);
        const total = Number(item['total'] ?? 0) - seatsOf(expired);
        if (total + entry.seats > bound || attempt === ATTEMPTS) throw new TooManyUnpaid();
        await pauseAfter(attempt);
      }
    }
  }

  /**
   * Takes the seats off again: they are paid for, or free. Repeating it is harmless. A failure is logged and no more: the entry
   * ends by itself.
   *
   * @param unpaidKey of the item, as `counting` told it; undefined where nothing was counted
   */
  async takeOff(purchase: Purchase): Promise<void> {
    return this.takeOffFrom(purchase.unpaidKey, holderOf(purchase));
  }

  /** The same of any holder. */
  async takeOffFrom(
    unpaidKey: string | undefined,
    { id, count }: Pick<UnpaidHolder, 'id' | 'count'>,
  ): Promise<void> {
    if (unpaidKey === undefined) return;
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: this.itemKey(unpaidKey),
          UpdateExpression: 'REMOVE #entry ADD #total :less',
          ConditionExpression: '#entry.#seats = :seats',
          ExpressionAttributeNames: {
            '#entry': entryOf(id),
            '#seats': 'seats',
            '#total': 'total',
          },
          ExpressionAttributeValues: { ':seats': count, ':less': -count },
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
  async keyOf(eventId: string, address: string): Promise<string> {
    const hash = createHmac('sha256', await this.installation.id());
    return `${UNPAID_KEY_PREFIX}${hash.update(`${eventId} ${countedAddress(address)}`).digest('hex')}`;
  }

  /** @param expired entries that the same write removes; refused if one of them is no longer as it was read */
  private count(key: string, { name, entry, bound, now, expired }: Count): TransactionWrite {
    const gone = expired.map(([name, was], n) => ({ name, was, at: `#gone${n}`, as: `:gone${n}` }));
    const freed = seatsOf(expired);
    return {
      Update: {
        TableName: this.tableName,
        Key: this.itemKey(key),
        UpdateExpression:
          'SET #entry = :entry, expiresAt = :expiresAt ADD #total :more' +
          (gone.length > 0 ? ` REMOVE ${gone.map(({ at }) => at).join(', ')}` : ''),
        ConditionExpression: [
          'attribute_not_exists(#entry)',
          '(attribute_not_exists(#total) OR #total <= :most)',
          ...gone.map(({ at, as }) => `${at} = ${as}`),
        ].join(' AND '),
        ExpressionAttributeNames: {
          '#entry': name,
          '#total': 'total',
          ...Object.fromEntries(gone.map((each) => [each.at, each.name])),
        },
        ExpressionAttributeValues: {
          ':entry': entry,
          ':expiresAt': now + ITEM_SECONDS,
          ':more': entry.seats - freed,
          ':most': bound - entry.seats + freed,
          ...Object.fromEntries(gone.map(({ as, was }) => [as, was])),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }
}

function holderOf({ purchaseId, seats, createdAt }: Purchase): UnpaidHolder {
  return { id: purchaseId, count: seats.length, createdAt };
}

function entryOf(id: string): string {
  return `${ENTRY_PREFIX}${referenceOf(id)}`;
}

function entriesOf(item: Readonly<Record<string, unknown>>): [string, Entry][] {
  return Object.entries(item)
    .filter(([name]) => name.startsWith(ENTRY_PREFIX))
    .map(([name, entry]) => [name, itemOf<Entry>('count of unpaid seats', ENTRY, entry as object)]);
}

function seatsOf(entries: readonly [string, Entry][]): number {
  return entries.reduce((sum, [, { seats }]) => sum + seats, 0);
}
