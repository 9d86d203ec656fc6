import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type EventRepository } from '../event/event-repository';
import { endOf } from '../event/event-times';
import { type OrderRepository } from '../order/order-repository';
import { type Purchase, type PurchaseStatus } from '../purchase/purchase';
import { eventShardOf } from '../purchase/purchase-repository';
import { type AddressHashes } from '../shared/address-hash';
import { type Clock } from '../shared/clock';
import { DISPUTE_KEPT_SECONDS, REFUND_KEPT_SECONDS } from '../shared/retention';
import { type AuditState, type OlderRound } from './audit-log';
import { type Run } from './orphan-payments';
import { sideBySide } from './side-by-side';

/** Items of a page: how far a round has come is known by the page. */
const PAGE = 400;

/** Records that are completed at once, each by a write. */
const AT_ONCE = 10;

/** What is read here of a purchase or an order, whichever version has written it. */
interface OlderRecord {
  readonly [attribute: string]: unknown;
  readonly status: string;
  readonly eventId: string;
  readonly buyer?: { readonly email: string };
  readonly emailHash?: string;
  readonly dispute?: object;
  readonly keptUntil?: number;
  readonly expiresAt?: number;
}

type Key = Readonly<Record<string, string>>;

/** What this version finds a record by, and keeps it by. */
type Lacking = Readonly<
  Partial<Pick<Purchase, 'emailHash' | 'keptUntil' | 'expiresAt'> & { eventShard: string }>
>;

/** A table of purchases or of orders as a whole: no index lists what lacks the attributes of its keys. */
export class RecordTable {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly keyOf: (record: OlderRecord) => Key,
  ) {}

  /** A page, in no order. The tables have items that are no records; those have no status. */
  async page(after?: Key): Promise<{ readonly records: OlderRecord[]; readonly after?: Key }> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new ScanCommand({ TableName: this.tableName, Limit: PAGE, ExclusiveStartKey: after }),
    );
    const records = Items.filter(({ status }) => status !== undefined) as OlderRecord[];
    return { records, ...(LastEvaluatedKey && { after: LastEvaluatedKey as Key }) };
  }

  /**
   * Sets what a record lacks. Nothing, when it is not as it was read: whoever has erased or corrected its buyer meanwhile, settled or
   * removed it, was right.
   */
  async complete(record: OlderRecord, lacking: Lacking): Promise<void> {
    const names = Object.keys(lacking) as (keyof Lacking)[];
    const { status, buyer } = record;
    const conditions = [
      ...['#status = :status', buyer ? 'buyer = :buyer' : 'attribute_not_exists(buyer)'],
      ...names.map((name) => `attribute_not_exists(${name})`),
    ];
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: this.keyOf(record),
          UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(', ')}`,
          ConditionExpression: conditions.join(' AND '),
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ...Object.fromEntries(names.map((name) => [`:${name}`, lacking[name]])),
            ...{ ':status': status, ...(buyer && { ':buyer': buyer }) },
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}

type Position = NonNullable<OlderRound['position']>;
type TableName = Position['table'];

export interface OlderDependencies {
  readonly older: Readonly<Record<TableName, RecordTable>>;
  readonly orders: Pick<OrderRepository, 'keepRevoked'>;
  readonly events: Pick<EventRepository, 'list'>;
  readonly addresses: Pick<AddressHashes, 'of'>;
  readonly clock: Clock;
  /** Seconds after its event for which a sale is kept. */
  readonly salesKept: number;
}

export function olderRecords(
  client: DynamoDBDocumentClient,
  names: Readonly<Record<TableName, string>>,
): OlderDependencies['older'] {
  return {
    purchases: new RecordTable(client, names.purchases, ({ purchaseId }) => ({ purchaseId }) as Key),
    orders: new RecordTable(client, names.orders, ({ pk, sk }) => ({ pk, sk }) as Key),
  };
}

/**
 * Completes what older versions have written: a buyer gets the hash by which an erasure finds them, a purchase its place in the list of
 * its event, and a record of which nobody has said how long it is kept, a time.
 *
 * It goes through both tables, in as many runs as that takes, and again as long as a round has found something, because the older version
 * writes still while a deployment is under way. Then never again.
 */
export async function completeOlder(
  { older, orders, events, addresses, clock, salesKept }: OlderDependencies,
  { state, hasTime }: Pick<Run, 'state' | 'hasTime'>,
) {
  const now = clock.nowSeconds();
  const counts = { looked: 0, lacking: 0 };
  let round = roundOf(state.older);
  const listed = round.position ? await events.list() : [];
  const ends = new Map(listed.map((event) => [event.eventId, endOf(event)]));
  while (round.position && hasTime()) round = await goOn(round.found, round.position);
  return { counts, state: (): Pick<AuditState, 'older'> => ({ older: round }) };

  async function goOn(found: number, { table, after }: Position): Promise<OlderRound> {
    const page = await older[table].page(after);
    const before = counts.lacking;
    counts.looked += page.records.length;
    await sideBySide(AT_ONCE, page.records, (record) => complete(table, record));
    const position = page.after ? { table, after: page.after } : NEXT[table];
    return { found: found + counts.lacking - before, ...(position && { position }) };
  }

  async function complete(table: TableName, record: OlderRecord): Promise<void> {
    const lacking: Lacking = {
      ...(await hashOf(record)),
      ...(table === 'purchases' ? listingOf(record) : {}),
      ...expiryOf(record),
    };
    if (Object.keys(lacking).length === 0) return;
    counts.lacking++;
    await older[table].complete(record, lacking);
    const { orderId, eventId, revokedAt } = record;
    if (lacking.expiresAt !== undefined && revokedAt !== undefined)
      await orders.keepRevoked({ orderId: orderId as string, eventId }, lacking.expiresAt);
  }

  async function hashOf({ buyer, emailHash }: OlderRecord): Promise<Lacking> {
    // The buyer of an order who is erased is an empty text.
    return buyer?.email && emailHash === undefined ? { emailHash: await addresses.of(buyer.email) } : {};
  }

  /** What is settled says how long it is kept, unless it is owed something: as the write that settles says it. */
  function expiryOf({ status, eventId, dispute, keptUntil, expiresAt }: OlderRecord): Lacking {
    if (expiresAt !== undefined || !ENDS.has(status)) return {};
    const least = now + (dispute ? DISPUTE_KEPT_SECONDS : REFUND_KEPT_SECONDS);
    if (status === 'FAILED') return { expiresAt: least };
    const withEvent = (ends.get(eventId) ?? 0) + salesKept;
    return {
      ...(keptUntil === undefined && { keptUntil: withEvent }),
      expiresAt: Math.max(withEvent, least),
    };
  }
}

/** A refused purchase has no buyer and is in no list; one from before there were references, no page of it could end with. */
function listingOf({ purchaseId, reference, eventId, buyer, eventShard }: OlderRecord): Lacking {
  if (!buyer || reference === undefined || eventShard !== undefined) return {};
  return { eventShard: eventShardOf({ purchaseId: purchaseId as string, eventId }) };
}

const NEXT: Readonly<Record<TableName, Position | undefined>> = {
  purchases: { table: 'orders' },
  orders: undefined,
};

const ENDS: ReadonlySet<string> = new Set(['CONFIRMED', 'FAILED', 'CANCELLED'] satisfies PurchaseStatus[]);

/** The round under way, or the next one, if the last has found something. */
function roundOf(last: OlderRound = { found: Infinity }): OlderRound {
  return last.position || last.found === 0 ? last : { found: 0, position: { table: 'purchases' } };
}
