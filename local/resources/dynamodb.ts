import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws-service';
import { type ResourceType } from '../cloudformation/resource-type';
import { createTable, WITHOUT_EFFECT } from '../dynamodb/create-table';
import { type Services } from '../services';
import { physicalName } from './physical-name';

export function dynamoDbTypes(services: Services): Record<string, ResourceType> {
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
      services.tables.push(
        await createTable(services.dynamoDbEndpoint, { ...request.properties, TableName }),
      );
      return {
        ref: TableName,
        attributes: { Arn: `arn:aws:dynamodb:${LOCAL_REGION}:${LOCAL_ACCOUNT}:table/${TableName}` },
      };
    },
  };
  return { 'AWS::DynamoDB::Table': table, 'AWS::DynamoDB::GlobalTable': table };
}
