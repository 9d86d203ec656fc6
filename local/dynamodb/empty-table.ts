import { DeleteItemCommand, DescribeTableCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { dynamoDbClient } from './dynamodb-client';

/** Deletes every item. DynamoDB has no such call; the table itself stays, so that clients of it go on. */
export async function emptyTable(endpoint: string, TableName: string): Promise<void> {
  const client = dynamoDbClient(endpoint);
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    const keys = Table!.KeySchema!.map(({ AttributeName }) => AttributeName!);
    const pages = paginateScan(
      { client },
      {
        TableName,
        ProjectionExpression: keys.map((_, index) => `#${index}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(keys.map((key, index) => [`#${index}`, key])),
      },
    );
    for await (const { Items = [] } of pages) {
      await Promise.all(Items.map((Key) => client.send(new DeleteItemCommand({ TableName, Key }))));
    }
  } finally {
    client.destroy();
  }
}
