import { type TakenSeat } from '../seat/seat-repository';
import { json, route } from '../shared/api';
import { Problem } from '../shared/problem';
import { connectEvent, type EventDependencies } from './connect-event';
import { seatsOf } from './event-layout';

/**
 * The seats of an event, or of one of its sections, each with its status: one query a section.
 *
 * @throws Problem EventNotFound
 */
export async function getSeatMap(
  eventId: string,
  only: string | undefined,
  { events, seats, clock }: EventDependencies,
) {
  const layout = await events.findLayout(eventId);
  if (!layout) throw new Problem('EventNotFound', `There is no event ${eventId}.`);
  const sections = layout.sections.map(({ section }) => section).filter((each) => !only || each === only);
  const now = clock.nowSeconds();
  const taken = await Promise.all(sections.map((section) => seats.listTaken(eventId, section, now)));
  const statuses = new Map(taken.flat().map(({ seatId, status }: TakenSeat) => [seatId, status]));

  const { tiers, sections: _, ...about } = layout;
  return {
    eventId,
    ...about,
    tiers,
    seats: seatsOf(layout, only).map((seat) => ({
      ...seat,
      status: statuses.get(seat.seatId) ?? 'AVAILABLE',
    })),
  };
}

/** `GET /events/{eventId}/seats`, optionally `?section=…`. */
export const handler = route({
  name: 'GetSeatMap',
  connect: () => connectEvent(),
  answer: async (event, dependencies) =>
    json(
      200,
      await getSeatMap(
        event.pathParameters?.['eventId'] ?? '',
        event.queryStringParameters?.['section'],
        dependencies,
      ),
    ),
});
