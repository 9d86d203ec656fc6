import { SeatRepository, type TakenSeat } from '../seat/seat-repository';
import { json, route } from '../shared/api';
import { type Clock, systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { Problem } from '../shared/problem';
import { seatsOf } from './event-layout';
import { EventRepository } from './event-repository';

interface Dependencies {
  readonly events: EventRepository;
  readonly seats: SeatRepository;
  readonly clock: Clock;
}

/**
 * The seats of an event, or of one of its sections, each with its status: one query a section.
 *
 * @throws Problem EventNotFound
 */
export async function getSeatMap(
  eventId: string,
  only: string | undefined,
  { events, seats, clock }: Dependencies,
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
  connect: (): Dependencies => {
    const client = documentClient();
    const seatTable = requireEnvironment(ENVIRONMENT.seatTable);
    return {
      events: new EventRepository(client, seatTable),
      seats: new SeatRepository(client, seatTable),
      clock: systemClock,
    };
  },
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
