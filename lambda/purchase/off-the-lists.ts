import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type PurchaseStatus } from './purchase';
import { OFF_THE_LISTS } from './purchase-item';

/** A write that takes a purchase off the list of what is due, as long as its status is this one. */
export const takingOff = (tableName: string, purchaseId: string, status: PurchaseStatus): UpdateCommand =>
  new UpdateCommand({
    TableName: tableName,
    Key: { purchaseId },
    UpdateExpression: `REMOVE ${OFF_THE_LISTS}`,
    ConditionExpression: '#status = :status',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':status': status },
  });

/**
 * Takes a sale off the list whose buyer is told, or cannot be told without people. Nothing happens to one that is no sale any more:
 * something else is due for it.
 */
export async function takeConfirmedOff(
  client: DynamoDBDocumentClient,
  tableName: string,
  purchaseId: string,
): Promise<void> {
  try {
    await client.send(takingOff(tableName, purchaseId, 'CONFIRMED'));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
