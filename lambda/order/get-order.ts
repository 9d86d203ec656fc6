import { json, route } from '../shared/api';
import { connectOrders } from './connect-orders';
import { findOrder } from './find-order';
import { orderAnswer } from './order-answer';

/** `GET /orders/{orderId}` */
export const handler = route({
  name: 'GetOrder',
  connect: () => connectOrders(),
  answer: async (event, orders) => json(200, orderAnswer(await findOrder(event, orders))),
});
