import { json, route } from '../shared/api';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { EventRepository } from './event-repository';

/** `GET /events`: every event, without its seats. */
export const handler = route({
  name: 'ListEvents',
  connect: () => new EventRepository(documentClient(), requireEnvironment(ENVIRONMENT.seatTable)),
  answer: async (_, events) => json(200, { events: await events.list() }),
});
