import { type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { type Order } from '../../lambda/order/order';
import { orderOf } from '../../lambda/order/order-item';
import { ORDER_KEYS } from '../../lambda/order/order-repository';

/**
 * The orders whose ids are wanted. No index finds an order by another name of it: this reads the whole table, as a person may who looks
 * for one.
 */
export async function findOrders(
  client: DynamoDBDocumentClient,
  tableName: string,
  isWanted: (orderId: string) => boolean,
): Promise<Order[]> {
  const found: Order[] = [];
  const pages = paginateScan(
    { client },
    {
      TableName: tableName,
      ConsistentRead: true,
      FilterExpression: 'begins_with(pk, :orders)',
      ExpressionAttributeValues: { ':orders': ORDER_KEYS },
    },
  );
  for await (const { Items = [] } of pages) {
    found.push(...Items.filter(({ orderId }) => isWanted(orderId as string)).map(orderOf));
  }
  return found;
}
