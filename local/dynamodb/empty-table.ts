import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { type CreatedTable } from './create-table';

type Key = Record<string, AttributeValue>;

/** `BatchWriteItem` takes no more at once. */
const BATCH = 25;

/** Whether an item outlives a reset, by the values of its key, partition key first. */
export type IsKept = (key: readonly (string | undefined)[]) => boolean;

/**
 * Deletes every item, but those that are kept. DynamoDB has no such call; the table itself stays, so that clients of it go on.
 */
export async function emptyTable(
  client: DynamoDBClient,
  { tableName: TableName, keyAttributes }: CreatedTable,
  isKept: IsKept = () => false,
): Promise<void> {
  const pages = paginateScan(
    { client },
    {
      TableName,
      ProjectionExpression: keyAttributes.map((_, index) => `#${index}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(keyAttributes.map((name, index) => [`#${index}`, name])),
    },
  );
  for await (const { Items = [] } of pages) {
    const deleted = Items.filter((item) => !isKept(keyAttributes.map((name) => item[name]?.S)));
    const batches = Array.from({ length: Math.ceil(deleted.length / BATCH) }, (_, n) =>
      deleted.slice(n * BATCH, (n + 1) * BATCH),
    );
    await Promise.all(batches.map((keys) => deleteAll(client, TableName, keys)));
  }
}

/** What a batch leaves undone it names, and is asked for again. */
async function deleteAll(client: DynamoDBClient, TableName: string, keys: readonly Key[]): Promise<void> {
  let requests = keys.map((Key) => ({ DeleteRequest: { Key } }));
  while (requests.length > 0) {
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }),
    );
    requests = (UnprocessedItems[TableName] ?? []) as typeof requests;
  }
}
