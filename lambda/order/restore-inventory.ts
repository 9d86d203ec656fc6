import * as z from 'zod/mini';
import { failureOf, failuresSchema, isHalfUndone } from '../shared/failures';
import { logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { step } from '../shared/step';
import { connectOrders } from './connect-orders';
import { measureFailedOrder } from './measure-order';
import {
  OrderCancelled,
  orderInputSchema,
  type OrderSettled,
  type OrderStands,
  whyNotClaimed,
} from './order-input';
import { OrderNotTaken, type OrderRepository } from './order-repository';
import { ORDER } from './outcomes';

const inputSchema = z.extend(orderInputSchema, { failures: failuresSchema });

/** Whether there was anything to give back. */
const outputSchema = z.object({ restored: z.boolean() });

interface Dependencies {
  readonly orders: OrderRepository;
}

/**
 * Compensates CheckInventory: claims the order, gives back what it has reserved, once, and settles it as FAILED. When the refund before
 * it has failed, the extras go back all the same, but the order stays unsettled: money that may be with us is no settled order.
 *
 * @returns OrderCancelled when it was a sale that is revoked; OrderStands when the order is CONFIRMED; OrderSettled when it is another execution's
 */
export async function restoreInventory(
  { orderId, executionId, failures }: z.output<typeof inputSchema>,
  { orders }: Dependencies,
): Promise<z.output<typeof outputSchema> | OrderCancelled | OrderStands | OrderSettled> {
  const order = await orders.claim(orderId, executionId, failureOf(ORDER, failures));
  if (!order || order instanceof OrderNotTaken) return whyNotClaimed(order, executionId);
  const restored = await orders.restore(order);
  measure({ Compensations: 1 }, { step: 'RestoreInventory', result: restored ? 'released' : 'none' });
  if (isHalfUndone(ORDER, failures)) {
    logger.error('The refund failed: the order stays unsettled');
    return { restored };
  }
  if (order.revokedAt !== undefined) {
    await orders.settleCancelled(order, executionId);
    return new OrderCancelled();
  }
  if (order.authenticateBy !== undefined || order.amount === 0) await orders.noLongerUnpaid(order);
  if (order.status === 'COMPENSATING' && (await orders.settleFailed(orderId, executionId)))
    measureFailedOrder(order.failure!.code);
  return { restored };
}

export const handler = step(ORDER, 'RestoreInventory', {
  input: inputSchema,
  output: outputSchema,
  connect: (): Dependencies => ({ orders: connectOrders() }),
  run: restoreInventory,
});
