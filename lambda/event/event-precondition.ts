import { headersNamed } from '../shared/headers';
import { type StoredEvent } from './event-repository';

/** The entity tag of an event. Those that an older version wrote have no revision, and this one until they are put again. */
export function tagOf({ revision = 'none' }: Pick<StoredEvent, 'revision'>): string {
  return `"${revision}"`;
}

/** What speaks against replacing the event that was found, or creating it where there is none; undefined where nothing does. */
export type Precondition = (found: StoredEvent | undefined) => string | undefined;

/**
 * What a request asks of the event that it replaces: `If-Match` with the tag of what it has read, or `If-None-Match: *`, that there
 * is none (RFC 9110, sections 13.1.1 and 13.1.2). Without a header any event will do.
 */
export function preconditionOf(headers: Readonly<Record<string, string | undefined>> | null): Precondition {
  const wanted = tagsIn(headersNamed(headers, 'if-match'));
  const unwanted = tagsIn(headersNamed(headers, 'if-none-match'));
  const isOneOf = (tags: readonly string[], found: StoredEvent | undefined) =>
    found !== undefined && (tags.includes('*') || tags.includes(tagOf(found)));
  return (found) => {
    if (unwanted && isOneOf(unwanted, found)) return 'There is an event with this id already.';
    if (!wanted || isOneOf(wanted, found)) return undefined;
    return found
      ? 'Somebody has put the event since you have looked. Look at it, then send yours again.'
      : 'There is no such event any more.';
  };
}

/** Our tags have no comma, so a list of them may be split at each. */
function tagsIn(values: readonly string[]): string[] | undefined {
  return values.length === 0
    ? undefined
    : values.flatMap((value) => value.split(',').map((tag) => tag.trim()));
}
