/**
 * The page of a purchase, `/#/purchases/<id>`, from the mail of an order with `?order=<id>`. The id opens the purchase, so it is in the
 * fragment, which a browser tells no server: no log of one has it, and no `Referer`.
 */

/**
 * @param {string} hash of the page's address
 * @returns {string | undefined} which purchase it is of, as the API writes its id; empty when what is there can be none's
 */
export function purchaseIdIn(hash) {
  const [, id] = /^#\/purchases\/([^?]*)/.exec(hash) ?? [];
  if (id === undefined) return undefined;
  const [found = ''] = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\/?$)/i.exec(id) ?? [];
  return found.toLowerCase();
}

/**
 * Which order of extras the link is from: of a purchase nobody but its order says so.
 *
 * @param {string} hash
 * @returns {string | undefined}
 */
export function orderIdIn(hash) {
  return new URLSearchParams(hash.split('?')[1]).get('order') ?? undefined;
}

/** @param {string} purchaseId */
export function purchaseHref(purchaseId) {
  return `/#/purchases/${purchaseId}`;
}
