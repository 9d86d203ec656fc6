import * as z from 'zod/mini';
import { type Purchase, purchaseIdSchema, purchaseStatusSchema } from './purchase';
import { eventIdSchema, seatIdSchema } from '../shared/event-ids';
import { referenceOf } from '../shared/reference';

/** What `purchaseAnswer` makes of a purchase: the API's document is made from it. */
export const purchaseAnswerSchema = z.strictObject({
  purchaseId: purchaseIdSchema.check(z.describe('The idempotency key: who knows it may read the purchase')),
  reference: z
    .string()
    .check(
      z.regex(/^[0-9A-HJKMNP-TV-Z]{10}$/),
      z.describe('What people call the purchase by: it opens nothing'),
    ),
  status: purchaseStatusSchema,
  eventId: eventIdSchema,
  seats: z.array(seatIdSchema),
  amount: z.int().check(z.minimum(0), z.describe('Minor units of the currency, priced by the server')),
  currency: z.string().check(z.regex(/^[A-Z]{3}$/), z.describe('ISO 4217; XXX when nothing was priced')),
  failure: z.optional(
    z
      .strictObject({ code: z.string().check(z.regex(/^[A-Z][A-Z0-9_]*$/)), detail: z.string() })
      .check(z.describe('Why it FAILED')),
  ),
});

export type PurchaseAnswer = z.output<typeof purchaseAnswerSchema>;

/** The purchase as the API answers it. */
export function purchaseAnswer(purchase: Purchase): PurchaseAnswer {
  const { purchaseId, status, eventId, seats, amount, currency, failure } = purchase;
  return {
    purchaseId,
    reference: referenceOf(purchaseId),
    status,
    eventId,
    seats: seats.map(({ seatId }) => seatId),
    amount,
    currency,
    // A purchase that is being compensated knows why already; it has failed only when that is done.
    ...(status === 'FAILED' && { failure }),
  };
}
