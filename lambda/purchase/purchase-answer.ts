import { timeText } from '../shared/clock';
import * as z from 'zod/mini';
import { type Cancellation, cancellationReasonSchema, refundStatusSchema } from './cancellation';
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
  authenticateBy: z.optional(
    z.iso
      .datetime()
      .check(
        z.describe('Until when the buyer may answer the bank, while the purchase is AWAITING_AUTHENTICATION'),
      ),
  ),
  failure: z.optional(
    z
      .strictObject({ code: z.string().check(z.regex(/^[A-Z][A-Z0-9_]*$/)), detail: z.string() })
      .check(z.describe('Why it FAILED')),
  ),
  cancellation: z.optional(
    z
      .strictObject({
        reason: cancellationReasonSchema,
        refund: z.strictObject({
          amount: z
            .int()
            .check(z.minimum(0), z.describe('What will have been given back in all, in minor units')),
          status: refundStatusSchema,
        }),
        at: z.iso.datetime(),
      })
      .check(z.describe('What was agreed of a sale that is CANCELLED, or CANCELLING')),
  ),
});

export type PurchaseAnswer = z.output<typeof purchaseAnswerSchema>;

/** What `GET /purchases/{purchaseId}/authentication` answers. */
export const authenticationSchema = z.strictObject({
  clientSecret: z.string().check(z.describe('For Stripe.js: whoever has it can pay, and nothing else')),
  authenticateBy: z.iso.datetime().check(z.describe('Until when the buyer may answer the bank')),
});

export type Authentication = z.output<typeof authenticationSchema>;

/** The purchase as the API answers it. */
export function purchaseAnswer(purchase: Purchase): PurchaseAnswer {
  const { purchaseId, status, eventId, seats, amount, currency, failure, authenticateBy, cancellation } =
    purchase;
  const isAwaited = status === 'AWAITING_AUTHENTICATION' && authenticateBy !== undefined;
  return {
    purchaseId,
    reference: referenceOf(purchaseId),
    status,
    eventId,
    seats: seats.map(({ seatId }) => seatId),
    amount,
    currency,
    ...(isAwaited && { authenticateBy: timeText(authenticateBy) }),
    // A purchase that is being compensated knows why already; it has failed only when that is done.
    // In one order, whichever the table gives: a repeat gets the very same text.
    ...(status === 'FAILED' && { failure: failure && { code: failure.code, detail: failure.detail } }),
    ...(cancellation && { cancellation: cancellationAnswer(cancellation) }),
  };
}

function cancellationAnswer({ reason, refund: { amount, status }, at }: Cancellation) {
  return { reason, refund: { amount, status }, at: timeText(at) };
}
