import * as z from 'zod/mini';
import { TooManyUnpaid } from '../purchase/unpaid-seats';
import { ENVIRONMENT, requireNumber } from '../shared/environment';
import { Problem } from '../shared/problem';
import { step } from '../shared/step';
import { connectOrders } from './connect-orders';
import { OrderLost, orderInputSchema } from './order-input';
import { type OrderRepository } from './order-repository';
import { ORDER } from './outcomes';

/** Seconds for which the state waits for the buyer. */
export const AUTHENTICATED_WITHIN = 600;

/** Seconds before the state's end after which no answer is taken any more: what is said to be in time must be. */
const CLOSES_BEFORE = 5;

const inputSchema = z.extend(orderInputSchema, {
  /** By which the execution is told to go on. */
  taskToken: z.string(),
  /** When the state was entered, RFC 3339: each attempt of it has the same. */
  enteredAt: z.iso.datetime(),
});

interface Dependencies {
  readonly orders: OrderRepository;
  /** Extras of an event that one address may have unpaid. */
  readonly unpaidBound: number;
}

/**
 * Notes that the bank wants the buyer, until when, and how the execution is woken. `POST /orders/{orderId}/authentication` wakes it; the
 * token is in no answer and in no log.
 *
 * @returns TooManyUnpaidExtras when too many of the event wait already for buyers at this address
 * @throws OrderLost when the order is another execution's, or undone
 */
export async function awaitAuthentication(
  { orderId, executionId, taskToken, enteredAt }: z.output<typeof inputSchema>,
  { orders, unpaidBound }: Dependencies,
): Promise<Record<string, never> | Problem<'TooManyUnpaidExtras'>> {
  const order = await orders.find(orderId);
  if (!order) throw new OrderLost();
  const authenticateBy = Math.floor(Date.parse(enteredAt) / 1_000) + AUTHENTICATED_WITHIN - CLOSES_BEFORE;
  try {
    const waiting = { taskToken, authenticateBy, bound: unpaidBound };
    if (await orders.awaitAuthentication(order, executionId, waiting)) return {};
  } catch (error) {
    if (error instanceof TooManyUnpaid) return new Problem('TooManyUnpaidExtras');
    throw error;
  }
  throw new OrderLost();
}

export const handler = step(ORDER, 'AwaitAuthentication', {
  input: inputSchema,
  output: z.object({}),
  connect: (): Dependencies => ({
    orders: connectOrders(),
    unpaidBound: requireNumber(ENVIRONMENT.unpaidExtras),
  }),
  run: awaitAuthentication,
});
