import { type DynamoDBDocumentClient, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { transactWrite } from '../shared/dynamodb';
import { type EventLayout, seatCount } from './event-layout';

/** What the list of events shows: small, so that the list does not read every seat map. */
export interface EventSummary {
  readonly eventId: string;
  readonly name: string;
  readonly venue: string;
  /** ISO 8601. */
  readonly startsAt: string;
  readonly currency: string;
  readonly seats: number;
  /** Price of the cheapest tier, minor currency units. */
  readonly priceFrom: number;
}

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

  /** Creates or replaces the event and its seat map, both items or neither. */
  async put(eventId: string, layout: EventLayout): Promise<void> {
    const { tiers, sections, ...about } = layout;
    const summary: EventSummary = {
      eventId,
      ...about,
      seats: seatCount(layout),
      priceFrom: Math.min(...tiers.map(({ price }) => price)),
    };
    await transactWrite(this.client, [
      { Put: { TableName: this.tableName, Item: { pk: EVENTS, sk: eventId, ...summary } } },
      { Put: { TableName: this.tableName, Item: { ...layoutKey(eventId), ...about, tiers, sections } } },
    ]);
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
      for (const { pk: _pk, sk: _sk, ...summary } of page.Items ?? []) events.push(summary as EventSummary);
    }
    return events;
  }

  async findLayout(eventId: string): Promise<EventLayout | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: layoutKey(eventId), ConsistentRead: true }),
    );
    if (!Item) return undefined;
    const { pk: _pk, sk: _sk, ...layout } = Item;
    return layout as EventLayout;
  }
}

function layoutKey(eventId: string) {
  return { pk: `EVENT#${eventId}`, sk: LAYOUT };
}
