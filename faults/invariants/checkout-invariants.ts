import { groupBy } from './group-by';
import {
  type Facts,
  type Invariant,
  type ObservedPurchase,
  type Observation,
  type PurchaseItem,
  type Reply,
} from './observation';

/** Of the money, the seats, the ticket and the answers of one purchase. */
export const CHECKOUT_INVARIANTS: readonly Invariant[] = [
  keepsItsMoneyStraight,
  ownsItsSeatsOrNone,
  hasItsTicketOrNone,
  getsOneAnswer,
  keepsTheAnswersOfReturns,
  takesNothingFromWhomIsAway,
];

/**
 * Captured − refunded is the price of what is CONFIRMED, the price less what was agreed of what is CANCELLED, and 0 otherwise;
 * nobody is charged twice. What a person gives back in Stripe may be more than was agreed, what we add to it may not.
 */
function keepsItsMoneyStraight({ price, refundedByHand }: ObservedPurchase, { item, payments }: Facts) {
  const kept = payments.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
  const charges = payments
    .flatMap((payment) => payment.charges)
    .filter(({ status, amountCaptured }) => status === 'succeeded' && amountCaptured > 0);
  const open = payments.filter(({ status }) => status !== 'succeeded' && status !== 'canceled');
  const agreed = item?.status === 'CANCELLED' ? item.cancellation!.refund.amount : price;
  const most = item?.status === 'CONFIRMED' ? price - refundedByHand : price - agreed;
  const least = item?.status === 'CANCELLED' ? Math.max(0, most - refundedByHand) : most;
  return [
    kept !== 0 &&
      kept !== price &&
      (kept < least || kept > most) &&
      `captured − refunded is ${kept}, neither 0 nor the price ${price}`,
    (kept < least || kept > most) && `it is ${item?.status ?? 'not there'} and ${kept} of ${price} is kept`,
    charges.length > 1 && `it was charged ${charges.length} times`,
    open.length > 0 && `a payment intent could still be charged (${open.map(({ status }) => status).join()})`,
  ];
}

/** CONFIRMED ⇔ each of its seats is SOLD to it. What is settled holds nothing. */
function ownsItsSeatsOrNone({ seats: wanted }: ObservedPurchase, { item, seats }: Facts) {
  const sold = seats.filter(({ status }) => status === 'SOLD').map(({ seatId }) => seatId);
  const held = seats.filter(({ status }) => status === 'HELD').map(({ seatId }) => seatId);
  const due = item?.status === 'CONFIRMED' ? wanted : [];
  return [
    held.length > 0 && `it still holds ${held.join()}`,
    sold.toSorted().join() !== due.toSorted().join() &&
      `it is ${item?.status ?? 'not there'}, chose ${wanted.join()} and was sold ${sold.join() || 'nothing'}`,
  ];
}

/** CONFIRMED ⇔ its ticket can be read. The audit leaves no ticket without a sale; that of a cancelled one opens nothing. */
function hasItsTicketOrNone({ ticket }: ObservedPurchase, { item, hasTicket }: Facts) {
  if (item?.status === 'CANCELLED') return [ticket.status !== 410 && 'it is CANCELLED and has a ticket'];
  if (item?.status !== 'CONFIRMED') {
    return [
      ticket.status === 302 && `it is not CONFIRMED and has a ticket`,
      hasTicket && 'its ticket was kept',
    ];
  }
  return [(ticket.status !== 302 || !ticket.isPdf) && `its ticket cannot be read (${ticket.status})`];
}

/**
 * Same key, same answer; and what the buyer was told is what happened. A first answer that said nothing definite (202, 504,
 * none, still in progress) leaves open which one follows, but the answers after it must agree.
 */
function getsOneAnswer({ answer, repeat, view }: ObservedPurchase, { before, item }: Facts) {
  const shown = view.status === 200 ? (JSON.parse(view.text) as Partial<PurchaseItem>) : undefined;
  const told = JSON.parse(repeat.text || '{}') as { status?: unknown; code?: string };
  const due = item?.status === 'CONFIRMED' ? 201 : 'any refusal';
  // There was no purchase until the repeat opened one, of which the bank asks.
  const isOpenedNow = !before && repeat.status === 202;
  if (item?.status === 'CANCELLED') {
    return [
      told.code !== 'PURCHASE_CANCELLED' && `it is CANCELLED and answered ${repeat.status} ${repeat.text}`,
      isDefinite(answer) &&
        ![201, 410].includes(answer.status) &&
        `it was answered ${answer.status} ${answer.text}, and then it was sold and cancelled`,
      shown?.status !== 'CANCELLED' && `it is CANCELLED and shown as ${view.status} ${view.text}`,
    ];
  }
  return [
    isDefinite(answer) &&
      (answer.status !== repeat.status || answer.text !== repeat.text) &&
      `it was answered ${answer.status} ${answer.text} and then ${repeat.status} ${repeat.text}`,
    [201, 202].includes(answer.status) && !before && `it was answered ${answer.status} and is not there`,
    !isDefinite(repeat) &&
      !isOpenedNow &&
      `when all was settled it was answered ${repeat.status} ${repeat.text}`,
    (repeat.status === 201) !== (due === 201) && `it is ${item?.status} and answered ${repeat.status}`,
    item && shown?.status !== item.status && `it is ${item.status} and shown as ${view.status} ${view.text}`,
    shown?.status === 'FAILED' &&
      !isOpenedNow &&
      shown.failure?.code !== told.code &&
      `it is shown as ${shown.failure?.code} and answered ${told.code}`,
  ];
}

/**
 * What a buyer is told who comes back, or gives up, is what the purchase's own request is answered with from then on. 202
 * becomes what the authentication has made of it.
 */
function keepsTheAnswersOfReturns({ returns = [], repeat }: ObservedPurchase, { before, item }: Facts) {
  const recorded = (JSON.parse(repeat.text || '{}') as { code?: string }).code;
  return returns.filter(isDefinite).map((told) => {
    const { how, status, text } = told;
    const { code, failure } = JSON.parse(text || '{}') as { code?: string; failure?: { code: string } };
    // Who is faster than the purchase finds none.
    if (code === 'PURCHASE_NOT_FOUND') return false;
    // So does who is told that we could not look: there is nothing that could keep this answer.
    if (!before && status >= 500) return false;
    const holds =
      item?.status === 'CANCELLED'
        ? code === 'PURCHASE_CANCELLED' ||
          (how === 'came back' ? status === 201 : code === 'ALREADY_CONFIRMED')
        : how === 'came back'
          ? status === repeat.status && text === repeat.text
          : status === 200
            ? item?.status === 'FAILED' && failure?.code === recorded
            : code !== 'ALREADY_CONFIRMED' || item?.status === 'CONFIRMED';
    return (
      !holds && `a buyer who ${how} was told ${status} ${text}, and then ${repeat.status} ${repeat.text}`
    );
  });
}

/** Who answers the bank and never comes back is not charged, not even for a while. */
function takesNothingFromWhomIsAway(
  { isAsked, answer, returns = [] }: ObservedPurchase,
  { payments }: Facts,
) {
  const captured = payments.reduce((sum, payment) => sum + payment.captured, 0);
  const isAway = isAsked && answer.status !== 201 && returns.every(({ how }) => how !== 'came back');
  return [isAway && captured > 0 && `its buyer was asked, never came back, and ${captured} was taken`];
}

/** 202 and 504 say that nobody knows yet; 409 of a purchase in progress and 429 say to come again. */
export function isDefinite({ status, text }: Reply): boolean {
  return ![0, 202, 429, 504].includes(status) && !text.includes('"PURCHASE_IN_PROGRESS"');
}

/** One owner per seat: no two confirmed purchases have a seat in common. */
export function seatsWithTwoOwners({ final: { purchases } }: Observation): string[] {
  const owned = [...purchases.values()]
    .filter(({ status }) => status === 'CONFIRMED')
    .flatMap(({ eventId, seats, purchaseId }) =>
      seats.map(({ seatId }) => ({ seat: `${eventId} ${seatId}`, purchaseId })),
    );
  return [...groupBy(owned, ({ seat }) => seat)]
    .filter(([, owners]) => owners.length > 1)
    .map(([seat, owners]) => `seat ${seat} has owners ${owners.map(({ purchaseId }) => purchaseId).join()}`);
}
