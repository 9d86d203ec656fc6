import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { queryAll, type TransactionWrite } from '../shared/dynamodb';
import { type Check, type Fields, itemOf, number, optional, text } from '../shared/item';

/** Work on an event that is not done. */
export interface RunningExecution {
  readonly eventId: string;
  /** Number of its execution, from 1: each has a name of its own. */
  readonly attempt: number;
  /** From when on its execution is believed to be dead, seconds since the epoch. */
  readonly dueAt: number;
  /** It is not dead: it has done what one execution may, and the next one goes on. */
  readonly handedOver?: boolean;
  /** The revision of the event that the work is about. @default it is about none */
  readonly revision?: number;
  /** It has taken the place of work on an older revision, of which a page may be under way still. */
  readonly overtakes?: boolean;
}

/** What tells one execution from another. */
export type Turn = Pick<RunningExecution, 'eventId' | 'attempt' | 'revision'>;

const flag: Check = (value) => typeof value === 'boolean';

const RUNNING_FIELDS: Fields<RunningExecution> = {
  ...{ eventId: text, attempt: number, dueAt: number },
  ...{ handedOver: optional(flag), revision: optional(number), overtakes: optional(flag) },
};

/**
 * Executions of a durable function that are not done, an item an event: `pk` says of which function, `sk` is the event's id.
 *
 * Each write is one execution's, under the condition that it still has the work.
 */
export class RunningExecutions {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly partition: string,
  ) {}

  /** @returns undefined when it is done, or was never begun */
  async find(eventId: string): Promise<RunningExecution | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: this.key(eventId), ConsistentRead: true }),
    );
    return Item && runningOf(Item);
  }

  /** Those that are not done. */
  async all(): Promise<RunningExecution[]> {
    return queryAll(this.client, this.tableName, this.partition, runningOf);
  }

  /** Enters one, in place of any other of the event. */
  entering(running: RunningExecution): TransactionWrite {
    return { Put: { TableName: this.tableName, Item: { ...this.key(running.eventId), ...running } } };
  }

  /** Takes the event off the list: its work is done. */
  leaving(eventId: string): NonNullable<TransactionWrite['Delete']> {
    return { TableName: this.tableName, Key: this.key(eventId) };
  }

  /**
   * Says that an execution is alive.
   *
   * @param dueAt until when nobody need look after it, seconds since the epoch
   * @returns false when it is not the one that has the work: another was started after it, or all is done
   */
  async keepAlive(turn: Turn, dueAt: number): Promise<boolean> {
    return this.update(turn, 'SET dueAt = :dueAt', { ':dueAt': dueAt });
  }

  /** Leaves what is still to be done to the next execution, which Reconcile starts within a minute. */
  async handOver(turn: Turn, now: number): Promise<void> {
    await this.update(turn, 'SET dueAt = :now, handedOver = :yes', { ':now': now, ':yes': true });
  }

  /**
   * Takes over from an execution that is believed to be dead, or has handed over.
   *
   * @returns whether the next attempt is the caller's to start; not when somebody else has taken it
   */
  async takeOver(turn: Turn, dueAt: number): Promise<boolean> {
    return this.update(turn, 'SET attempt = :next, dueAt = :dueAt REMOVE handedOver', {
      ...{ ':next': turn.attempt + 1, ':dueAt': dueAt },
    });
  }

  private async update(
    { eventId, attempt, revision }: Turn,
    UpdateExpression: string,
    values: Record<string, number | boolean>,
  ): Promise<boolean> {
    const isAbout = revision === undefined ? '' : ' AND revision = :revision';
    try {
      await this.client.send(
        new UpdateCommand({
          ...{ TableName: this.tableName, Key: this.key(eventId), UpdateExpression },
          ConditionExpression: `attempt = :attempt${isAbout}`,
          ExpressionAttributeValues: {
            ...{ ...values, ':attempt': attempt },
            ...(revision !== undefined && { ':revision': revision }),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  private key(eventId: string) {
    return { pk: this.partition, sk: eventId };
  }
}

function runningOf(item: object): RunningExecution {
  return itemOf('running execution', RUNNING_FIELDS, item);
}
