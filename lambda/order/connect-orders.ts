import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { OrderRepository } from './order-repository';

export function connectOrders(client = documentClient()): OrderRepository {
  return new OrderRepository(client, requireEnvironment(ENVIRONMENT.orderTable));
}
