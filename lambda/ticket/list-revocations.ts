import { timeText } from '../shared/clock';
import * as z from 'zod/mini';
import { connectEvent, type EventDependencies } from '../event/connect-event';
import { json, route } from '../shared/api';
import { isEventId } from '../shared/event-ids';
import { Problem } from '../shared/problem';
import { referenceOf } from '../shared/reference';
import { parse } from '../shared/validation';
import { type Revocations } from './ticket-answers';

/** In one answer, about 80 bytes each. */
export const MAX_REVOCATIONS = 1_000;

/**
 * Seconds. A revocation has the time at which its claim began: it may be written some seconds later, after an answer that says
 * it has all until then, by a function whose clock is another.
 */
const WRITTEN_WITHIN = 60;

const querySchema = z.object({
  since: z.optional(z.iso.datetime()),
  limit: z.optional(
    z.string().check(z.regex(/^([1-9]\d{0,2}|1000)$/, `must be a number from 1 to ${MAX_REVOCATIONS}`)),
  ),
  cursor: z.optional(z.string().check(z.regex(/^\d{10}-[0-9a-f]{64}$/, 'is none that was answered'))),
});

/**
 * The purchases of an event whose tickets are not valid any more, the oldest first: what a gate without a network takes along. A
 * purchase is among them as soon as `POST /admissions` refuses it.
 *
 * @throws Problem EventNotFound, ValidationFailed
 */
export async function listRevocations(
  eventId: string,
  query: z.output<typeof querySchema>,
  { events, seats, clock }: EventDependencies,
): Promise<Revocations> {
  const asOf = clock.nowSeconds();
  // An empty list for an event that was misspelt would let everybody in.
  if (!isEventId(eventId) || !(await events.exists(eventId))) {
    throw new Problem('EventNotFound', `There is no event ${eventId}.`);
  }
  const { since, cursor, limit = MAX_REVOCATIONS } = query;
  const from = since ? Math.floor(Date.parse(since) / 1_000) - WRITTEN_WITHIN : 0;
  const { revoked, after } = await seats.listRevoked(eventId, {
    // DynamoDB refuses to go on from before where it is to begin.
    since: cursor ? 0 : Math.max(from, 0),
    ...(cursor && { after: cursor }),
    limit: Number(limit),
  });
  return {
    eventId,
    asOf: timeText(asOf),
    revocations: revoked.map(({ purchaseId, revokedAt }) => ({
      reference: referenceOf(purchaseId),
      revokedAt: timeText(revokedAt),
    })),
    ...(after && { nextCursor: after }),
  };
}

/** `GET /events/{eventId}/revocations`, optionally `?since=…`, `?limit=…` and `?cursor=…`, signed with IAM credentials. */
export const handler = route({
  name: 'ListRevocations',
  connect: () => connectEvent(),
  answer: async ({ pathParameters, queryStringParameters }, dependencies) => {
    const query = parse(querySchema, queryStringParameters ?? {});
    return json(200, await listRevocations(pathParameters?.['eventId'] ?? '', query, dependencies));
  },
});
