import { timeText } from '../shared/clock';
import { type TakenSeat } from '../seat/seat-repository';
import { json, route } from '../shared/api';
import { documentClient } from '../shared/dynamodb';
import { isEventId } from '../shared/event-ids';
import { Problem } from '../shared/problem';
import { connectEvent, type EventDependencies } from './connect-event';
import { type SeatMap } from './event-answers';
import { connectCancellations } from './connect-cancellations';
import { type EventCancellations } from './event-cancellations';
import { seatCount, seatsOf } from './event-layout';
import { saleStatus } from './sale-hours';

interface Dependencies extends EventDependencies {
  readonly eventCancellations: Pick<EventCancellations, 'find'>;
}

/** The most seats in one answer, about 110 bytes each: a function can answer 6 MB, and a phone has to read it. */
export const SEATS_PER_ANSWER = 20_000;

/**
 * The seats of an event, or of one of its sections, each with its status: one query a section.
 *
 * `sections` names them all with their number of seats, so that a client can ask for one. `section` is there when the
 * answer holds that section alone: it was asked for, or the event is too large for one answer and this is its first.
 * `nextCursor` is there when even the section is too large: asked with it, the answer goes on.
 *
 * @throws Problem EventNotFound, ValidationFailed for a cursor that was never answered
 */
export async function getSeatMap(
  eventId: string,
  {
    section: asked,
    cursor = '0',
  }: { readonly section?: string | undefined; readonly cursor?: string | undefined },
  { events, seats, clock, eventCancellations }: Dependencies,
): Promise<SeatMap> {
  // The number of seats before.
  if (!/^\d{1,7}$/.test(cursor)) throw new Problem('ValidationFailed', 'cursor is none that was answered.');
  const start = Number(cursor);
  // A text that is no event id may be too long for a key of the table.
  const layout = isEventId(eventId) ? await events.findLayout(eventId) : undefined;
  if (!layout) throw new Problem('EventNotFound', `There is no event ${eventId}.`);
  const only = asked || (seatCount(layout) > SEATS_PER_ANSWER ? layout.sections[0]!.section : undefined);
  const names = layout.sections.map(({ section }) => section).filter((each) => !only || each === only);
  const now = clock.nowSeconds();
  const taken = await Promise.all(names.map((section) => seats.listTaken(eventId, section, now)));
  const statuses = new Map(taken.flat().map(({ seatId, status }: TakenSeat) => [seatId, status]));

  const all = seatsOf(layout, only);
  const end = start + SEATS_PER_ANSWER;
  const { tiers, sections, blocked, accessible: _, cancelledAt, factsRevision: _revision, ...about } = layout;
  const cancellation = cancelledAt === undefined ? undefined : await eventCancellations.find(eventId);
  const house = new Set(blocked);
  return {
    eventId,
    ...about,
    status: saleStatus(layout, now),
    ...(cancellation && {
      cancellation: {
        message: cancellation.message,
        at: timeText(cancellation.at),
      },
    }),
    tiers,
    sections: sections.map((section) => ({
      section: section.section,
      seats: seatCount({ sections: [section] }),
    })),
    ...(only && { section: only }),
    seats: all.slice(start, end).map((seat) => ({
      ...seat,
      // A seat that was taken before it was blocked stays taken.
      status: statuses.get(seat.seatId) ?? (house.has(seat.seatId) ? 'BLOCKED' : 'AVAILABLE'),
    })),
    ...(end < all.length && { nextCursor: String(end) }),
  };
}

/** `GET /events/{eventId}/seats`, optionally `?section=…` and `?cursor=…`. */
export const handler = route({
  name: 'GetSeatMap',
  connect: (): Dependencies => {
    const client = documentClient();
    return {
      ...connectEvent(client),
      eventCancellations: connectCancellations(client),
    };
  },
  answer: async (event, dependencies) =>
    json(
      200,
      await getSeatMap(
        event.pathParameters?.['eventId'] ?? '',
        event.queryStringParameters ?? {},
        dependencies,
      ),
    ),
});
