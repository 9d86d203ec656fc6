import { type JsonObject } from './asl/json';
import { AwsError } from '../aws/aws-error';

export interface Page<Item> {
  readonly page: readonly Item[];
  /** Brings the next page; undefined on the last one. */
  readonly nextToken: string | undefined;
}

/** "The default is 100 and the maximum allowed page size is 1000. A value of 0 uses the default." (API Reference) */
const MOST = 1000;

/**
 * The page that a request asks for by `maxResults` and `nextToken`. A token is the place it goes on from, and good for the
 * request it was given for.
 *
 * @throws AwsError InvalidToken, ValidationException
 */
export function pageOf<Item>(items: readonly Item[], { maxResults = 0, nextToken }: JsonObject): Page<Item> {
  if (
    typeof maxResults !== 'number' ||
    !Number.isInteger(maxResults) ||
    maxResults < 0 ||
    maxResults > MOST
  ) {
    throw new AwsError('ValidationException', `'maxResults' must be a whole number from 0 to ${MOST}`);
  }
  const from = nextToken === undefined ? 0 : placeOf(nextToken);
  const to = from + (maxResults || 100);
  const next = to < items.length ? Buffer.from(`from ${to}`).toString('base64') : undefined;
  return { page: items.slice(from, to), nextToken: next };
}

function placeOf(token: unknown): number {
  const [, place] =
    typeof token === 'string' ? (/^from (\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? []) : [];
  if (place !== undefined) return Number(place);
  throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
}
