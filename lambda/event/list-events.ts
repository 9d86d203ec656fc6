import { json, route } from '../shared/api';
import { connectEvent } from './connect-event';
import { type EventList } from './event-answers';
import { saleStatus } from './sale-hours';

/** `GET /events`: every event with whether it is on sale, without its seats. */
export const handler = route({
  name: 'ListEvents',
  connect: () => connectEvent(),
  answer: async (_, { events, clock }) => {
    const now = clock.nowSeconds();
    return json(200, {
      events: (await events.list()).map(({ cancelledAt, ...event }) => ({
        ...event,
        status: saleStatus({ ...event, cancelledAt }, now),
      })),
    } satisfies EventList);
  },
});
