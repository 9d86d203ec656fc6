import * as z from 'zod/mini';
import { EVENT_OF_CHANGE, type EventEvent } from '../event/event-revision';
import { eventIdSchema } from '../shared/event-ids';
import { digits } from './purchase-events';

/** Every domain event of an event on sale, by its detail type, in words. Each is a revision of its facts. */
export const EVENT_EVENTS = {
  EventPublished: 'It is new, or its facts are told for the first time.',
  EventChanged: 'It is called otherwise, or is elsewhere or at another time.',
  EventCancelled:
    'It is off sale for good. The purchases of it are cancelled one by one, each with an event of its own.',
} as const satisfies Record<EventEvent, string>;

export const EVENT_EVENT_NAMES = Object.values(EVENT_OF_CHANGE);

/** The detail of each: what whoever has a ticket goes by, without its seats. */
export const eventDetailSchema = z.strictObject({
  version: z.literal(1),
  id: z.string().check(z.regex(/^[a-z0-9-]+-[0-9]+$/)),
  /** The number of the revision. */
  sequence: digits,
  /** What it is about: the event's id. */
  reference: eventIdSchema,
  eventId: eventIdSchema,
  name: z.string(),
  venue: z.string(),
  /** RFC 3339. */
  startsAt: z.string(),
  timeZone: z.string(),
  /** Seconds since the epoch. */
  changedAt: digits,
});

export type EventDetail = z.output<typeof eventDetailSchema>;
