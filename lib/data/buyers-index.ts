import { AttributeType, type GlobalSecondaryIndexPropsV2, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { BUYERS_INDEX } from '../../lambda/shared/address-hash';

/** Keys alone: no address, and no change of an item writes to it but a corrected address. */
export const buyersIndex: GlobalSecondaryIndexPropsV2 = {
  indexName: BUYERS_INDEX.name,
  partitionKey: { name: BUYERS_INDEX.hash, type: AttributeType.STRING },
  sortKey: { name: BUYERS_INDEX.time, type: AttributeType.NUMBER },
  projectionType: ProjectionType.KEYS_ONLY,
};
