import { endOf, type Span, startOf } from './event-times';

const DAY = 86_400;

/** When a message is due, and from when it is not worth sending any more: seconds since the epoch. */
interface MessageTimes {
  readonly dueAt: (event: Span) => number;
  readonly lateAt: (event: Span) => number;
}

/** What the buyers of an event are sent because its time has come. */
export const EVENT_MESSAGES = {
  /** Part of the sale. */
  reminder: { dueAt: (event) => startOf(event) - DAY, lateAt: startOf },
  /** Marketing: for whoever has agreed to it. */
  thanks: { dueAt: (event) => endOf(event) + DAY, lateAt: (event) => endOf(event) + 8 * DAY },
} as const satisfies Record<string, MessageTimes>;

export type EventMessageKind = keyof typeof EVENT_MESSAGES;
export const EVENT_MESSAGE_KINDS = Object.keys(EVENT_MESSAGES) as EventMessageKind[];

/** Whether nobody wants to hear it any more: that the event is tomorrow, when it has begun. @param now seconds since the epoch */
export function isLate(kind: EventMessageKind, event: Span, now: number): boolean {
  return EVENT_MESSAGES[kind].lateAt(event) <= now;
}
