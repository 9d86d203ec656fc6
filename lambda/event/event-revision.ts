import { isDeepStrictEqual } from 'node:util';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { queryAll, type TransactionWrite } from '../shared/dynamodb';
import { type Fields, itemOf, number, oneOf, optional, record, text } from '../shared/item';
import { type EventLayout } from './event-layout';

/** What an event is, without its seats and the hours of its sale: what whoever has a ticket goes by. */
export type PublicFacts = Pick<
  EventLayout,
  'name' | 'venue' | 'startsAt' | 'timeZone' | 'doorsOpenAt' | 'endsAt'
>;

/** The facts of an event as they are now, and how often they have changed. */
export interface EventRevision extends PublicFacts {
  readonly eventId: string;
  /** From 1. An event of an older version has none until its facts change for the first time; that is its 1. */
  readonly revision: number;
  readonly change: EventChange;
  /** Seconds since the epoch. */
  readonly changedAt: number;
  /** What the facts were before they changed. @default it was published */
  readonly before?: PublicFacts;
}

export type EventChange = 'PUBLISHED' | 'CHANGED' | 'CANCELLED';

/** Of the item that is replaced with each revision. */
export const REVISION_SORT_KEY = 'REVISION';

/** The domain event that tells of it. */
export const EVENT_OF_CHANGE = {
  PUBLISHED: 'EventPublished',
  CHANGED: 'EventChanged',
  CANCELLED: 'EventCancelled',
} as const satisfies Record<EventChange, string>;
export type EventEvent = (typeof EVENT_OF_CHANGE)[EventChange];

const FACTS: Fields<PublicFacts> = {
  ...{ name: text, venue: text, startsAt: text, timeZone: text },
  ...{ doorsOpenAt: optional(text), endsAt: optional(text) },
};

const REVISION: Fields<EventRevision> = {
  ...FACTS,
  ...{ eventId: text, revision: number, changedAt: number },
  change: oneOf({ PUBLISHED: true, CHANGED: true, CANCELLED: true } satisfies Record<EventChange, true>),
  before: optional(record(FACTS)),
};

const revisionOf = (item: object): EventRevision => itemOf('revision of an event', REVISION, item);

/**
 * The revisions of an event, in the seat table beside its layout.
 *
 * | item        | pk                        | sk                       |
 * | revision    | `EVENT#eventId`           | `REVISION`               |
 * | each so far | `EVENT#eventId#REVISIONS` | its number, eight digits |
 *
 * The first is small, and changes only with the facts: whoever follows them has neither to read layouts nor to compare them. The
 * others say what each buyer knows, whose purchase has the number of the revision that it was made by.
 */
export class EventRevisions {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /** @returns undefined when there is no such event, or its facts have not changed since an older version wrote it */
  async find(eventId: string): Promise<EventRevision | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: revisionKey(eventId), ConsistentRead: true }),
    );
    return Item && revisionOf(Item);
  }

  /** Every revision so far, the first one first. */
  async all(eventId: string): Promise<EventRevision[]> {
    return queryAll(this.client, this.tableName, revisionsKey(eventId), revisionOf);
  }

  /**
   * Replaces the revision that was found.
   *
   * @param found undefined where there was none
   */
  replace(found: EventRevision | undefined, next: EventRevision): TransactionWrite[] {
    const put = (Item: object, condition: object = {}) => ({
      Put: { TableName: this.tableName, Item, ...condition },
    });
    const asFound = found
      ? { ConditionExpression: 'revision = :found', ExpressionAttributeValues: { ':found': found.revision } }
      : { ConditionExpression: 'attribute_not_exists(pk)' };
    const sk = String(next.revision).padStart(8, '0');
    return [
      put({ ...revisionKey(next.eventId), ...next, domainEvent: EVENT_OF_CHANGE[next.change] }, asFound),
      // It is no domain event of its own.
      put({ pk: revisionsKey(next.eventId), sk, ...next }),
    ];
  }
}

/**
 * The revision that a layout makes.
 *
 * @param found.layout what it replaces; undefined where the event is new
 * @param now seconds since the epoch
 * @returns undefined when the facts stay as they are
 */
export function nextRevision(
  eventId: string,
  layout: EventLayout,
  found: { readonly layout?: EventLayout | undefined; readonly revision?: EventRevision | undefined },
  now: number,
): EventRevision | undefined {
  const facts = publicFacts(layout);
  const stood = found.revision ?? found.layout;
  const before = stood && publicFacts(stood);
  if (before && isDeepStrictEqual(before, facts)) return undefined;
  const revision = (found.revision?.revision ?? 0) + 1;
  const change = before ? 'CHANGED' : 'PUBLISHED';
  return { ...{ eventId, revision, ...facts, change, changedAt: now }, ...(before && { before }) };
}

/**
 * The revision that a cancellation makes: the facts stay as they are.
 *
 * @param found what stands; of an event of an older version, its layout alone
 */
export function cancelledRevision(
  eventId: string,
  found: { readonly layout?: EventLayout | undefined; readonly revision?: EventRevision | undefined },
  now: number,
): EventRevision | undefined {
  const stood = found.revision ?? found.layout;
  if (!stood) return undefined;
  const revision = (found.revision?.revision ?? 0) + 1;
  return { ...{ eventId, revision, ...publicFacts(stood) }, change: 'CANCELLED', changedAt: now };
}

/** Those that are not known are left out, so that two can be compared. */
export function publicFacts({
  name,
  venue,
  startsAt,
  timeZone,
  doorsOpenAt,
  endsAt,
}: PublicFacts): PublicFacts {
  return {
    ...{ name, venue, startsAt, timeZone },
    ...(doorsOpenAt !== undefined && { doorsOpenAt }),
    ...(endsAt !== undefined && { endsAt }),
  };
}

function revisionKey(eventId: string) {
  return { pk: `EVENT#${eventId}`, sk: REVISION_SORT_KEY };
}

function revisionsKey(eventId: string): string {
  return `EVENT#${eventId}#REVISIONS`;
}
