import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';

/** A sparse index of what is still to be done: by a shard, and by the time since which it is due. */
export interface ShardedIndex {
  readonly name: string;
  /** Attribute that is the partition key. */
  readonly shard: string;
  /** Attribute that is the sort key: seconds since the epoch. */
  readonly time: string;
  /** How many partitions it spreads over. */
  readonly shards: number;
}

/**
 * Where an item with this id is listed. Derived from the id, so a repeated write lands in the same partition; from its end, which is
 * random in every version of UUID, while those of version 7 begin with the time.
 *
 * @param id a UUID
 */
export function shardOf(id: string, { shards }: Pick<ShardedIndex, 'shards'>): string {
  return String(parseInt(id.slice(-4), 16) % shards);
}

/** What the index has up to `until`, seconds since the epoch: the oldest first within a shard. */
export async function* listedUntil(
  client: DynamoDBDocumentClient,
  table: string,
  { name, shard, time, shards }: ShardedIndex,
  until: number,
): AsyncGenerator<object> {
  for (let number = 0; number < shards; number++) {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        IndexName: name,
        KeyConditionExpression: '#shard = :shard AND #time <= :until',
        ExpressionAttributeNames: { '#shard': shard, '#time': time },
        ExpressionAttributeValues: { ':shard': String(number), ':until': until },
      },
    );
    for await (const { Items = [] } of pages) yield* Items;
  }
}
