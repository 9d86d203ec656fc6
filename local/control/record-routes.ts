import { mentioningItems } from '../dynamodb/mentioning-items';
import { type Services } from '../services';
import { BadRequest, json, type Routes } from './route';

/** Shorter texts would mean half of everything. */
const SHORTEST = 8;

/** What is stored about one thing, wherever it is: every item and every object that mentions its id. */
export function recordRoutes({ dynamoDbEndpoint, s3, tables }: Services): Routes {
  return {
    'GET /local/records': async (_, { query }) => {
      const mentioned = query.get('mentions') ?? '';
      if (mentioned.length < SHORTEST) {
        throw new BadRequest(`mentions must be a text of at least ${SHORTEST} characters.`);
      }
      const [items, objects] = await Promise.all([
        mentioningItems(
          dynamoDbEndpoint,
          tables.map(({ tableName }) => tableName),
          mentioned,
        ),
        s3.objectsMentioning(mentioned),
      ]);
      return json(200, { items, objects });
    },
  };
}
