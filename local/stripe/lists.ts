import { type Parameters } from './parameters';
import { refusal } from './rules';

type PageParameter = 'created' | 'ending_before' | 'limit' | 'starting_after';

interface Page {
  readonly limit: number;
  readonly startingAfter?: string;
  readonly endingBefore?: string;
  readonly createdMatches: (created: number) => boolean;
}

/** `limit` (1 to 100, default 10), `starting_after`, `ending_before`, `created` and `created[gt|gte|lt|lte]`. */
export function pageParameters(parameters: Parameters<PageParameter>): Page {
  const limit = parameters.integer('limit') ?? 10;
  if (limit < 1 || limit > 100) {
    throw refusal('list-limit', 'Invalid limit: must be between 1 and 100', 'limit');
  }
  const startingAfter = parameters.string('starting_after');
  const endingBefore = parameters.string('ending_before');
  return { limit, startingAfter, endingBefore, createdMatches: createdFilter(parameters) };
}

/**
 * One page of a list, newest first.
 *
 * @param oldestFirst objects in the order of their creation
 * @throws StripeError 400 for a cursor that is not in the list
 */
export function listPage<Item extends { id: string; created: number }>(
  resource: 'payment_intent' | 'refund' | 'dispute' | 'webhook_endpoint',
  oldestFirst: readonly Item[],
  page: Page,
): { object: 'list'; data: Item[]; has_more: boolean; url: string } {
  const items = oldestFirst.filter(({ created }) => page.createdMatches(created)).reverse();
  const cursor = page.startingAfter ?? page.endingBefore;
  const position = items.findIndex(({ id }) => id === cursor);
  if (cursor && position < 0) {
    const param = page.startingAfter ? 'starting_after' : 'ending_before';
    throw refusal('no-such-reference', `No such ${resource}: '${cursor}'`, param);
  }
  const rest = page.endingBefore ? items.slice(0, position) : items.slice(position + 1);
  const data = page.endingBefore ? rest.slice(-page.limit) : rest.slice(0, page.limit);
  return { object: 'list', data, has_more: rest.length > data.length, url: `/v1/${resource}s` };
}

function createdFilter(parameters: Parameters<PageParameter>): (created: number) => boolean {
  if (!parameters.isGroup('created')) {
    const exactly = parameters.integer('created');
    return (created) => exactly === undefined || created === exactly;
  }
  const range = parameters.nested('created')!;
  const [gt, gte, lt, lte] = (['gt', 'gte', 'lt', 'lte'] as const).map((bound) => range.integer(bound));
  return (created) =>
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte);
}
