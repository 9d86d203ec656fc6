import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { EVENT_MESSAGE_KINDS, EVENT_MESSAGES, isLate } from '../event/event-message-times';
import { type Span } from '../event/event-times';
import { eventIdSchema } from '../shared/event-ids';

/** What is sent, by when it is due: whoever finds another time knows that the event has moved since. */
export const eventMessageSchema = z.object({
  kind: z.enum(EVENT_MESSAGE_KINDS),
  eventId: eventIdSchema,
  /** Seconds since the epoch. */
  dueAt: z.int(),
});
export type EventMessage = z.output<typeof eventMessageSchema>;

/** The messages of an event that is then. */
export function messagesOf(eventId: string, event: Span): readonly EventMessage[] {
  return EVENT_MESSAGE_KINDS.map((kind) => ({ kind, eventId, dueAt: EVENT_MESSAGES[kind].dueAt(event) }));
}

/** Whether an event that is then has this message, and it is not too late for it. @param now seconds since the epoch */
export function isCurrent({ kind, dueAt }: EventMessage, event: Span, now: number): boolean {
  return EVENT_MESSAGES[kind].dueAt(event) === dueAt && !isLate(kind, event, now);
}

/** `reminder-<32 hexadecimal digits>`: the same for the same time, so that a schedule that is there need not be made again. */
export function scheduleNameOf({ kind, eventId, dueAt }: EventMessage): string {
  const about = createHash('sha256').update(`${eventId}#${dueAt}`).digest('hex').slice(0, 32);
  return `${kind}-${about}`;
}
