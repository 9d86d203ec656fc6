import * as z from 'zod/mini';
import { type Dispute } from '../purchase/dispute';
import {
  type Failure,
  paymentMethodSchema,
  purchaseIdSchema,
  purchaseRequestSchema,
} from '../purchase/purchase';
import { eventIdSchema } from '../shared/event-ids';
import { extraIdSchema } from './extra';

/**
 * `PENDING → CONFIRMED`, with `PENDING → AWAITING_AUTHENTICATION → PENDING` while the bank waits for the buyer; or any of those before
 * CONFIRMED `→ COMPENSATING → FAILED`. FAILED never changes. A sale that was given back in full by hand is CANCELLED, and one whose event is
 * cancelled goes `CONFIRMED → COMPENSATING → CANCELLED`.
 */
export const ORDER_STATUSES = [
  ...(['PENDING', 'AWAITING_AUTHENTICATION', 'CONFIRMED', 'COMPENSATING', 'FAILED', 'CANCELLED'] as const),
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const orderIdSchema = z.uuid('must be a UUID: it is the header Idempotency-Key');

/** In one transaction each extra is a write, beside the order's two. */
export const MAX_ITEMS = 10;

const itemSchema = z.strictObject({
  extraId: extraIdSchema,
  quantity: z.int().check(z.minimum(1), z.maximum(100)),
});

/** The body of `POST /orders`. */
export const orderRequestSchema = z.strictObject({
  eventId: eventIdSchema,
  items: z.array(itemSchema).check(
    z.minLength(1),
    z.maxLength(MAX_ITEMS),
    z.refine(
      (items) => new Set(items.map(({ extraId }) => extraId)).size === items.length,
      'the same extra is ordered twice',
    ),
  ),
  /** As of a purchase. Of an order, the buyer is told by e-mail, and `marketing` says nothing. */
  buyer: purchaseRequestSchema.shape.buyer,
  /** Not needed where the extras cost nothing. */
  paymentMethod: z.optional(paymentMethodSchema),
  /** The purchase that the extras go with: of the same event. */
  purchaseId: z.optional(purchaseIdSchema),
});

export type OrderRequest = z.output<typeof orderRequestSchema>;

export interface OrderedItem {
  readonly extraId: string;
  readonly quantity: number;
  /** Minor units, of one. There once the order is priced. */
  readonly price?: number;
  readonly name?: string;
}

/** What the order has of the stock. What is `SOLD` comes back with the sale alone; `RESTORED` is for good. */
export type Stock = 'RESERVED' | 'SOLD' | 'RESTORED';

/** An order as the table keeps it. */
export interface Order {
  readonly orderId: string;
  readonly status: OrderStatus;
  /** Hash of the request body: tells a repeat from another order under the same key. */
  readonly fingerprint: string;
  readonly eventId: string;
  readonly items: readonly OrderedItem[];
  readonly buyer: { readonly name: string; readonly email: string };
  /** Hash of the buyer's e-mail address, for the index; orders of an older version have none. */
  readonly emailHash?: string;
  readonly purchaseId?: string;
  /** Stripe's id for the card; until it is settled. */
  readonly paymentMethod?: string;
  /** The execution that has the order: no other may touch it. Absent until one has begun. */
  readonly executionId?: string;
  /** Minor units; there once it is priced. */
  readonly amount?: number;
  /** ISO 4217. */
  readonly currency?: string;
  readonly stock?: Stock;
  /** Under which event and address its extras are counted while they are unpaid. Orders of older versions are not counted. */
  readonly unpaidKey?: string;
  readonly paymentIntentId?: string;
  readonly paymentAttempts?: number;
  /** By which the execution that waits for the buyer is told to go on: a secret. There while it waits. */
  readonly taskToken?: string;
  /** Until when the buyer may answer the bank, seconds since the epoch; there since the bank has asked. */
  readonly authenticateBy?: number;
  readonly failure?: Failure;
  /** What of its bank's disputes people were told last. */
  readonly dispute?: Pick<Dispute, 'id' | 'status'>;
  /** Minor units that were given back by hand, at Stripe. @default none */
  readonly refunded?: number;
  /** When its event was cancelled, and the sale with it: seconds since the epoch. @default it was not */
  readonly revokedAt?: number;
  /** There while the bank does not take the money back. */
  readonly refundFailed?: boolean;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** From when on somebody must look after it, seconds since the epoch; there while something is still to be done. */
  readonly dueAt?: number;
  /** Until when its event has sales kept, seconds since the epoch; there once it is priced. */
  readonly keptUntil?: number;
  /** When its buyer was told how it has ended, seconds since the epoch. */
  readonly toldAt?: number;
  /** Attempts to tell that may have reached the buyer. @default none */
  readonly tellings?: number;
  /** Until when one of them may be under way, seconds since the epoch. */
  readonly tellingUntil?: number;
  /** Which one that is: the same when its request is repeated. */
  readonly tellingBy?: string;
  /** When telling was given up, as nobody knows whether an attempt has reached the buyer: seconds since the epoch. */
  readonly tellingUnknownAt?: number;
}
