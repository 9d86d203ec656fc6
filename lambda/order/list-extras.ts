import { json, route } from '../shared/api';
import { connectExtras, type ExtraDependencies } from './connect-extras';
import { type Extras, extrasAnswer } from './extra';
import { findLayout } from './put-extras';

/** @throws Problem EventNotFound */
export async function listExtras(eventId: string, { events, extras }: ExtraDependencies): Promise<Extras> {
  const { currency } = await findLayout(eventId, events);
  return extrasAnswer(eventId, currency, await extras.list(eventId));
}

/** `GET /events/{eventId}/extras`. */
export const handler = route({
  name: 'ListExtras',
  connect: () => connectExtras(),
  answer: async ({ pathParameters }, dependencies) =>
    json(200, await listExtras(pathParameters?.['eventId'] ?? '', dependencies)),
});
