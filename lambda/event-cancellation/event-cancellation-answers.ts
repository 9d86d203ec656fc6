import * as z from 'zod/mini';
import { FAILURE_CODES } from '../event/event-cancellations';
import { readableText } from '../shared/readable-text';

/** The body of `POST /events/{eventId}/cancellation`. */
export const eventCancellationRequestSchema = z.strictObject({
  message: readableText(500).check(z.describe('What the buyers are told, in the words of the organiser')),
});

const count = z.int().check(z.minimum(0));

/** How far the cancellation of an event has come. */
export const eventCancellationSchema = z.strictObject({
  status: z.enum(['RUNNING', 'DONE']),
  message: z.string(),
  at: z.iso.datetime(),
  purchases: count.check(z.describe('Purchases that had a seat when it began, as soon as they are counted')),
  cancelled: count.check(z.describe('Those whose tickets are not valid any more')),
  failed: count.check(z.describe('Those that could not be cancelled so far')),
  remaining: count,
  orders: z.optional(
    z
      .strictObject({
        cancelled: count.check(z.describe('Orders that stood, and do not any more')),
        failed: count.check(z.describe('Those that could not be given back so far')),
      })
      .check(z.describe('Orders of extras; absent where none stood')),
  ),
  failures: z
    .array(
      z.strictObject({
        reference: z.string(),
        code: z.enum(FAILURE_CODES),
      }),
    )
    .check(z.describe('The first hundred of those that failed, purchases before orders')),
});

export type EventCancellationAnswer = z.output<typeof eventCancellationSchema>;
