import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { type PublicFacts } from '../event/event-revision';
import { startOf } from '../event/event-times';
import { eventIdSchema } from '../shared/event-ids';

const DAY = 86_400;

/** What the buyers of an event are sent because its time has come, and when: seconds since the epoch. */
const EVENT_MESSAGES = {
  /** Part of the sale. */
  reminder: { dueAt: (facts: PublicFacts) => startOf(facts) - DAY },
} as const;

export type EventMessageKind = keyof typeof EVENT_MESSAGES;
const KINDS = Object.keys(EVENT_MESSAGES) as EventMessageKind[];

/** What is sent, by the start that it is about: whoever finds another one knows that the event has moved since. */
export const eventMessageSchema = z.object({
  kind: z.enum(KINDS),
  eventId: eventIdSchema,
  /** Seconds since the epoch. */
  startsAt: z.int(),
});
export type EventMessage = z.output<typeof eventMessageSchema>;

/** The messages of an event with these facts, and when each is due, in seconds since the epoch. */
export function messagesOf(
  eventId: string,
  facts: PublicFacts,
): readonly { readonly message: EventMessage; readonly dueAt: number }[] {
  return KINDS.map((kind) => ({
    message: { kind, eventId, startsAt: startOf(facts) },
    dueAt: EVENT_MESSAGES[kind].dueAt(facts),
  }));
}

/** `reminder-<32 hexadecimal digits>`: the same for the same start, so that a schedule that is there need not be made again. */
export function scheduleNameOf({ kind, eventId, startsAt }: EventMessage): string {
  const about = createHash('sha256').update(`${eventId}#${startsAt}`).digest('hex').slice(0, 32);
  return `${kind}-${about}`;
}
