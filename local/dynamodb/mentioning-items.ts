import { paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamoDbClient } from './dynamodb-client';

export interface FoundItem {
  readonly table: string;
  /** As plain JSON; binary attributes and sets have no place in it and are left out by `JSON.stringify`. */
  readonly item: Readonly<Record<string, unknown>>;
}

/** Every item, of all these tables, that has this text in it: a scan, as a person would do it in the AWS console. */
export async function mentioningItems(
  endpoint: string,
  tableNames: readonly string[],
  text: string,
): Promise<FoundItem[]> {
  const client = dynamoDbClient(endpoint);
  const found: FoundItem[] = [];
  try {
    for (const table of tableNames) {
      for await (const { Items = [] } of paginateScan({ client }, { TableName: table })) {
        const mentioning = Items.filter((item) => JSON.stringify(item).includes(text));
        found.push(...mentioning.map((item) => ({ table, item: unmarshall(item) })));
      }
    }
    return found;
  } finally {
    client.destroy();
  }
}
