import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { LARGEST_AMOUNT } from '../shared/currencies';
import { buyerChannelsSchema, hasAddressesFor } from './buyer-channels';
import { ADDRESS_SCHEMAS } from './channels';
import { eventIdSchema, seatIdSchema } from '../shared/event-ids';
import { type Cancellation } from './cancellation';
import { type NotedDispute } from './dispute';
import { type MarketingConsent } from './marketing-consent';
import { type ProblemCode } from '../shared/problem';
import { readableText } from '../shared/readable-text';

/**
 * `PENDING → PAID → CONFIRMED`, with `PENDING → AWAITING_AUTHENTICATION → PENDING` while the bank waits for the buyer; or any
 * of those before CONFIRMED `→ COMPENSATING → FAILED`. A sale is cancelled by `CONFIRMED → CANCELLING → CANCELLED`. FAILED and
 * CANCELLED never change.
 */
export const purchaseStatusSchema = z.enum([
  ...(['PENDING', 'AWAITING_AUTHENTICATION', 'PAID', 'CONFIRMED', 'COMPENSATING', 'FAILED'] as const),
  ...(['CANCELLING', 'CANCELLED'] as const),
]);
export type PurchaseStatus = z.output<typeof purchaseStatusSchema>;

export const purchaseIdSchema = z.uuid('must be a UUID: it is the header Idempotency-Key');

/** Whether what somebody typed into a path can name a purchase at all. */
export function isPurchaseId(text: string): boolean {
  return z.safeParse(purchaseIdSchema, text).success;
}

export const MAX_SEATS_PER_PURCHASE = 8;

/**
 * Seconds from the opening within which the buyer may answer the bank. An execution that begins at the last of them has its
 * five minutes, and ends within the ten of the hold.
 */
export const AUTHENTICATED_WITHIN = 300;

/** Seconds that a run may have the purchase: an execution lives for five minutes, and the sixth is for clocks that differ. */
export const SETTLED_WITHIN = 360;

/** Id of Stripe's for a payment method or a confirmation token. A card number never comes here. */
export const paymentMethodSchema = z.string().check(z.regex(/^(pm|ctoken)_[A-Za-z0-9_]{1,100}$/));

const buyerSchema = z.strictObject({
  name: readableText(100),
  ...ADDRESS_SCHEMAS,
  channels: buyerChannelsSchema,
  /** Agrees to `MARKETING_WORDING`. @default no */
  marketing: z.optional(z.boolean()),
});

/** What seats cost together: minor units of a currency by ISO 4217. */
const totalSchema = z.strictObject({
  amount: z.int().check(z.minimum(0), z.maximum(LARGEST_AMOUNT)),
  currency: z.string().check(z.regex(/^[A-Z]{3}$/)),
});
export type Total = z.output<typeof totalSchema>;

/** The body of `POST /purchases`. */
export const purchaseRequestSchema = z.strictObject({
  eventId: eventIdSchema,
  seats: z
    .array(seatIdSchema)
    .check(
      z.minLength(1),
      z.maxLength(MAX_SEATS_PER_PURCHASE),
      z.refine((seats) => new Set(seats).size === seats.length, 'the same seat is chosen twice'),
    )
    // The refinement in the words of JSON Schema, for the API's model.
    .register(z.globalRegistry, { uniqueItems: true }),
  buyer: buyerSchema.check(
    z.refine(hasAddressesFor, { error: 'has one that has no address', path: ['channels'] }),
  ),
  /** Not needed where the seats cost nothing. */
  paymentMethod: z.optional(paymentMethodSchema),
  /** What the buyer was shown, and agrees to. */
  expectedTotal: z.optional(totalSchema),
});

/** Of a request that says all by its path: `{}`. */
export const emptyRequestSchema = z.strictObject({});

export type PurchaseRequest = z.output<typeof purchaseRequestSchema>;
export type Buyer = PurchaseRequest['buyer'];

export interface Failure {
  readonly code: ProblemCode;
  /** Words for the client. */
  readonly detail: string;
}

/** A purchase as the table keeps it. */
export interface Purchase {
  readonly purchaseId: string;
  /** `referenceOf` the id, for the index. Purchases from before there were references have none; their ticket is named by the id. */
  readonly reference?: string;
  readonly status: PurchaseStatus;
  /** The execution that has the purchase: no other may touch it. A resumed purchase is another execution's than before. */
  readonly executionId: string;
  /** Hash of the request body: tells a repeat from another purchase under the same key. */
  readonly fingerprint: string;
  readonly eventId: string;
  /**
   * Revision of its event that the buyer knows: the one it was bought by, or the last that the buyer was told. @default one of
   * before there were numbers
   */
  readonly eventRevision?: number | undefined;
  readonly seats: readonly PurchasedSeat[];
  /** Minor currency units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly buyer?: Buyer;
  /** @default the buyer has not agreed to marketing with this purchase */
  readonly marketingConsent?: MarketingConsent | undefined;
  /** Hash of the buyer's e-mail address (`address-hash.ts`), for the index; purchases of an older version have none. */
  readonly emailHash?: string;
  readonly paymentIntentId?: string;
  /** How often a step began to charge it; absent from purchases of an older version. */
  readonly paymentAttempts?: number;
  readonly failure?: Failure;
  /** There since it is CANCELLING. */
  readonly cancellation?: Cancellation;
  /** How many of its tickets have let somebody in; there since the first has. Which, `admissionsOf` says. */
  readonly admitted?: number;
  /** Minor units that were given back by hand, at Stripe, of a sale that stands. @default none */
  readonly refunded?: number;
  /** What the bank disputes of its payment, or has disputed. It cancels nothing. */
  readonly dispute?: NotedDispute;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** Until when the buyer may answer the bank, seconds since the epoch; there since the bank has asked. */
  readonly authenticateBy?: number;
  /** Of the item that counts its seats while they are unpaid (`unpaid-seats.ts`); there where they were counted, until it is settled. */
  readonly unpaidKey?: string;
  /**
   * When recovery may take the purchase, seconds since the epoch; there while something is still to be done for it. Purchases
   * of an older version have none: theirs is `SETTLED_WITHIN` after they were opened.
   */
  readonly dueAt?: number;
  /** How often its tickets were sent again. @default never */
  readonly sendings?: number;
  /** Until when its event has the sale kept, seconds since the epoch; sales of an older version have none until an audit has seen them. */
  readonly keptUntil?: number;
  /** When TTL may take it, seconds since the epoch: of one for which nothing is to be done alone. */
  readonly expiresAt?: number;
}

/** Whether the sale is cancelled, or about to be: its tickets are not valid, and nothing brings it back. */
export function isCancelled({ status }: Pick<Purchase, 'status'>): boolean {
  return status === 'CANCELLING' || status === 'CANCELLED';
}

/** When recovery may take it, seconds since the epoch. */
export function dueAtOf({ dueAt, createdAt }: Pick<Purchase, 'dueAt' | 'createdAt'>): number {
  return dueAt ?? createdAt + SETTLED_WITHIN;
}

/** A seat and the section whose partition holds its item. */
export interface PurchasedSeat {
  readonly seatId: string;
  readonly section: string;
  /** What it was sold as, and for how much (minor units); absent when the purchase was refused before it was priced. */
  readonly tier?: string;
  readonly price?: number;
}

/**
 * A purchase that failed before it held anything: it keeps its key's answer and no personal data. The sections of its
 * seats are not known, nor the amount; `XXX` is ISO 4217's own word for no currency.
 */
export function refusedPurchase(refused: {
  purchaseId: string;
  executionId: string;
  request: PurchaseRequest;
  failure: Failure;
  createdAt: number;
}) {
  const { request, ...known } = refused;
  return {
    ...known,
    status: 'FAILED' as const,
    fingerprint: fingerprintOf(request),
    eventId: request.eventId,
    seats: request.seats.map((seatId) => ({ seatId, section: '' })),
    amount: 0,
    currency: 'XXX',
  };
}

/** SHA-256 of the request, whatever the order of its fields. */
export function fingerprintOf(request: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sortFields(request)))
    .digest('hex');
}

function sortFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortFields);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([field, inner]) => [field, sortFields(inner)]),
  );
}
