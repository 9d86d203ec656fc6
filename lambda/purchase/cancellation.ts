import * as z from 'zod/mini';
import { LARGEST_AMOUNT } from '../shared/currencies';

/** Why somebody cancels a sale. Of a disputed payment the bank has taken the money: nothing is given back. */
const REQUESTED = ['BUYER_REQUEST', 'ORGANISER', 'DISPUTE', 'FRAUD'] as const;

/**
 * Why a sale is cancelled. Nobody can ask for the last two: all its money was given back by hand, at Stripe; or its event is
 * cancelled.
 */
export const cancellationReasonSchema = z.enum([...REQUESTED, 'REFUNDED', 'EVENT_CANCELLED']);
export type CancellationReason = z.output<typeof cancellationReasonSchema>;

/** Which of them cancel a sale although one of its tickets has let somebody in. Whoever is inside cannot give a ticket back. */
export const CANCELS_ADMITTED: Readonly<Record<CancellationReason, boolean>> = {
  BUYER_REQUEST: false,
  ORGANISER: false,
  DISPUTE: true,
  FRAUD: true,
  REFUNDED: false,
  EVENT_CANCELLED: true,
};

/**
 * What has become of the money to give back. NONE: there is none. PENDING: it is not given back yet, or is on its way.
 * FAILED: the bank does not take it; recovery tries again, and people are called.
 */
export const refundStatusSchema = z.enum(['NONE', 'PENDING', 'SUCCEEDED', 'FAILED']);
export type RefundStatus = z.output<typeof refundStatusSchema>;

/** A cancellation as the purchase's record keeps it. The refund's status changes, and its amount when somebody gives more by hand. */
export interface Cancellation {
  readonly reason: CancellationReason;
  readonly refund: {
    /** Minor currency units: what will have been given back in all, refunds made by hand included. */
    readonly amount: number;
    readonly status: RefundStatus;
  };
  /** When it was agreed, seconds since the epoch. */
  readonly at: number;
}

/** The body of `POST /purchases/{purchaseId}/cancellation`. */
export const cancellationRequestSchema = z
  .strictObject({
    reason: z.enum(REQUESTED),
    /** Minor units, refunds made by hand included. Absent: everything. */
    refund: z.optional(z.strictObject({ amount: z.int().check(z.minimum(0), z.maximum(LARGEST_AMOUNT)) })),
  })
  .check(
    z.refine(({ reason, refund }) => reason !== 'DISPUTE' || refund === undefined, {
      error: 'cannot be with a dispute: the bank has the money',
      path: ['refund'],
    }),
  );
export type CancellationRequest = z.output<typeof cancellationRequestSchema>;

/** What cancels a sale: somebody asks for it, its money was given back, or its event is cancelled. */
export const cancellationCauseSchema = z.discriminatedUnion('reason', [
  cancellationRequestSchema,
  z.strictObject({ reason: z.enum(['REFUNDED', 'EVENT_CANCELLED']) }),
]);
export type CancellationCause = z.output<typeof cancellationCauseSchema>;
