import { json, route } from '../shared/api';
import { isEventId } from '../shared/event-ids';
import { Problem } from '../shared/problem';
import { connectProgress } from './connect-progress';
import { progressOf } from './event-cancellation-progress';

/** `GET /events/{eventId}/cancellation`, IAM-signed: how far the cancellation has come. */
export const handler = route({
  name: 'GetEventCancellation',
  connect: connectProgress,
  answer: async (event, dependencies) => {
    const eventId = event.pathParameters?.['eventId'] ?? '';
    const progress = isEventId(eventId) ? await progressOf(eventId, dependencies) : undefined;
    if (!progress) throw new Problem('EventNotCancelled');
    return json(200, progress);
  },
});
