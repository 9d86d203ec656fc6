import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { type LocalClock } from '../core/clock';
import { type CreatedTable } from './create-table';
import { dynamoDbClient } from './dynamodb-client';
import { type Item } from './stream-record';

export interface TtlSweeperOptions {
  readonly endpoint: string;
  /** Read anew for each sweep. One without a TTL is left alone. */
  readonly tables: readonly CreatedTable[];
  readonly clock: LocalClock;
  /** Between two sweeps at least; longer where a sweep takes long. @default 5 */
  readonly intervalSeconds?: number;
  /** Hears of an item before it is deleted, if its table has a stream. @default - nobody */
  readonly onRemoval?: (tableName: string, keys: Item, expiry: string) => void;
  /** Hears of a sweep that failed; the next one tries again. @default - nobody */
  readonly onError?: (error: unknown) => void;
}

export interface TtlSweeper {
  /** Deletes what has expired by now. Resolves with the number of items deleted. */
  sweep(): Promise<number>;
  close(): Promise<void>;
}

/** DynamoDB leaves items alone whose expiry lies further back: such a number is hardly a time stamp. */
const OLDEST_EXPIRY_SECONDS = 5 * 365 * 86_400;

/**
 * A sweep reads every item, and the tables grow with every sale. It rests this many times as long as it took, so that sweeps take a fiftieth
 * of one processor however large the tables are.
 */
const REST = 50;

/**
 * Deletes expired items as DynamoDB's time to live does, which the local engine knows but does not perform.
 *
 * AWS takes up to days; here it is seconds, and at once when the clock is moved. An item that was renewed between
 * the scan and its deletion stays: the deletion is conditional on the expiry still being past.
 */
export function startTtlSweeper(options: TtlSweeperOptions): TtlSweeper {
  const { endpoint, tables, clock, intervalSeconds = 5, onError = () => undefined } = options;
  const { onRemoval = () => undefined } = options;
  const client = dynamoDbClient(endpoint);
  let closed = false;
  let running: Promise<number> | undefined;

  async function sweepAll(): Promise<number> {
    let deleted = 0;
    for (const table of tables) deleted += await sweepTable(client, table, clock, onRemoval);
    return deleted;
  }

  /** A sweep asked for during another begins after it, so that it sees what expired meanwhile. */
  function sweep(): Promise<number> {
    const next = (running ?? Promise.resolve(0)).catch(() => 0).then(() => (closed ? 0 : sweepAll()));
    running = next;
    return next;
  }

  const sweepInBackground = async (): Promise<void> => {
    if (closed) return;
    await sweep().catch((error: unknown) => !closed && onError(error));
  };
  let timer: NodeJS.Timeout | undefined;
  const sweepAfter = (milliseconds: number): void => {
    timer = setTimeout(() => {
      const begun = performance.now();
      void sweepInBackground().then(() => {
        if (!closed) sweepAfter(Math.max(intervalSeconds * 1000, REST * (performance.now() - begun)));
      });
    }, milliseconds);
    timer.unref();
  };
  sweepAfter(intervalSeconds * 1000);
  clock.onAdvance(() => void sweepInBackground());

  return {
    sweep,
    async close() {
      closed = true;
      clearTimeout(timer);
      await running?.catch(() => undefined);
      client.destroy();
    },
  };
}

async function sweepTable(
  client: DynamoDBClient,
  { tableName: TableName, keyAttributes: keys, ttlAttribute, streamView }: CreatedTable,
  clock: LocalClock,
  onRemoval: NonNullable<TtlSweeperOptions['onRemoval']>,
): Promise<number> {
  if (!ttlAttribute) return 0;
  const now = Math.floor(clock.now() / 1000);
  const expired = {
    names: { '#ttl': ttlAttribute },
    values: {
      ':now': { N: String(now) },
      ':oldest': { N: String(now - OLDEST_EXPIRY_SECONDS) },
      ':number': { S: 'N' },
    },
    expression: 'attribute_type(#ttl, :number) AND #ttl < :now AND #ttl > :oldest',
  };
  const pages = paginateScan(
    { client },
    {
      TableName,
      FilterExpression: expired.expression,
      ProjectionExpression: [...keys.map((_, index) => `#key${index}`), '#ttl'].join(', '),
      ExpressionAttributeNames: {
        ...expired.names,
        ...Object.fromEntries(keys.map((key, index) => [`#key${index}`, key])),
      },
      ExpressionAttributeValues: expired.values,
    },
  );
  let deleted = 0;
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const Key = Object.fromEntries(keys.map((key) => [key, item[key]!]));
      if (streamView) onRemoval(TableName, Key as unknown as Item, item[ttlAttribute]!.N!);
      deleted += await deleteExpired(client, TableName, Key, expired);
    }
  }
  return deleted;
}

async function deleteExpired(
  client: DynamoDBClient,
  TableName: string,
  Key: Record<string, AttributeValue>,
  { names, values, expression }: { names: object; values: object; expression: string },
): Promise<0 | 1> {
  try {
    await client.send(
      new DeleteItemCommand({
        TableName,
        Key,
        ConditionExpression: expression,
        ExpressionAttributeNames: names as Record<string, string>,
        ExpressionAttributeValues: values as Record<string, AttributeValue>,
      }),
    );
    return 1;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 0;
    throw error;
  }
}
