import * as z from 'zod/mini';
import { emailAddressSchema } from '../purchase/email-address';
import { purchaseAnswerSchema } from '../purchase/purchase-answer';

const { reference, status, eventId, seats, amount, currency, failure, cancellation } =
  purchaseAnswerSchema.shape;

/** A purchase as the organiser sees it: with its buyer, and without its id, which is the buyer's alone. */
const foundPurchaseSchema = z.strictObject({
  ...{ reference, status, eventId, seats, amount, currency, failure, cancellation },
  createdAt: z.iso.datetime(),
  buyer: z.optional(
    z
      .strictObject({ name: z.string(), email: z.string(), phone: z.optional(z.string()) })
      .check(z.describe('Absent once it is erased')),
  ),
  refunded: z.optional(z.int().check(z.describe('Given back by hand of a sale that stands, in minor units'))),
  admitted: z.optional(z.int().check(z.describe('How many of its tickets have let somebody in'))),
  disputed: z.optional(
    z.literal(true).check(z.describe('Its bank disputes the payment, or has disputed it')),
  ),
});
export type FoundPurchase = z.output<typeof foundPurchaseSchema>;

/** What `GET /events/{eventId}/purchases` answers. */
export const foundPurchasesSchema = z.strictObject({
  eventId,
  purchases: z.array(foundPurchaseSchema),
  nextCursor: z.optional(z.string().check(z.describe('There may be more: ask with it as cursor'))),
});
export type FoundPurchases = z.output<typeof foundPurchasesSchema>;

/** What `POST /purchases/{purchaseId}/cancellation` answers. */
export const cancelledPurchaseSchema = z.strictObject({
  ...purchaseAnswerSchema.shape,
  purchaseId: z.optional(
    purchaseAnswerSchema.shape.purchaseId.check(
      z.describe('Absent where the request has named the purchase by its reference'),
    ),
  ),
});

/** The body of `POST /purchases/{purchaseId}/messages`. */
export const messageRequestSchema = z.strictObject({ email: z.optional(emailAddressSchema) });

/** What it answers. */
export const messageAnswerSchema = z.strictObject({
  reference,
  sending: z.int().check(z.minimum(1), z.describe('Which time the tickets are sent again')),
});

/** The body of `POST /erasures`. */
export const erasureRequestSchema = z.strictObject({ email: emailAddressSchema });

/** Why contact data stays: what is still due to the buyer, or owed. */
export const keptSchema = z.enum(['IN_PROGRESS', 'EVENT_AHEAD', 'MESSAGE_DUE', 'REFUND_DUE', 'DISPUTE_OPEN']);
export type Kept = z.output<typeof keptSchema>;

/** What `POST /erasures` answers. */
export const erasureSchema = z.strictObject({
  erased: z.int().check(z.minimum(0), z.describe('Purchases and orders whose buyer is not known any more')),
  kept: z
    .array(z.strictObject({ reference, why: keptSchema }))
    .check(z.describe('Those that something is still due for. Ask again when it is not')),
});
export type Erasure = z.output<typeof erasureSchema>;
