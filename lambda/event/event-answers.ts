import * as z from 'zod/mini';
import { eventIdSchema, seatIdSchema } from '../shared/event-ids';

const count = z.int().check(z.minimum(0));
const price = count.check(z.describe('Minor units of the currency'));
const time = z.iso.datetime();

/** What is known of an event beside its seats. */
const about = {
  name: z.string(),
  venue: z.string(),
  startsAt: time,
  timeZone: z.string().check(z.describe('IANA name, or an offset: times are shown in it')),
  doorsOpenAt: z.optional(time),
  endsAt: z.optional(time),
  saleOpensAt: z.optional(time),
  saleClosesAt: time,
  currency: z.string().check(z.regex(/^[A-Z]{3}$/)),
  status: z.enum(['SCHEDULED', 'ON_SALE', 'CLOSED', 'CANCELLED']),
};

/** `GET /events`. */
export const eventListSchema = z.strictObject({
  events: z.array(z.strictObject({ eventId: eventIdSchema, ...about, seats: count, priceFrom: price })),
});

/** `GET /events/{eventId}/seats`. */
export const seatMapSchema = z.strictObject({
  eventId: eventIdSchema,
  ...about,
  cancellation: z.optional(
    z
      .strictObject({ message: z.string(), at: time })
      .check(
        z.describe('There when the event is cancelled: since when, and why, in the words of the organiser'),
      ),
  ),
  tiers: z.array(z.strictObject({ tier: z.string(), price })),
  sections: z
    .array(z.strictObject({ section: z.string(), seats: count }))
    .check(z.describe('Every section, also those whose seats are not in this answer')),
  section: z.optional(
    z.string().check(z.describe('There when the answer holds the seats of this section alone')),
  ),
  seats: z.array(
    z.strictObject({
      seatId: seatIdSchema,
      section: z.string(),
      row: z.string(),
      number: count,
      tier: z.string(),
      price,
      accessible: z.optional(z.literal(true)),
      status: z.enum(['AVAILABLE', 'HELD', 'SOLD', 'BLOCKED']),
    }),
  ),
  nextCursor: z.optional(z.string().check(z.describe('There when there are more seats: asks for them'))),
});

const row = z.strictObject({ row: z.string(), tier: z.string(), seats: count });

/** `GET /events/{eventId}/layout`: what `PUT` takes. */
export const layoutAnswerSchema = z.strictObject({
  ...{ name: about.name, venue: about.venue, startsAt: time, timeZone: about.timeZone },
  ...{ doorsOpenAt: about.doorsOpenAt, endsAt: about.endsAt, saleOpensAt: about.saleOpensAt },
  saleClosesAt: z.optional(time.check(z.describe('Left out where the sale closes when the event starts'))),
  currency: about.currency,
  tiers: z.array(z.strictObject({ tier: z.string(), price })),
  sections: z.array(
    z.strictObject({ section: z.string(), code: z.optional(z.string()), rows: z.array(row) }),
  ),
  blocked: z.optional(z.array(seatIdSchema)),
  accessible: z.optional(z.array(seatIdSchema)),
});

/** `PUT /events/{eventId}`. */
export const eventPutSchema = z.strictObject({ eventId: eventIdSchema, seats: count });

export type EventList = z.output<typeof eventListSchema>;
export type SeatMap = z.output<typeof seatMapSchema>;
export type LayoutAnswer = z.output<typeof layoutAnswerSchema>;
export type EventPut = z.output<typeof eventPutSchema>;
