import { json, route } from '../shared/api';
import { type TicketKeySet } from './ticket-answers';
import { connectTicketKeys } from './ticket-keys';

/** Seconds a gate may keep the keys; it asks again anyway when it meets a `kid` that it does not know. */
export const KEYS_MAX_AGE = 300;

/** `GET /ticket-keys`: the public keys that tickets are verified with, as a JWK set (RFC 7517). */
export const handler = route({
  name: 'GetTicketKeys',
  connect: connectTicketKeys,
  answer: async (_, ticketKeys) => {
    const keys = (await ticketKeys.verifying()).map(({ jwk }) => jwk);
    const answer = json(200, { keys } satisfies TicketKeySet, 'application/jwk-set+json');
    return { ...answer, headers: { ...answer.headers, 'Cache-Control': `public, max-age=${KEYS_MAX_AGE}` } };
  },
});
