import { json, route } from '../shared/api';
import { isEventId } from '../shared/event-ids';
import { Problem } from '../shared/problem';
import { connectEvent, type EventDependencies } from './connect-event';
import { type LayoutAnswer } from './event-answers';
import { tagOf } from './event-precondition';

/**
 * The event as `PUT` takes it, with its times in UTC, and the tag of what is stored: who sends both back replaces nothing that
 * somebody else has put meanwhile. The seat map does not tell what is blocked of the seats that are taken.
 *
 * `saleClosesAt` is left out where the sale closes when the event starts: so it goes on to, when the start is moved.
 *
 * @throws Problem EventNotFound
 */
export async function getLayout(
  eventId: string,
  { events }: Pick<EventDependencies, 'events'>,
): Promise<{ readonly layout: LayoutAnswer; readonly tag: string }> {
  const found = isEventId(eventId) ? await events.find(eventId) : undefined;
  if (!found) throw new Problem('EventNotFound', `There is no event ${eventId}.`);
  const { factsRevision: _revision, cancelledAt: _cancelled, saleClosesAt, ...layout } = found.layout;
  const ownEnd = saleClosesAt === layout.startsAt ? {} : { saleClosesAt };
  return { layout: { ...layout, ...ownEnd }, tag: tagOf(found) };
}

/** `GET /events/{eventId}/layout`, IAM-signed. */
export const handler = route({
  name: 'GetLayout',
  connect: () => connectEvent(),
  answer: async ({ pathParameters }, dependencies) => {
    const { layout, tag } = await getLayout(pathParameters?.['eventId'] ?? '', dependencies);
    const answer = json(200, layout);
    return { ...answer, headers: { ...answer.headers, ETag: tag } };
  },
});
