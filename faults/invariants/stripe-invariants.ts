import { type Facts, type Invariant, type ObservedPurchase } from './observation';

/** Of what happens at Stripe alone, and is told by its events, or found by the audit. */
export const STRIPE_INVARIANTS: readonly Invariant[] = [notesWhatIsGivenBack, notesItsDispute];

/** All of its money back: it is CANCELLED, unless it has let somebody in. A part: the record of a sale says how much. */
function notesWhatIsGivenBack({ price, refundedByHand }: ObservedPurchase, { item }: Facts) {
  if (item?.status !== 'CONFIRMED') return [];
  const noted = item.refunded ?? 0;
  return [
    noted !== refundedByHand && `${refundedByHand} was given back by hand, and the record says ${noted}`,
    price > 0 &&
      refundedByHand === price &&
      item.admitted === undefined &&
      `all of it was given back by hand, and it is CONFIRMED`,
  ];
}

/** What the bank has disputed is on the record as it has ended, and people are told. */
function notesItsDispute(_: ObservedPurchase, { item, payments }: Facts) {
  const last = payments.flatMap(({ disputes }) => disputes).at(-1);
  if (!item || !last) return [];
  return [
    item.dispute?.status !== last.status &&
      `its dispute is ${last.status}, and the record says ${item.dispute?.status}`,
    item.dispute?.tellingSince !== undefined && 'nobody knows whether people were told of its dispute',
  ];
}
