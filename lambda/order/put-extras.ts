import { type StoredLayout } from '../event/event-layout';
import { json, route } from '../shared/api';
import { whyNotPayable } from '../shared/currencies';
import { isEventId } from '../shared/event-ids';
import { Problem } from '../shared/problem';
import { parse, parseJson } from '../shared/validation';
import { connectExtras, type ExtraDependencies } from './connect-extras';
import { type ExtraAsPut, type Extras, extrasAnswer, extrasRequestSchema } from './extra';

/**
 * Replaces the extras of an event. An order keeps the price it was made at.
 *
 * @throws Problem EventNotFound, EventCancelled; ValidationFailed for a price that nobody can pay; what the repository refuses
 */
export async function putExtras(
  eventId: string,
  wanted: readonly ExtraAsPut[],
  { events, extras }: ExtraDependencies,
): Promise<Extras> {
  const layout = await findLayout(eventId, events);
  if (layout.cancelledAt !== undefined) throw new Problem('EventCancelled');
  const { currency } = layout;
  for (const [index, { price }] of wanted.entries()) {
    const unpayable = whyNotPayable(price, currency);
    if (unpayable) throw new Problem('ValidationFailed', `extras.${index}.price ${unpayable}.`);
  }
  return extrasAnswer(eventId, currency, await extras.replace(eventId, wanted));
}

/** @throws Problem EventNotFound, also for what can be no event's id */
export async function findLayout(
  eventId: string,
  events: ExtraDependencies['events'],
): Promise<StoredLayout> {
  const layout = isEventId(eventId) ? await events.findLayout(eventId) : undefined;
  if (!layout) throw new Problem('EventNotFound', `There is no event ${eventId}.`);
  return layout;
}

/** `PUT /events/{eventId}/extras`, signed with IAM credentials. */
export const handler = route({
  name: 'PutExtras',
  connect: () => connectExtras(),
  answer: async ({ pathParameters, body }, dependencies) => {
    const { extras } = parse(extrasRequestSchema, parseJson(body));
    return json(200, await putExtras(pathParameters?.['eventId'] ?? '', extras, dependencies));
  },
});
