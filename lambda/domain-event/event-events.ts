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
  id: z
    .string()
    .check(
      z.regex(/^[a-z0-9-]+-[0-9]+$/),
      z.describe('The same when the event is delivered again: deduplicate by it'),
    ),
  sequence: digits.check(
    z.describe(
      'The number of the revision, from 1. Deliveries are unordered: drop what is lower than what you have',
    ),
  ),
  reference: eventIdSchema.check(z.describe('What it is about: the same as eventId')),
  eventId: eventIdSchema,
  name: z.string(),
  venue: z.string(),
  startsAt: z.string().check(z.describe('RFC 3339')),
  timeZone: z.string().check(z.describe('IANA name, or an offset: times are shown in it')),
  changedAt: digits.check(z.describe('Seconds since the epoch')),
});

export type EventDetail = z.output<typeof eventDetailSchema>;
