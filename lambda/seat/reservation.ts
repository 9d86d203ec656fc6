import * as z from 'zod/mini';
import { CHANNEL_NAMES } from '../purchase/channels';

/** A seat as it was bought. */
const reservedSeatSchema = z.object({
  seatId: z.string(),
  section: z.string(),
  row: z.string(),
  number: z.int(),
  tier: z.string(),
  /** Minor currency units. */
  price: z.int(),
});

/** What ticket and e-mail say of an event, and when it is over. */
const eventFactsSchema = z.object({
  ...{ name: z.string(), venue: z.string(), startsAt: z.string() },
  timeZone: z.optional(z.string()),
  doorsOpenAt: z.optional(z.string()),
  endsAt: z.optional(z.string()),
});

/**
 * What ReserveSeat answers: what the rest of the saga knows about the purchase, and keeps in its state. The state machine's
 * definition takes its fields from here.
 */
export const reservationSchema = z.object({
  /** Of the purchase. */
  reference: z.string(),
  eventId: z.string(),
  event: eventFactsSchema,
  seats: z.array(reservedSeatSchema),
  seatIds: z.array(z.string()),
  /** The server's price for the seats together, in minor units. */
  amount: z.int().check(z.nonnegative()),
  currency: z.string(),
  /** The buyer's; null where there is nothing to pay. The request may leave it out, and a path in the state may not. */
  paymentMethod: z.nullable(z.string()),
  /** Of a purchase that is taken up again: the bank has been asked for it. Null before. */
  paymentIntentId: z.nullable(z.string()),
  /** Until when the buyer may answer the bank, should it ask: RFC 3339. */
  authenticateBy: z.iso.datetime(),
  buyerName: z.string(),
  /** The address that the buyer's request came from. Null of a purchase that is taken up again: its seats are counted. */
  viewer: z.nullable(z.string()),
  /** When the purchase was opened, seconds since the epoch. */
  createdAt: z.int(),
  /** Where to tell the buyer of the sale; may be nowhere. */
  channels: z.array(z.enum(CHANNEL_NAMES)),
});

export type Reservation = z.output<typeof reservationSchema>;
