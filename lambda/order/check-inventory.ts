import * as z from 'zod/mini';
import { TooManyUnpaid } from '../purchase/unpaid-seats';
import { ENVIRONMENT, requireNumber } from '../shared/environment';
import { PROBLEMS } from '../shared/problem';
import { step } from '../shared/step';
import { connectOrders } from './connect-orders';
import { measureFailedOrder } from './measure-order';
import { type Order } from './order';
import { OrderLost, orderInputSchema } from './order-input';
import { type OrderRepository, StockShort } from './order-repository';
import { ORDER } from './outcomes';

/** What `InventoryChoice` looks at. */
export const inventorySchema = z.object({ inStock: z.boolean() });

interface Dependencies {
  readonly orders: OrderRepository;
  /** Extras of an event that one address may have unpaid. */
  readonly unpaidBound: number;
}

/**
 * Reserves the extras, all or nothing. An order that cannot have them has failed, which is recorded: nothing of it is to be undone.
 * What costs nothing counts as unpaid for as long as free tickets do: nothing else keeps one address from taking all.
 *
 * @throws OrderLost when the order is another execution's, or undone
 */
export async function checkInventory(
  { orderId, executionId }: z.output<typeof orderInputSchema>,
  { orders, unpaidBound }: Dependencies,
): Promise<z.output<typeof inventorySchema>> {
  const order = await orders.find(orderId);
  // This step has refused it before, and its answer was lost.
  if (order?.failure && order.status === 'FAILED' && order.executionId === executionId)
    return { inStock: false };
  if (!order) throw new OrderLost();
  try {
    const bound = order.amount === 0 ? unpaidBound : undefined;
    if (await orders.reserve(order, executionId, bound)) return { inStock: true };
  } catch (error) {
    const failure = failureOf(error, order);
    await orders.refuse(orderId, executionId, failure);
    measureFailedOrder(failure.code);
    return { inStock: false };
  }
  throw new OrderLost();
}

/** @throws what is no refusal */
function failureOf(error: unknown, { items }: Order) {
  if (error instanceof TooManyUnpaid) {
    const { code, detail } = PROBLEMS.TooManyUnpaidExtras;
    return { code, detail };
  }
  if (!(error instanceof StockShort)) throw error;
  const short = error.positions.map((position) => items[position]!.extraId);
  return {
    code: PROBLEMS.OutOfStock.code,
    detail: `Not enough left: ${short.join(', ')}. Nothing was charged.`,
  };
}

export const handler = step(ORDER, 'CheckInventory', {
  input: orderInputSchema,
  output: inventorySchema,
  connect: (): Dependencies => ({
    orders: connectOrders(),
    unpaidBound: requireNumber(ENVIRONMENT.unpaidExtras),
  }),
  run: checkInventory,
});
