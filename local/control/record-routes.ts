import { type Cloud } from '../core/cloud';
import { BadRequest, json, type Routes } from '../http/route';

/** Shorter texts would mean half of everything. */
const SHORTEST = 8;

/** What is stored about one thing, wherever it is: everything of every service that mentions its id. */
export function recordRoutes(records: Cloud['records']): Routes {
  return {
    'GET /local/records': async (_, { query }) => {
      const mentioned = query.get('mentions') ?? '';
      if (mentioned.length < SHORTEST) {
        throw new BadRequest(`mentions must be a text of at least ${SHORTEST} characters.`);
      }
      const found = Object.entries(records).map(
        async ([kind, find]) => [kind, await find(mentioned)] as const,
      );
      return json(200, Object.fromEntries(await Promise.all(found)));
    },
  };
}
