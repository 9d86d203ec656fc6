import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type PurchasedSeat } from '../purchase/purchase';
import { type TransactionWrite } from '../shared/dynamodb';
import { type Fields, itemOf, number, oneOf, optional, text } from '../shared/item';
import { purchaseHash } from '../shared/reference';

export type SeatStatus = 'HELD' | 'SOLD';

/** A seat that is held or sold. A seat without an item is free. */
export interface TakenSeat {
  readonly seatId: string;
  readonly status: SeatStatus;
  readonly purchaseId: string;
  /** Seconds since the epoch: when the hold is over; of a sold seat, until when its sale is kept. Sold by an older version, it has none. */
  readonly expiresAt?: number;
  /** When its purchase was opened, seconds since the epoch; the seats of older versions have none. */
  readonly heldAt?: number;
}

const TAKEN_SEAT: Fields<TakenSeat> = {
  seatId: text,
  status: oneOf({ HELD: true, SOLD: true }),
  purchaseId: text,
  expiresAt: optional(number),
  heldAt: optional(number),
};

/** A sale whose tickets are not valid any more. */
export interface RevokedSale {
  readonly purchaseId: string;
  /** Seconds since the epoch. */
  readonly revokedAt: number;
}

const revokedSaleOf = (item: object): RevokedSale =>
  itemOf<RevokedSale>('revocation', { purchaseId: text, revokedAt: number }, item);

const takenSeatOf = (item: object): TakenSeat => itemOf('seat', TAKEN_SEAT, item);

/** Taken seats of a section, and where the next page begins: behind this seat. */
export interface SeatPage {
  readonly seats: readonly TakenSeat[];
  readonly after?: string;
}

/** How long a purchase holds its seats, in seconds. */
export const HOLD_SECONDS = 600;

/**
 * Held and sold seats, one item a seat, a partition per event section.
 *
 * | item | pk                              | sk       |
 * | seat | `EVENT#eventId#SECTION#section` | `seatId` |
 * | revocation | `EVENT#eventId#REVOKED` | `revokedAt-purchaseHash` |
 *
 * Whether a hold has expired is part of the condition of the next hold. TTL only cleans up, up to days later.
 */
export class SeatRepository {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /** Holds a seat that is free, or whose hold has expired. */
  hold(eventId: string, seat: PurchasedSeat, purchaseId: string, nowSeconds: number): TransactionWrite {
    return {
      Put: {
        TableName: this.tableName,
        Item: {
          ...seatKey(eventId, seat),
          seatId: seat.seatId,
          status: 'HELD',
          purchaseId,
          heldAt: nowSeconds,
          expiresAt: nowSeconds + HOLD_SECONDS,
        },
        ConditionExpression: 'attribute_not_exists(pk) OR (#status = :held AND expiresAt <= :now)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':held': 'HELD', ':now': nowSeconds },
      },
    };
  }

  /**
   * Sells a seat this purchase holds. A hold that expired while nobody else took the seat still counts: the item is
   * the owner's until another purchase replaces it. Whether the purchase may be sold to is the purchase's own
   * condition, in the same transaction.
   *
   * @param until when TTL may take it with its purchase, seconds since the epoch. @default nobody says
   */
  sell(eventId: string, seat: PurchasedSeat, purchaseId: string, until?: number): TransactionWrite {
    return {
      Update: {
        TableName: this.tableName,
        Key: seatKey(eventId, seat),
        UpdateExpression: `SET #status = :sold${until === undefined ? ' REMOVE expiresAt' : ', expiresAt = :until'}`,
        ConditionExpression: 'purchaseId = :purchaseId',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...{ ':sold': 'SOLD', ':purchaseId': purchaseId },
          ...(until !== undefined && { ':until': until }),
        },
      },
    };
  }

  /**
   * Gives back a seat of a purchase that its caller knows is not sold, and cannot be any more, or whose sale is being
   * cancelled: it has claimed it, or it has failed. A seat that is another's or free is left alone.
   *
   * @returns whether it was the purchase's
   */
  async release(eventId: string, seat: PurchasedSeat, purchaseId: string): Promise<boolean> {
    try {
      await this.client.send(
        new DeleteCommand({
          TableName: this.tableName,
          Key: seatKey(eventId, seat),
          ConditionExpression: 'purchaseId = :purchaseId',
          ExpressionAttributeValues: { ':purchaseId': purchaseId },
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return false;
    }
  }

  /**
   * Lists a sale among those of its event whose tickets are not valid any more; its seats will not name it.
   *
   * @param revokedAt seconds since the epoch
   * @param until when TTL may take it with its purchase, seconds since the epoch. @default nobody says
   */
  revoke(eventId: string, purchaseId: string, revokedAt: number, until?: number): TransactionWrite {
    const key = revocationKey(eventId, { purchaseId, revokedAt });
    const expiry = until !== undefined && { expiresAt: until };
    return { Put: { TableName: this.tableName, Item: { ...key, purchaseId, revokedAt, ...expiry } } };
  }

  /**
   * A page of them, the oldest first.
   *
   * @param from.since seconds since the epoch: those that were revoked then, or later
   * @param from.after what a page before has ended with
   */
  async listRevoked(
    eventId: string,
    { since, after, limit }: { readonly since: number; readonly after?: string; readonly limit: number },
  ): Promise<{ readonly revoked: readonly RevokedSale[]; readonly after?: string }> {
    const pk = revokedKey(eventId);
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :event AND sk >= :since',
        ExpressionAttributeValues: { ':event': pk, ':since': String(since).padStart(10, '0') },
        Limit: limit,
        ...(after && { ExclusiveStartKey: { pk, sk: after } }),
      }),
    );
    return { revoked: Items.map(revokedSaleOf), after: LastEvaluatedKey?.['sk'] as string | undefined };
  }

  /** Whose the seat is, sold or held, also by a hold that has expired: the purchase's id. */
  async ownerOf(eventId: string, seat: PurchasedSeat): Promise<string | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: seatKey(eventId, seat), ConsistentRead: true }),
    );
    return Item && takenSeatOf(Item).purchaseId;
  }

  /** Keeps a sold seat of the purchase, or the note that its sale is revoked, as long at least. @param until seconds since the epoch */
  async keep(
    eventId: string,
    item: PurchasedSeat | RevokedSale,
    purchaseId: string,
    until: number,
  ): Promise<void> {
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: 'seatId' in item ? seatKey(eventId, item) : revocationKey(eventId, item),
          UpdateExpression: 'SET expiresAt = :until',
          ConditionExpression:
            'purchaseId = :purchaseId AND (attribute_not_exists(#status) OR #status = :sold) AND ' +
            '(attribute_not_exists(expiresAt) OR expiresAt < :until)',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':purchaseId': purchaseId, ':sold': 'SOLD', ':until': until },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /** The purchases among them that were revoked since, by pages. */
  async *revokedSince(eventId: string, since: number): AsyncGenerator<string[]> {
    let after: string | undefined;
    do {
      const page = await this.listRevoked(eventId, { since, ...(after && { after }), limit: 1_000 });
      yield page.revoked.map(({ purchaseId }) => purchaseId);
      after = page.after;
    } while (after !== undefined);
  }

  /**
   * The section's seats that are sold, or held by a hold that still counts: one query.
   *
   * @param options.consistent sees every write before it, for twice the price. @default false
   */
  async listTaken(
    eventId: string,
    section: string,
    nowSeconds: number,
    { consistent = false } = {},
  ): Promise<TakenSeat[]> {
    const taken: TakenSeat[] = [];
    const pages = paginateQuery(
      { client: this.client },
      { ...this.takenQuery(eventId, section, nowSeconds), ConsistentRead: consistent },
    );
    for await (const page of pages) taken.push(...(page.Items ?? []).map(takenSeatOf));
    return taken;
  }

  /**
   * A page of the section's seats that are sold, or held by a hold that still counts, as they are at this moment.
   *
   * @param from.after the seat behind which it begins
   * @param from.limit looks at so many seats at the most
   */
  async takenPage(
    eventId: string,
    section: string,
    {
      now,
      after,
      limit,
    }: { readonly now: number; readonly after?: string | undefined; readonly limit: number },
  ): Promise<SeatPage> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        ...this.takenQuery(eventId, section, now),
        ConsistentRead: true,
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: seatKey(eventId, { section, seatId: after }) }),
      }),
    );
    return { seats: Items.map(takenSeatOf), after: LastEvaluatedKey?.['sk'] as string | undefined };
  }

  private takenQuery(eventId: string, section: string, now: number) {
    return {
      TableName: this.tableName,
      KeyConditionExpression: 'pk = :section',
      FilterExpression: '#status = :sold OR expiresAt > :now',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':section': sectionKey(eventId, section),
        ':sold': 'SOLD',
        ':now': now,
      },
    };
  }

  /**
   * A page of what an audit looks at in a section: the holds that still count, and the sold seats that were held at `since`
   * or later. A page is 1 MB of seats, some 5,000, however few of them are in the answer.
   *
   * @param from.after the seat behind which it begins
   */
  async auditPage(
    eventId: string,
    section: string,
    { now, since, after }: { readonly now: number; readonly since: number; readonly after?: string },
  ): Promise<SeatPage> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        KeyConditionExpression: 'pk = :section',
        FilterExpression:
          '(#status = :held AND expiresAt > :now) OR (#status = :sold AND (attribute_not_exists(heldAt) OR heldAt >= :since))',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':section': sectionKey(eventId, section),
          ':held': 'HELD',
          ':sold': 'SOLD',
          ':now': now,
          ':since': since,
        },
        ...(after && { ExclusiveStartKey: seatKey(eventId, { section, seatId: after }) }),
      }),
    );
    return { seats: Items.map(takenSeatOf), after: LastEvaluatedKey?.['sk'] as string | undefined };
  }
}

/** By time, and by the hash, because a gate sees where it has come to. */
function revocationKey(eventId: string, { purchaseId, revokedAt }: RevokedSale) {
  return { pk: revokedKey(eventId), sk: `${revokedAt}-${purchaseHash(purchaseId)}` };
}

function revokedKey(eventId: string): string {
  return `EVENT#${eventId}#REVOKED`;
}

function sectionKey(eventId: string, section: string): string {
  return `EVENT#${eventId}#SECTION#${section}`;
}

function seatKey(eventId: string, { section, seatId }: PurchasedSeat) {
  return { pk: sectionKey(eventId, section), sk: seatId };
}
