import type { APIGatewayProxyEvent } from 'aws-lambda';
import { Problem } from '../shared/problem';
import { type Order, orderIdSchema } from './order';
import { type OrderRepository } from './order-repository';

/**
 * The order the path names. Its id is a secret the client made: who knows it may read the order.
 *
 * @throws Problem OrderNotFound, also for an id that cannot be one
 */
export async function findOrder(
  { pathParameters }: Pick<APIGatewayProxyEvent, 'pathParameters'>,
  orders: Pick<OrderRepository, 'find'>,
): Promise<Order> {
  const id = orderIdSchema.safeParse(pathParameters?.['orderId']?.toLowerCase());
  const order = id.success ? await orders.find(id.data) : undefined;
  if (!order) throw new Problem('OrderNotFound');
  return order;
}
