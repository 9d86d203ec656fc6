import {
  DeleteItemCommand,
  type DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { AwsError } from '../aws/aws-error';
import { type Integration, type Integrations } from '../core/plugin';

/** "Perform DynamoDB CRUD operations with Step Functions" (read November 2026), without the parameters of before 2014. */
const CONDITION = [
  ...['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues'],
  ...['ReturnConsumedCapacity', 'ReturnItemCollectionMetrics', 'ReturnValues'],
];
const READ = ['ConsistentRead', 'ExpressionAttributeNames', 'ProjectionExpression', 'ReturnConsumedCapacity'];
const TRANSACTION = [
  ...['TransactItems', 'ClientRequestToken', 'ReturnConsumedCapacity', 'ReturnItemCollectionMetrics'],
];

/** What state machines call of DynamoDB without a function. Items are in DynamoDB's own JSON, as the API has them. */
export function dynamoDbIntegrations(client: DynamoDBClient): Integrations {
  const integration = (
    required: readonly string[],
    parameters: readonly string[],
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each command's own input
    Command: new (input: any) => GetItemCommand,
  ): Integration => ({
    ...{ required, parameters: [...required, ...parameters] },
    async call(input) {
      try {
        const { $metadata: _, ...output } = await client.send(new Command(input));
        return output;
      } catch (error) {
        if (!(error instanceof DynamoDBServiceException)) throw error;
        throw new AwsError(error.name, error.message, { statusCode: error.$metadata.httpStatusCode });
      }
    },
  });
  const [key, item] = [
    ['TableName', 'Key'],
    ['TableName', 'Item'],
  ];
  return {
    'dynamodb:getItem': integration(key, READ, GetItemCommand),
    'dynamodb:putItem': integration(item, CONDITION, PutItemCommand as never),
    'dynamodb:updateItem': integration(key, ['UpdateExpression', ...CONDITION], UpdateItemCommand),
    'dynamodb:deleteItem': integration(key, CONDITION, DeleteItemCommand),
    'aws-sdk:dynamodb:transactWriteItems': integration(
      TRANSACTION.slice(0, 1),
      TRANSACTION.slice(1),
      TransactWriteItemsCommand as never,
    ),
  };
}
