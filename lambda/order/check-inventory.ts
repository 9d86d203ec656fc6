import * as z from 'zod/mini';
import { PROBLEMS } from '../shared/problem';
import { step } from '../shared/step';
import { connectOrders } from './connect-orders';
import { measureFailedOrder } from './measure-order';
import { OrderLost, orderInputSchema } from './order-input';
import { type OrderRepository, StockShort } from './order-repository';
import { ORDER } from './outcomes';

/** What `InventoryChoice` looks at. */
export const inventorySchema = z.object({ inStock: z.boolean() });

interface Dependencies {
  readonly orders: OrderRepository;
}

/**
 * Reserves the extras, all or nothing. An order that cannot have them has failed, which is recorded: nothing of it is to be undone.
 *
 * @throws OrderLost when the order is another execution's, or undone
 */
export async function checkInventory(
  { orderId, executionId }: z.output<typeof orderInputSchema>,
  { orders }: Dependencies,
): Promise<z.output<typeof inventorySchema>> {
  const order = await orders.find(orderId);
  const { code } = PROBLEMS.OutOfStock;
  // This step has found it short before, and its answer was lost.
  if (order?.failure?.code === code && order.executionId === executionId) return { inStock: false };
  if (!order) throw new OrderLost();
  try {
    if (await orders.reserve(order, executionId)) return { inStock: true };
  } catch (error) {
    if (!(error instanceof StockShort)) throw error;
    const short = error.positions.map((position) => order.items[position]!.extraId);
    const words = `Not enough left: ${short.join(', ')}. Nothing was charged.`;
    await orders.refuse(orderId, executionId, { code, detail: words });
    measureFailedOrder(code);
    return { inStock: false };
  }
  throw new OrderLost();
}

export const handler = step(ORDER, 'CheckInventory', {
  input: orderInputSchema,
  output: inventorySchema,
  connect: (): Dependencies => ({ orders: connectOrders() }),
  run: checkInventory,
});
