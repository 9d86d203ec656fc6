import { findSeat, type Seat, type StoredLayout } from '../event/event-layout';
import { type RecentLayouts } from '../event/recent-layouts';
import { whyNotOnSale } from '../event/sale-hours';
import { money, whyNotPayable } from '../shared/currencies';
import { type PurchaseRequest } from '../purchase/purchase';
import { Problem } from '../shared/problem';

/** Why the buyer cannot have the seats at this price: the first of these, in this order, that applies. */
type PriceRefusal = Problem<
  | ('EventNotFound' | 'SaleClosed' | 'SeatNotFound' | 'PriceChanged')
  // What cannot be charged, or has nothing to be charged to.
  | 'ValidationFailed'
  // A blocked seat.
  | 'SeatUnavailable'
>;

/** The chosen seats at the prices of the layout. */
export interface PricedSeats {
  readonly layout: StoredLayout;
  readonly seats: readonly Seat[];
  /** Minor units of the layout's currency. */
  readonly amount: number;
}

/**
 * The chosen seats and what they cost, if the buyer may have them at this price.
 *
 * A refusal is recorded for good, so it needs a fresh read of the layout. A cached layout may only sell, which saves a read.
 */
export async function agreePrice(
  request: PurchaseRequest,
  layouts: RecentLayouts,
  nowSeconds: number,
): Promise<PricedSeats | PriceRefusal> {
  const recent = layouts.recent(request.eventId);
  const agreed = recent && agree(request, recent, nowSeconds);
  if (agreed && !(agreed instanceof Problem)) return agreed;
  return agree(request, await layouts.read(request.eventId), nowSeconds);
}

/** What the seats cost, whatever the buyer was shown, and also when the sale has closed since: they are held. */
export async function priceAgain(
  request: PurchaseRequest,
  layouts: RecentLayouts,
): Promise<PricedSeats | undefined> {
  const layout = layouts.recent(request.eventId) ?? (await layouts.read(request.eventId));
  const priced = layout && priceSeats(request, layout);
  return priced instanceof Problem ? undefined : priced;
}

function agree(
  request: PurchaseRequest,
  layout: StoredLayout | undefined,
  nowSeconds: number,
): PricedSeats | PriceRefusal {
  if (!layout) return new Problem('EventNotFound', `There is no event ${request.eventId}.`);
  const closed = whyNotOnSale(layout, nowSeconds);
  if (closed) return new Problem('SaleClosed', closed);
  const priced = priceSeats(request, layout);
  if (priced instanceof Problem) return priced;
  const { amount } = priced;
  const { currency } = layout;
  const { expectedTotal: expected, paymentMethod } = request;
  if (expected && (expected.amount !== amount || expected.currency !== currency)) {
    const words = `The seats cost ${money(amount, currency)} now, not ${money(expected.amount, expected.currency)}.`;
    return new Problem('PriceChanged', `${words} Nothing was charged and no seat is held.`, {
      amount,
      currency,
    });
  }
  const unpayable = whyNotPayable(amount, currency);
  if (unpayable) return new Problem('ValidationFailed', `seats: their price together ${unpayable}.`);
  if (amount > 0 && paymentMethod === undefined) {
    return new Problem(
      'ValidationFailed',
      `paymentMethod is missing: the seats cost ${money(amount, currency)}.`,
    );
  }
  const kept = request.seats.filter((seatId) => layout.blocked?.includes(seatId));
  if (kept.length > 0) return new Problem('SeatUnavailable', `Not for sale: ${kept.join(', ')}.`);
  return priced;
}

function priceSeats(
  { seats: chosen }: PurchaseRequest,
  layout: StoredLayout,
): PricedSeats | Problem<'SeatNotFound'> {
  const seats: Seat[] = [];
  for (const seatId of chosen) {
    const seat = findSeat(layout, seatId);
    if (!seat) return new Problem('SeatNotFound', `The event has no seat ${seatId}.`);
    seats.push(seat);
  }
  return { layout, seats, amount: seats.reduce((total, each) => total + each.price, 0) };
}
