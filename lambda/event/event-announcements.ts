import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { transactWrite, TransactionRefused, type TransactionWrite } from '../shared/dynamodb';
import { type Fields, itemOf, number, optional } from '../shared/item';
import { type RunningExecution, RunningExecutions, type Turn } from './running-executions';

/** The last revision of an event that its buyers are told of. */
export interface Announcement {
  readonly revision: number;
  /** When somebody asked for it, seconds since the epoch. */
  readonly at: number;
  /** Seconds since the epoch, when every buyer is told. */
  readonly doneAt?: number;
}

const FIELDS: Fields<Announcement> = { revision: number, at: number, doneAt: optional(number) };

/** Of the partition that lists those that are not done. */
export const ANNOUNCING_KEY = 'EVENT-ANNOUNCEMENTS';

/**
 * Changes of events that their buyers are to be told of, in the seat table beside them.
 *
 * | item         | pk                    | sk             |
 * | announcement | `EVENT#eventId`       | `ANNOUNCEMENT` |
 * | running      | `EVENT-ANNOUNCEMENTS` | `eventId`      |
 *
 * Who has been told, the purchases say themselves.
 */
export class EventAnnouncements {
  /** Those that are not done. */
  readonly running: RunningExecutions;

  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {
    this.running = new RunningExecutions(client, tableName, ANNOUNCING_KEY);
  }

  /** @returns undefined when nobody has asked for one yet */
  async find(eventId: string): Promise<Announcement | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: announcementKey(eventId), ConsistentRead: true }),
    );
    return Item && itemOf('announcement of a change', FIELDS, Item);
  }

  /** Asks for one, in place of any other of the event. @param at seconds since the epoch */
  asking(asked: RunningExecution & { readonly revision: number }, at: number): TransactionWrite[] {
    const { eventId, revision } = asked;
    const announcement = { ...announcementKey(eventId), revision, at } satisfies Announcement & object;
    return [{ Put: { TableName: this.tableName, Item: announcement } }, this.running.entering(asked)];
  }

  /** Every buyer is told. Repeating it is harmless, and so is an execution that has been overtaken. */
  async finish({ eventId, attempt, revision }: Turn, doneAt: number): Promise<void> {
    try {
      await transactWrite(this.client, [
        {
          Update: {
            TableName: this.tableName,
            Key: announcementKey(eventId),
            UpdateExpression: 'SET doneAt = :doneAt',
            ConditionExpression: 'revision = :revision',
            ExpressionAttributeValues: { ':doneAt': doneAt, ':revision': revision },
          },
        },
        {
          Delete: {
            ...this.running.leaving(eventId),
            ConditionExpression: 'attempt = :attempt AND revision = :revision',
            ExpressionAttributeValues: { ':attempt': attempt, ':revision': revision },
          },
        },
      ]);
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
    }
  }
}

function announcementKey(eventId: string) {
  return { pk: `EVENT#${eventId}`, sk: 'ANNOUNCEMENT' };
}
