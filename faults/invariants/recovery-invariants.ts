import { isDeepStrictEqual } from 'node:util';
import { purchaseAnswer } from '../../lambda/purchase/purchase-answer';
import { type Facts, type ObservedPurchase, type PurchaseItem } from './observation';

/** Every purchase is terminal within the bound, and nobody owes it anything. One that was never opened left nothing. */
export function isTerminal(_: ObservedPurchase, { before, item }: Facts) {
  return [before, item].flatMap((at) => [
    at && !['CONFIRMED', 'FAILED', 'CANCELLED'].includes(at.status) && `it is still ${at.status}`,
    at && !isWhole(at) && 'its record is half there',
    at?.dueShard !== undefined && `it is ${at.status} and still in the index of what is due`,
  ]);
}

/** A terminal state never changes: not the status, nor what the buyer is told about it, but for what becomes of a refund. */
export function staysTerminal(_: ObservedPurchase, { before, item }: Facts) {
  if ([before, item].some((at) => at && !isWhole(at))) return [];
  const was = before && settledAnswer(before);
  const is = item && settledAnswer(item);
  return [was && !isDeepStrictEqual(was, is) && `it was ${JSON.stringify(was)} and is ${JSON.stringify(is)}`];
}

function settledAnswer(item: PurchaseItem) {
  const answer = purchaseAnswer(item);
  const { cancellation } = answer;
  return cancellation ? { ...answer, cancellation: { ...cancellation, refund: {} } } : answer;
}

/** A write without a condition makes an item where there is none. */
function isWhole({ seats }: PurchaseItem): boolean {
  return Array.isArray(seats);
}
