import {
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  paginateQuery,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { REQUEST_TIMEOUTS } from './request-timeouts';

/**
 * One client a container.
 *
 * The SDK does not try a write again that meets a transaction on the same item. As in `transactWrite`, the conflict says
 * nothing about the condition, and the transaction is over in a moment.
 */
export function documentClient(): DynamoDBDocumentClient {
  const client = new DynamoDBClient({ maxAttempts: 3, ...REQUEST_TIMEOUTS });
  client.middlewareStack.add(
    (next) => async (args) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await next(args);
        } catch (error) {
          if (!(error instanceof TransactionConflictException) || attempt === ATTEMPTS) throw error;
          await pauseAfter(attempt);
        }
      }
    },
    // Around the SDK's own retries, which are in the step after this.
    { step: 'build', priority: 'low' },
  );
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** The items of a partition, as they are at this moment, in the order of their sort key. */
export async function queryAll<Item>(
  client: DynamoDBDocumentClient,
  TableName: string,
  pk: string,
  read: (item: object) => Item,
): Promise<Item[]> {
  const items: Item[] = [];
  const pages = paginateQuery(
    { client },
    {
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
    },
  );
  for await (const { Items = [] } of pages) items.push(...Items.map(read));
  return items;
}

/** Keys that DynamoDB takes in one request. */
const BATCH = 100;

/**
 * The items with these keys that there are, in any order; they may be a moment old.
 *
 * @param projection @default they are read whole
 */
export async function batchGet(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly Record<string, string>[],
  projection: {
    readonly ProjectionExpression?: string;
    readonly ExpressionAttributeNames?: Record<string, string>;
  } = {},
): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for (let first = 0; first < keys.length; first += BATCH) {
    let rest: Record<string, unknown>[] = keys.slice(first, first + BATCH);
    for (let attempt = 1; rest.length > 0; attempt++) {
      const { Responses = {}, UnprocessedKeys = {} } = await client.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys: rest, ...projection } } }),
      );
      found.push(...(Responses[table] ?? []));
      // DynamoDB answers what it can: the rest is for later, not absent.
      rest = UnprocessedKeys[table]?.Keys ?? [];
      if (rest.length > 0) await pauseAfter(Math.min(attempt, ATTEMPTS));
    }
  }
  return found;
}

/** A conditional write to one item, without its key. */
export type Change = Pick<
  UpdateCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
> & { readonly UpdateExpression: string };

export type TransactionWrite = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A write of the transaction found its condition false. Positions are those of the request. */
export class TransactionRefused extends Error {
  override readonly name = 'TransactionRefused';

  constructor(
    /** Positions of the writes whose condition failed. */
    readonly refused: readonly number[],
    private readonly found: readonly (Record<string, unknown> | undefined)[],
  ) {
    super(`Condition failed for the writes at ${refused.join(', ')}`);
  }

  /** The item as it stood, for a write that asked for it (`ReturnValuesOnConditionCheckFailure: ALL_OLD`). */
  itemAt(position: number): Record<string, unknown> | undefined {
    return this.found[position];
  }
}

const ATTEMPTS = 6;
const RETRIED_REASONS = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Writes all or nothing.
 *
 * The SDK does not retry a cancelled transaction. A conflict with another transaction on the same item, or throttling,
 * says nothing about the conditions, so it is tried again with full jitter; a failed condition is final.
 *
 * @throws TransactionRefused when a condition failed
 */
export async function transactWrite(
  client: DynamoDBDocumentClient,
  writes: TransactionWrite[],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: writes }));
      return;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons ?? [];
      const refused = reasons.flatMap((reason, position) =>
        reason.Code === 'ConditionalCheckFailed' ? [position] : [],
      );
      if (refused.length > 0) {
        throw new TransactionRefused(
          refused,
          reasons.map((reason) => reason.Item && unmarshall(reason.Item)),
        );
      }
      if (attempt === ATTEMPTS || !reasons.some((reason) => RETRIED_REASONS.has(reason.Code ?? '')))
        throw error;
      await pauseAfter(attempt);
    }
  }
}

/** Full jitter, up to 50 milliseconds after the first attempt and twice as long after each. */
export function pauseAfter(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * 25 * 2 ** attempt));
}
