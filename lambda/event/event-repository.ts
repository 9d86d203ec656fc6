import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { transactWrite, TransactionRefused, type TransactionWrite } from '../shared/dynamodb';
import { type Fields, itemOf, listOf, number, optional, record, text } from '../shared/item';
import { Problem } from '../shared/problem';
import { type Cancellable, seatCount, type StoredLayout } from './event-layout';
import { type EventTimes, storedTimes } from './event-times';

/** What the list of events shows: small, so that the list does not read every seat map. */
export interface EventSummary extends EventTimes, Cancellable {
  readonly eventId: string;
  readonly name: string;
  readonly venue: string;
  readonly currency: string;
  readonly seats: number;
  /** Price of the cheapest tier, minor currency units. */
  readonly priceFrom: number;
}

/** An event as it was found, for a replacement that must not undo another's. */
export interface StoredEvent {
  readonly layout: StoredLayout;
  /** Changes with each write; events written by older versions have none. */
  readonly revision?: string;
  /** While a replacement waits, the layout has only the seats that stay; see `putEvent`. */
  readonly isNarrowed: boolean;
}

/** Older versions kept fewer of these, and the one time as it was put. */
const TIMES: Fields<EventTimes> = {
  startsAt: text,
  timeZone: optional(text),
  doorsOpenAt: optional(text),
  endsAt: optional(text),
  saleOpensAt: optional(text),
  saleClosesAt: optional(text),
};

const SUMMARY: Fields<EventSummary> = {
  ...TIMES,
  eventId: text,
  name: text,
  venue: text,
  currency: text,
  seats: number,
  priceFrom: number,
  cancelledAt: optional(number),
};

const LAYOUT_FIELDS: Fields<StoredLayout> = {
  ...TIMES,
  name: text,
  venue: text,
  currency: text,
  tiers: listOf(record({ tier: text, price: number })),
  sections: listOf(record({ section: text, rows: listOf(record({ row: text, tier: text })) })),
  blocked: optional(listOf(text)),
  accessible: optional(listOf(text)),
  cancelledAt: optional(number),
  factsRevision: optional(number),
};

const EVENTS = 'EVENTS';
const LAYOUT = 'LAYOUT';

/**
 * Events, in the seat table beside their seats.
 *
 * | item    | pk              | sk        |
 * | summary | `EVENTS`        | `eventId` |
 * | layout  | `EVENT#eventId` | `LAYOUT`  |
 */
export class EventRepository {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /**
   * Creates the event and its seat map, or replaces what was found: both items or neither.
   *
   * @param options.others what is written together with it
   * @returns the event as it is stored now
   * @throws Problem EventChanged when another request has written it since
   */
  async put(
    eventId: string,
    layout: StoredLayout,
    found?: StoredEvent,
    {
      isNarrowed = false,
      others = [],
    }: { readonly isNarrowed?: boolean; readonly others?: readonly TransactionWrite[] } = {},
  ): Promise<StoredEvent> {
    const revision = randomUUID();
    const { tiers, sections: _sections, blocked: _blocked, accessible: _accessible, ...other } = layout;
    const { factsRevision: _factsRevision, ...about } = other;
    const summary: EventSummary = {
      eventId,
      ...about,
      seats: seatCount(layout),
      priceFrom: Math.min(...tiers.map(({ price }) => price)),
    };
    const item = { ...layoutKey(eventId), ...layout, revision, isNarrowed };
    try {
      await transactWrite(this.client, [
        { Put: { TableName: this.tableName, Item: { pk: EVENTS, sk: eventId, ...summary } } },
        {
          Put: {
            TableName: this.tableName,
            Item: item,
            ...(found?.revision
              ? {
                  ConditionExpression: 'revision = :found',
                  ExpressionAttributeValues: { ':found': found.revision },
                }
              : { ConditionExpression: 'attribute_not_exists(revision)' }),
          },
        },
        ...others,
      ]);
    } catch (error) {
      if (error instanceof TransactionRefused) throw new Problem('EventChanged');
      throw error;
    }
    return { layout, revision, isNarrowed };
  }

  /**
   * Cancels the event: it is off sale for good, and no replacement that was under way can bring it back.
   *
   * @param at seconds since the epoch
   * @param others what is written together with it
   * @returns whether it is cancelled by this call; not when it was before, or there is no such event
   */
  async cancel(eventId: string, at: number, others: readonly TransactionWrite[]): Promise<boolean> {
    const cancelled = (key: object, alsoSet = ''): TransactionWrite => ({
      Update: {
        TableName: this.tableName,
        Key: key,
        UpdateExpression: `SET cancelledAt = :at${alsoSet}`,
        ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(cancelledAt)',
        ExpressionAttributeValues: { ':at': at, ...(alsoSet && { ':revision': randomUUID() }) },
      },
    });
    try {
      await transactWrite(this.client, [
        cancelled(layoutKey(eventId), ', revision = :revision'),
        cancelled({ pk: EVENTS, sk: eventId }),
        ...others,
      ]);
      return true;
    } catch (error) {
      if (error instanceof TransactionRefused) return false;
      throw error;
    }
  }

  async list(): Promise<EventSummary[]> {
    const events: EventSummary[] = [];
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.tableName,
        KeyConditionExpression: 'pk = :events',
        ExpressionAttributeValues: { ':events': EVENTS },
      },
    );
    for await (const page of pages) {
      for (const { pk: _pk, sk: _sk, ...item } of page.Items ?? []) {
        const summary = itemOf('summary of an event', SUMMARY, item);
        events.push({ ...summary, ...storedTimes(summary) });
      }
    }
    return events;
  }

  /** By its summary, which is small. */
  async exists(eventId: string): Promise<boolean> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: { pk: EVENTS, sk: eventId }, ConsistentRead: true }),
    );
    return Item !== undefined;
  }

  async findLayout(eventId: string): Promise<StoredLayout | undefined> {
    return (await this.find(eventId))?.layout;
  }

  async find(eventId: string): Promise<StoredEvent | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: layoutKey(eventId), ConsistentRead: true }),
    );
    if (!Item) return undefined;
    const { pk: _pk, sk: _sk, revision, isNarrowed, ...stored } = Item;
    const layout = itemOf('layout of an event', LAYOUT_FIELDS, stored);
    return {
      layout: { ...layout, ...storedTimes(layout) },
      revision: typeof revision === 'string' ? revision : undefined,
      isNarrowed: isNarrowed === true,
    };
  }
}

function layoutKey(eventId: string) {
  return { pk: `EVENT#${eventId}`, sk: LAYOUT };
}
