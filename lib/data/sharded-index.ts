import { AttributeType, type GlobalSecondaryIndexPropsV2, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { type ShardedIndex } from '../../lambda/shared/sharded-index';

/** It has keys alone, so that no other change of an item writes to it. */
export const shardedIndex = ({ name, shard, time }: ShardedIndex): GlobalSecondaryIndexPropsV2 => ({
  indexName: name,
  partitionKey: { name: shard, type: AttributeType.STRING },
  sortKey: { name: time, type: AttributeType.NUMBER },
  projectionType: ProjectionType.KEYS_ONLY,
});
