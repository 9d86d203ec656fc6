import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { type ResourceType } from '../cloudformation/resource-type';
import { createTable, type CreatedTable, WITHOUT_EFFECT } from './create-table';

/** @param tables gets each table that is created */
export function dynamoDbTypes(endpoint: string, tables: CreatedTable[]): Record<string, ResourceType> {
  const table: ResourceType = {
    properties: [
      'AttributeDefinitions',
      'GlobalSecondaryIndexes',
      'KeySchema',
      'LocalSecondaryIndexes',
      'Replicas',
      'TimeToLiveSpecification',
    ],
    withoutLocalEffect: [...WITHOUT_EFFECT],
    async create(request) {
      const TableName = physicalName(request, 255);
      tables.push(await createTable(endpoint, { ...request.properties, TableName }));
      return {
        ref: TableName,
        attributes: { Arn: `arn:aws:dynamodb:${LOCAL_REGION}:${LOCAL_ACCOUNT}:table/${TableName}` },
      };
    },
  };
  return { 'AWS::DynamoDB::Table': table, 'AWS::DynamoDB::GlobalTable': table };
}
