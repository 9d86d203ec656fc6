import { type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { type Order } from '../../lambda/order/order';
import { orderOf } from '../../lambda/order/order-item';
import { ORDER_KEYS } from '../../lambda/order/order-repository';

/**
 * The orders that are wanted. This reads the whole table, as a person may who looks for one: no index finds an order by another name of
 * it, and what an older version has written is in none.
 */
export async function findOrders(
  client: DynamoDBDocumentClient,
  tableName: string,
  isWanted: (order: Order) => boolean,
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
    found.push(...Items.map(orderOf).filter(isWanted));
  }
  return found;
}
