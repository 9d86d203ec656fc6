import { paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamoDbClient } from './dynamodb-client';

export interface FoundItem {
  readonly table: string;
  /** As plain JSON; binary attributes and sets have no place in it and are left out by `JSON.stringify`. */
  readonly item: Readonly<Record<string, unknown>>;
}

/** What an item must have to be found. What is not given does not matter. */
export interface WantedItems {
  /** An attribute of this name. */
  readonly attribute?: string | undefined;
  /** This text as the whole of some value, at any depth and in any case. */
  readonly value?: string | undefined;
  /** This text somewhere, in its names or values. */
  readonly mentions?: string | undefined;
}

/** Every item, of all these tables, that is wanted: a scan, as a person would do it in the AWS console. */
export async function findItems(
  endpoint: string,
  tableNames: readonly string[],
  { attribute, mentions, value }: WantedItems,
): Promise<FoundItem[]> {
  const client = dynamoDbClient(endpoint);
  const lowered = value?.toLowerCase();
  const filter = attribute !== undefined && {
    FilterExpression: 'attribute_exists(#attribute)',
    ExpressionAttributeNames: { '#attribute': attribute },
  };
  const found: FoundItem[] = [];
  try {
    for (const table of tableNames) {
      for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ...filter })) {
        for (const marshalled of Items) {
          if (mentions !== undefined && !JSON.stringify(marshalled).includes(mentions)) continue;
          const item = unmarshall(marshalled);
          if (lowered === undefined || holds(item, lowered)) found.push({ table, item });
        }
      }
    }
    return found;
  } finally {
    client.destroy();
  }
}

/** @param lowered a text in lower case */
function holds(value: unknown, lowered: string): boolean {
  if (typeof value === 'string') return value.toLowerCase() === lowered;
  return (
    typeof value === 'object' && value !== null && Object.values(value).some((each) => holds(each, lowered))
  );
}
