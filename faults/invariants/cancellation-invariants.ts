import { type PurchaseBody } from '../../harness/eventpro-client';
import { isDefinite } from './checkout-invariants';
import { isToldOfCancellationOnce } from './confirmation-invariants';
import {
  type Cancelling,
  type Facts,
  type Invariant,
  type ObservedPurchase,
  type Reply,
} from './observation';

/** Of the sales that were cancelled, and of the requests to cancel one. */
export const CANCELLATION_INVARIANTS: readonly Invariant[] = [
  isCancelledAsAgreed,
  keepsTheAnswersOfCancellations,
  isRevokedOnce,
  isToldOfCancellationOnce,
];

/** What is CANCELLED was agreed by one of those who asked for it, and whoever asks again is told of that agreement. */
function isCancelledAsAgreed(
  { price, refundedByHand, cancellations, cancelledAgain, view }: ObservedPurchase,
  { item }: Facts,
) {
  if (item?.status !== 'CANCELLED') {
    return [
      item?.cancellation && `it is ${item.status} and has a cancellation`,
      cancelledAgain &&
        ![404, 409].includes(cancelledAgain.status) &&
        `it is ${item?.status ?? 'not there'}, and who cancels it is told ${told(cancelledAgain)}`,
    ];
  }
  const { reason, refund } = item.cancellation!;
  // What a person gives back beyond the agreement is noted beside it.
  const isAgreed = (amount: number) => amount <= refund.amount && refund.amount <= amount + refundedByHand;
  const isAskedFor =
    reason === 'REFUNDED'
      ? refundedByHand >= price && refund.amount === price
      : cancellations.some(
          ({ request }) =>
            request.reason === reason &&
            // Of a disputed payment nothing is given back: what was by hand is all.
            isAgreed(reason === 'DISPUTE' ? 0 : (request.refund?.amount ?? price)),
        );
  return [
    !isAskedFor && `it is CANCELLED for ${reason} with ${refund.amount}, and nobody has asked for that`,
    // The two are printed by different hands, with a line break at the end or none.
    cancelledAgain?.text.trim() !== view.text.trim() &&
      `it is CANCELLED, shown as ${view.text}, and who cancels it again is told ${cancelledAgain && told(cancelledAgain)}`,
  ];
}

/** What somebody was told who cancelled it is what has happened. 504 and 409 of a purchase in progress promise nothing. */
function keepsTheAnswersOfCancellations({ price, cancellations }: ObservedPurchase, { item }: Facts) {
  return cancellations.filter(isDefinite).map((answer) => {
    const holds = isTrue(answer, { price, item });
    return (
      !holds &&
      `who cancelled it was told ${told(answer)}, and it is ${JSON.stringify(item?.cancellation ?? item?.status)}`
    );
  });
}

function isTrue(
  answer: Cancelling,
  { price, item }: { readonly price: number } & Pick<Facts, 'item'>,
): boolean {
  const { request, status, text } = answer;
  const body = JSON.parse(text || '{}') as Partial<PurchaseBody> & { readonly code?: string };
  switch (status) {
    case 200:
      return (
        item?.status === 'CANCELLED' &&
        body.status === 'CANCELLED' &&
        body.cancellation?.reason === item.cancellation!.reason &&
        body.cancellation.refund.amount <= item.cancellation!.refund.amount
      );
    case 400:
      return request.refund !== undefined && request.refund.amount !== price;
    // Who is faster than the purchase finds none.
    case 404:
      return body.code === 'PURCHASE_NOT_FOUND';
    case 409:
      return body.code === 'NOT_CANCELLABLE' && (item?.status === 'FAILED' || item?.admitted !== undefined);
    default:
      return false;
  }
}

/** A gate without a network knows it by this list, and whoever looks for all purchases of the event: its seats name it no more. */
function isRevokedOnce(_: ObservedPurchase, { item, revocations }: Facts) {
  const due = item?.status === 'CANCELLED' ? 1 : 0;
  return [
    revocations !== due &&
      `it is ${item?.status ?? 'not there'} and ${revocations} times among the revocations`,
  ];
}

function told({ status, text }: Reply): string {
  return `${status} ${text}`;
}
