import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { pauseAfter, transactWrite, TransactionRefused } from '../shared/dynamodb';
import { type Fields, itemOf, number, oneOf, optional, text } from '../shared/item';
import { Problem } from '../shared/problem';
import { EventRepository } from './event-repository';
import { cancelledRevision, EventRevisions } from './event-revision';

/** The cancellation of an event. */
export interface EventCancellation {
  /** What its buyers are told, in the organiser's words. */
  readonly message: string;
  /** Seconds since the epoch. */
  readonly at: number;
  /** Purchases that stood when it began, once they are counted. */
  readonly purchases?: number;
  /** Seconds since the epoch, when nothing is left to be done. */
  readonly doneAt?: number;
}

/** One that is not done. */
export interface RunningCancellation {
  readonly eventId: string;
  /** Number of its execution, from 1: each has a name of its own. */
  readonly attempt: number;
  /** From when on its execution is believed to be dead, seconds since the epoch. */
  readonly dueAt: number;
  /** It is not dead: it has done what one execution may, and the next one goes on. */
  readonly handedOver?: boolean;
}

/** A purchase that could not be cancelled with its event, and why. */
export interface FailedCancellation {
  readonly purchaseId: string;
  /**
   * `REFUND_FAILED`: the bank does not take the money back. `NOT_CANCELLABLE`: its record is no sale, though a seat is sold to it.
   * `OUTCOME_UNKNOWN`: it is not cancelled yet, and recovery has it.
   */
  readonly code: FailureCode;
}

export const FAILURE_CODES = ['REFUND_FAILED', 'NOT_CANCELLABLE', 'OUTCOME_UNKNOWN'] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

const CANCELLATION_FIELDS: Fields<EventCancellation> = {
  message: text,
  at: number,
  purchases: optional(number),
  doneAt: optional(number),
};

const RUNNING_FIELDS: Fields<RunningCancellation> = {
  ...{ eventId: text, attempt: number, dueAt: number },
  handedOver: optional((value) => typeof value === 'boolean'),
};

const FAILED_FIELDS: Fields<FailedCancellation> = {
  purchaseId: text,
  code: oneOf({ REFUND_FAILED: true, NOT_CANCELLABLE: true, OUTCOME_UNKNOWN: true }),
};

/** How often to try, while others replace the event. */
const OPENING_ATTEMPTS = 5;

/** Of the partition that lists those that are not done. */
export const RUNNING_KEY = 'EVENT-CANCELLATIONS';

/**
 * Cancelled events, in the seat table beside them.
 *
 * | item         | pk                     | sk             |
 * | cancellation | `EVENT#eventId`        | `CANCELLATION` |
 * | running      | `EVENT-CANCELLATIONS`  | `eventId`      |
 * | failure      | `EVENT#eventId#FAILED` | `purchaseId`   |
 *
 * The cancelled sales themselves are under the event already: see `SeatRepository`.
 */
export class EventCancellations {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /**
   * Cancels the event for good: its sale is closed as soon as no sandbox has an older layout any more.
   *
   * It is the last revision of its facts, so those who follow them are told of it.
   *
   * @param dueAt from when on somebody must start it, if nobody has: seconds since the epoch
   * @returns the cancellation that stands: the first; undefined when there is no such event
   * @throws Problem EventChanged when others replace the event again and again meanwhile
   */
  async open(
    eventId: string,
    { message, at }: Pick<EventCancellation, 'message' | 'at'>,
    dueAt: number,
  ): Promise<EventCancellation | undefined> {
    const put = (Item: object) => ({ Put: { TableName: this.tableName, Item } });
    const events = new EventRepository(this.client, this.tableName);
    const revisions = new EventRevisions(this.client, this.tableName);
    for (let attempt = 1; attempt <= OPENING_ATTEMPTS; attempt++) {
      const revision = await revisions.find(eventId);
      const layout = revision ? undefined : await events.findLayout(eventId);
      const next = cancelledRevision(eventId, { layout, revision }, at);
      if (!next) return undefined;
      const isOpened = await events.cancel(eventId, at, [
        put({ ...cancellationKey(eventId), message, at }),
        put({ ...runningKey(eventId), eventId, attempt: 1, dueAt }),
        revisions.replace(revision, next),
      ]);
      if (isOpened) return { message, at };
      // It was cancelled before. Or its facts have changed since they were read.
      const stands = await this.find(eventId);
      if (stands) return stands;
      await pauseAfter(attempt);
    }
    throw new Problem('EventChanged');
  }

  async find(eventId: string): Promise<EventCancellation | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: cancellationKey(eventId), ConsistentRead: true }),
    );
    return Item && itemOf('cancellation of an event', CANCELLATION_FIELDS, Item);
  }

  /** Notes how many purchases there were to cancel. The first number stands. */
  async notePurchases(eventId: string, purchases: number): Promise<void> {
    await this.client.send(
      new UpdateCommand({
        TableName: this.tableName,
        Key: cancellationKey(eventId),
        UpdateExpression: 'SET purchases = if_not_exists(purchases, :purchases)',
        ExpressionAttributeValues: { ':purchases': purchases },
      }),
    );
  }

  /** @returns undefined when it is done, or was never begun */
  async findRunning(eventId: string): Promise<RunningCancellation | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: runningKey(eventId), ConsistentRead: true }),
    );
    return Item && itemOf('running cancellation', RUNNING_FIELDS, Item);
  }

  /** Those that are not done. */
  async running(): Promise<RunningCancellation[]> {
    return this.all(RUNNING_KEY, (item) => itemOf('running cancellation', RUNNING_FIELDS, item));
  }

  /**
   * Says that an execution is alive.
   *
   * @param dueAt until when nobody need look after it, seconds since the epoch
   * @returns false when it is not the one that has the cancellation: another was started after it, or all is done
   */
  async keepAlive(eventId: string, attempt: number, dueAt: number): Promise<boolean> {
    return this.ifRunning(eventId, 'SET dueAt = :dueAt', 'attempt = :attempt', {
      ...{ ':attempt': attempt, ':dueAt': dueAt },
    });
  }

  /** Leaves what is still to be done to the next execution, which Reconcile starts within a minute. */
  async handOver(eventId: string, attempt: number, now: number): Promise<void> {
    await this.ifRunning(eventId, 'SET dueAt = :now, handedOver = :yes', 'attempt = :attempt', {
      ...{ ':attempt': attempt, ':now': now, ':yes': true },
    });
  }

  /**
   * Takes over from an execution that is believed to be dead, or has handed over.
   *
   * @returns whether the next attempt is the caller's to start; not when somebody else has taken it
   */
  async takeOver(
    { eventId, attempt }: Pick<RunningCancellation, 'eventId' | 'attempt'>,
    dueAt: number,
  ): Promise<boolean> {
    return this.ifRunning(
      eventId,
      'SET attempt = :next, dueAt = :dueAt REMOVE handedOver',
      'attempt = :attempt',
      {
        ...{ ':attempt': attempt, ':next': attempt + 1, ':dueAt': dueAt },
      },
    );
  }

  private async ifRunning(
    eventId: string,
    UpdateExpression: string,
    ConditionExpression: string,
    ExpressionAttributeValues: Record<string, number | boolean>,
  ): Promise<boolean> {
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: runningKey(eventId),
          ...{ UpdateExpression, ConditionExpression, ExpressionAttributeValues },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** Nothing is left to be done. Repeating it is harmless. */
  async finish(eventId: string, doneAt: number): Promise<void> {
    try {
      await transactWrite(this.client, [
        {
          Update: {
            TableName: this.tableName,
            Key: cancellationKey(eventId),
            UpdateExpression: 'SET doneAt = :doneAt',
            ConditionExpression: 'attribute_not_exists(doneAt)',
            ExpressionAttributeValues: { ':doneAt': doneAt },
          },
        },
        { Delete: { TableName: this.tableName, Key: runningKey(eventId) } },
      ]);
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
    }
  }

  async noteFailure(eventId: string, { purchaseId, code }: FailedCancellation): Promise<void> {
    await this.client.send(
      new PutCommand({
        TableName: this.tableName,
        Item: { pk: failuresKey(eventId), sk: purchaseId, purchaseId, code },
      }),
    );
  }

  /** Purchases that could not be cancelled when it was their turn. Recovery may have settled some since. */
  async failures(eventId: string): Promise<FailedCancellation[]> {
    return this.all(failuresKey(eventId), (item) => itemOf('failed cancellation', FAILED_FIELDS, item));
  }

  private async all<Item>(pk: string, read: (item: object) => Item): Promise<Item[]> {
    const items: Item[] = [];
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
      },
    );
    for await (const { Items = [] } of pages) items.push(...Items.map(read));
    return items;
  }
}

function cancellationKey(eventId: string) {
  return { pk: `EVENT#${eventId}`, sk: 'CANCELLATION' };
}

function runningKey(eventId: string) {
  return { pk: RUNNING_KEY, sk: eventId };
}

function failuresKey(eventId: string): string {
  return `EVENT#${eventId}#FAILED`;
}
