import * as z from 'zod/mini';
import { cancellationReasonSchema } from '../purchase/cancellation';
import { NOTHING_TO_ADD, type PurchaseEvent } from '../purchase/outbox';
import { MAX_SEATS_PER_PURCHASE, type PurchaseStatus } from '../purchase/purchase';
import { eventIdSchema, seatIdSchema } from '../shared/event-ids';

/** What the item of a purchase must have gone through for an event: a change of its status, or of an attribute that counts up from 1. */
export type Transition =
  | { readonly from: PurchaseStatus; readonly to: PurchaseStatus }
  | { readonly counted: 'admitted'; readonly most: number };

interface PurchaseEventRow {
  readonly transition: Transition;
  /** What `about` says in its detail. */
  readonly about: z.ZodMiniType<string>;
  /** For people. */
  readonly tells: string;
}

/**
 * Every domain event of a purchase, by its detail type. The write that makes one sets it on the item
 * (`lambda/purchase/outbox.ts`); the pattern that finds it in the table's stream follows from its transition.
 *
 * A refusal before a hold is written as FAILED at once, and what TTL deletes leaves no item: neither is a transition here.
 */
export const PURCHASE_EVENTS = {
  PurchaseConfirmed: {
    transition: { from: 'PAID', to: 'CONFIRMED' },
    about: z.literal(NOTHING_TO_ADD),
    tells: 'Its seats are sold, and its tickets are valid.',
  },
  PurchaseFailed: {
    transition: { from: 'COMPENSATING', to: 'FAILED' },
    about: z.string().check(z.regex(/^[A-Z_]+$/), z.describe("The failure's code")),
    tells: 'It held seats and is undone: its seats are free, and it keeps no money.',
  },
  PurchaseCancelled: {
    transition: { from: 'CANCELLING', to: 'CANCELLED' },
    about: cancellationReasonSchema,
    tells: 'The sale is cancelled: its seats are free, and its refund is made or under way.',
  },
  TicketAdmitted: {
    transition: { counted: 'admitted', most: MAX_SEATS_PER_PURCHASE },
    about: seatIdSchema.check(z.describe('The seat whose ticket it is')),
    tells: 'The ticket of one of its seats has let somebody in.',
  },
} as const satisfies Record<PurchaseEvent, PurchaseEventRow>;

export const PURCHASE_EVENT_NAMES = Object.keys(PURCHASE_EVENTS) as PurchaseEvent[];

/** A number as it is in a stream's record, and so in an event: Pipes does not convert it. */
export const digits = z.string().check(z.regex(/^[0-9]+$/));

/** The fields of every detail of a purchase's event. Nothing of the buyer, of the payment, and not the purchase's id, which opens it. */
const DETAIL = {
  version: z.literal(1),
  id: z
    .string()
    .check(
      z.regex(/^[0-9A-Z]{10}-[0-9]+$/),
      z.describe('The same when the event is delivered again: deduplicate by it'),
    ),
  sequence: digits.check(
    z.describe(
      'Of the events of this reference, from 1. Deliveries are unordered: drop what is lower than what you have',
    ),
  ),
  reference: z
    .string()
    .check(z.regex(/^[0-9A-Z]{10}$/), z.describe('Of the purchase, as its buyer knows it')),
  eventId: eventIdSchema,
  seatIds: z
    .array(seatIdSchema)
    .check(z.describe('Parallel to sections, tiers and prices: one of each for every seat')),
  sections: z.array(z.string()),
  tiers: z.array(z.string()),
  prices: z.array(digits).check(z.describe('Minor units of the currency')),
  amount: digits.check(z.describe('The sum of the prices')),
  currency: z.string().check(z.regex(/^[A-Z]{3}$/), z.describe('ISO 4217')),
  openedAt: digits.check(
    z.describe(
      'When the purchase was opened, seconds since the epoch. When the event happened, its time says, within moments',
    ),
  ),
};

/** The schema of an event's detail: other fields than these are refused, so personal data cannot slip in. */
export function purchaseDetailSchema(event: PurchaseEvent) {
  const { transition, about }: PurchaseEventRow = PURCHASE_EVENTS[event];
  const status = z.literal('to' in transition ? transition.to : 'CONFIRMED');
  return z.strictObject({ ...DETAIL, status, about });
}

export type PurchaseDetail = z.output<ReturnType<typeof purchaseDetailSchema>>;
