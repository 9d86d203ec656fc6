import { timeText } from '../shared/clock';
import * as z from 'zod/mini';
import { eventIdSchema } from '../shared/event-ids';
import { referenceOf } from '../shared/reference';
import { extraIdSchema } from './extra';
import { type Order, orderIdSchema } from './order';

/** While it is undone an order is PENDING to its buyer: it has not failed before that is done. */
const answeredStatusSchema = z.enum([
  ...(['PENDING', 'AWAITING_AUTHENTICATION', 'CONFIRMED', 'FAILED', 'CANCELLED'] as const),
]);

/** What `POST /orders` answers. */
export const orderAcceptedSchema = z.strictObject({
  orderId: orderIdSchema.check(z.describe('The idempotency key: who knows it may read the order')),
  status: answeredStatusSchema,
});

/** What `GET /orders/{orderId}` answers. */
export const orderAnswerSchema = z.extend(orderAcceptedSchema, {
  reference: z.string().check(z.describe('What people call the order by: it opens nothing')),
  eventId: eventIdSchema,
  items: z.array(
    z.strictObject({
      extraId: extraIdSchema,
      quantity: z.int().check(z.minimum(1)),
      name: z.optional(z.string()),
      price: z.optional(z.int().check(z.minimum(0), z.describe('Of one, in minor units'))),
    }),
  ),
  amount: z.optional(z.int().check(z.minimum(0), z.describe('Minor units, once the order is priced'))),
  currency: z.optional(z.string().check(z.regex(/^[A-Z]{3}$/))),
  authenticateBy: z.optional(
    z.iso
      .datetime()
      .check(z.describe('Until when the buyer may answer the bank, while AWAITING_AUTHENTICATION')),
  ),
  failure: z.optional(
    z
      .strictObject({ code: z.string().check(z.regex(/^[A-Z][A-Z0-9_]*$/)), detail: z.string() })
      .check(z.describe('Why it FAILED')),
  ),
});

export type OrderAccepted = z.output<typeof orderAcceptedSchema>;
export type OrderAnswer = z.output<typeof orderAnswerSchema>;

export function orderAccepted({ orderId, status }: Pick<Order, 'orderId' | 'status'>): OrderAccepted {
  return { orderId, status: status === 'COMPENSATING' ? 'PENDING' : status };
}

/** The order as the API answers it. */
export function orderAnswer(order: Order): OrderAnswer {
  const { orderId, status, eventId, items, amount, currency, authenticateBy, failure } = order;
  const isAwaited = status === 'AWAITING_AUTHENTICATION' && authenticateBy !== undefined;
  return {
    ...orderAccepted(order),
    ...{ reference: referenceOf(orderId), eventId },
    items: items.map(({ extraId, quantity, name, price }) => ({
      ...{ extraId, quantity },
      ...(name !== undefined && { name }),
      ...(price !== undefined && { price }),
    })),
    ...(amount !== undefined && currency !== undefined && { amount, currency }),
    ...(isAwaited && { authenticateBy: timeText(authenticateBy) }),
    ...(status === 'FAILED' && failure && { failure: { code: failure.code, detail: failure.detail } }),
  };
}
