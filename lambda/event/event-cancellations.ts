import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { pauseAfter, queryAll, transactWrite, TransactionRefused } from '../shared/dynamodb';
import { type Fields, itemOf, number, oneOf, optional, text } from '../shared/item';
import { Problem } from '../shared/problem';
import { EventRepository } from './event-repository';
import { cancelledRevision, EventRevisions } from './event-revision';
import { RunningExecutions } from './running-executions';

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

/** A purchase, or an order, that could not be cancelled with its event, and why. */
export interface FailedCancellation {
  /** Of the purchase; of the order, where it is one. */
  readonly purchaseId: string;
  /** @default a purchase */
  readonly kind?: 'order';
  /**
   * `REFUND_FAILED`: the bank does not take the money back. `NOT_CANCELLABLE`: its record is no sale, though a seat is sold to it.
   * `OUTCOME_UNKNOWN`: it is not cancelled yet, and recovery, or the reconciler of orders, has it.
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

const FAILED_FIELDS: Fields<FailedCancellation> = {
  purchaseId: text,
  kind: optional(oneOf({ order: true })),
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
 * | failure      | `EVENT#eventId#FAILED` | `purchaseId`, of an order `ORDER#orderId` |
 *
 * The cancelled sales themselves are under the event already: see `SeatRepository`.
 */
export class EventCancellations {
  /** Those that are not done. */
  readonly running: RunningExecutions;

  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {
    this.running = new RunningExecutions(client, tableName, RUNNING_KEY);
  }

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
        this.running.entering({ eventId, attempt: 1, dueAt }),
        ...revisions.replace(revision, next),
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
        { Delete: this.running.leaving(eventId) },
      ]);
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
    }
  }

  /** A client may use one key for a purchase and an order: each has a note of its own. */
  async noteFailure(eventId: string, { purchaseId, kind, code }: FailedCancellation): Promise<void> {
    const sk = kind === 'order' ? `ORDER#${purchaseId}` : purchaseId;
    await this.client.send(
      new PutCommand({
        TableName: this.tableName,
        Item: { pk: failuresKey(eventId), sk, purchaseId, ...(kind && { kind }), code },
      }),
    );
  }

  /** Purchases that could not be cancelled when it was their turn. Recovery may have settled some since. */
  async failures(eventId: string): Promise<FailedCancellation[]> {
    return queryAll(this.client, this.tableName, failuresKey(eventId), (item) =>
      itemOf('failed cancellation', FAILED_FIELDS, item),
    );
  }
}

function cancellationKey(eventId: string) {
  return { pk: `EVENT#${eventId}`, sk: 'CANCELLATION' };
}

function failuresKey(eventId: string): string {
  return `EVENT#${eventId}#FAILED`;
}
