import { type PurchaseOutline } from '../purchase/purchase-item';
import { type PaidRecords } from '../payment/paid-records';
import { type Order } from './order';
import { type OrderRepository } from './order-repository';

/** Orders as an audit of payments looks at them: like purchases, by what has been paid for and what is owed. */
export function paidOrders(
  orders: Pick<OrderRepository, 'find' | 'findAll' | 'keep' | 'installation'>,
): PaidRecords {
  return {
    installation: orders.installation,
    keep: (orderId) => orders.keep(orderId),
    async find(orderId) {
      const order = await orders.find(orderId);
      return order && outlineOf(order);
    },
    async outlines(orderIds) {
      const found = await orders.findAll(orderIds);
      return new Map(found.map((order) => [order.orderId, outlineOf(order)]));
    },
  };
}

function outlineOf(order: Order): PurchaseOutline {
  const { orderId, status, paymentIntentId, createdAt, dueAt, refunded, amount = 0 } = order;
  return {
    ...{ purchaseId: orderId, status, paymentIntentId, createdAt, dueAt, refunded },
    // It was cancelled because all of it was given back: what comes back of that is owed again.
    ...(status === 'CANCELLED' && {
      cancellation: { reason: 'REFUNDED', refund: { amount, status: 'SUCCEEDED' }, at: createdAt },
    }),
  };
}
