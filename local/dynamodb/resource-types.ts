import { physicalName } from '../cloudformation/physical-name';
import { type ResourceType } from '../cloudformation/resource-type';
import { createTable, type CreatedTable, WITHOUT_EFFECT } from './create-table';
import { streamArn, tableArn } from './table-stream';

/** @param tables gets each table that is created */
export function dynamoDbTypes(endpoint: string, tables: CreatedTable[]): Record<string, ResourceType> {
  const table: ResourceType = {
    properties: [
      'AttributeDefinitions',
      'GlobalSecondaryIndexes',
      'KeySchema',
      'LocalSecondaryIndexes',
      'Replicas',
      'StreamSpecification',
      'TimeToLiveSpecification',
    ],
    withoutLocalEffect: [...WITHOUT_EFFECT],
    async create(request) {
      const TableName = physicalName(request, 255);
      const created = await createTable(endpoint, { ...request.properties, TableName });
      tables.push(created);
      return {
        ref: TableName,
        attributes: {
          Arn: tableArn(TableName),
          ...(created.streamView && { StreamArn: streamArn(TableName) }),
        },
      };
    },
  };
  return { 'AWS::DynamoDB::Table': table, 'AWS::DynamoDB::GlobalTable': table };
}
