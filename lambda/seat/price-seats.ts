import { type EventLayout, findSeat, type Seat } from '../event/event-layout';
import { type RecentLayouts } from '../event/recent-layouts';
import { whyNotOnSale } from '../event/sale-hours';
import { money, whyNotPayable } from '../payment/currencies';
import { type PurchaseRequest } from '../purchase/purchase';
import { Problem } from '../shared/problem';

/** The chosen seats at the prices of the layout. */
export interface PricedSeats {
  readonly layout: EventLayout;
  readonly seats: readonly Seat[];
  /** Minor units of the layout's currency. */
  readonly amount: number;
}

/**
 * The chosen seats and what they cost, if the buyer may have them at this price.
 *
 * A refusal is recorded for good, so it is told by the layout of this moment only. One that was read a moment ago may sell,
 * and spares the next read.
 *
 * @throws Problem EventNotFound, SaleClosed, SeatNotFound, PriceChanged, ValidationFailed (what cannot be
 * charged, or has nothing to be charged to), SeatUnavailable (a seat of the house): the first of them that applies
 */
export async function agreePrice(
  request: PurchaseRequest,
  layouts: RecentLayouts,
  nowSeconds: number,
): Promise<PricedSeats> {
  const recent = layouts.recent(request.eventId);
  const agreed = recent && attempt(() => agree(request, recent, nowSeconds));
  return agreed ?? agree(request, await layouts.read(request.eventId), nowSeconds);
}

/** What the seats cost, whatever the buyer was shown, and also when the sale has closed since: they are held. */
export async function priceAgain(
  request: PurchaseRequest,
  layouts: RecentLayouts,
): Promise<PricedSeats | undefined> {
  const layout = layouts.recent(request.eventId) ?? (await layouts.read(request.eventId));
  return layout && attempt(() => priceSeats(request, layout));
}

function agree(request: PurchaseRequest, layout: EventLayout | undefined, nowSeconds: number): PricedSeats {
  if (!layout) throw new Problem('EventNotFound', `There is no event ${request.eventId}.`);
  const closed = whyNotOnSale(layout, nowSeconds);
  if (closed) throw new Problem('SaleClosed', closed);
  const priced = priceSeats(request, layout);
  const { amount } = priced;
  const { currency } = layout;
  const { expectedTotal: expected, paymentMethod } = request;
  if (expected && (expected.amount !== amount || expected.currency !== currency)) {
    const words = `The seats cost ${money(amount, currency)} now, not ${money(expected.amount, expected.currency)}.`;
    throw new Problem('PriceChanged', `${words} Nothing was charged and no seat is held.`, {
      amount,
      currency,
    });
  }
  const unpayable = whyNotPayable(amount, currency);
  if (unpayable) throw new Problem('ValidationFailed', `seats: their price together ${unpayable}.`);
  if (amount > 0 && paymentMethod === undefined) {
    throw new Problem(
      'ValidationFailed',
      `paymentMethod is missing: the seats cost ${money(amount, currency)}.`,
    );
  }
  const kept = request.seats.filter((seatId) => layout.blocked?.includes(seatId));
  if (kept.length > 0) throw new Problem('SeatUnavailable', `Not for sale: ${kept.join(', ')}.`);
  return priced;
}

function priceSeats({ seats: chosen }: PurchaseRequest, layout: EventLayout): PricedSeats {
  const seats = chosen.map((seatId) => {
    const seat = findSeat(layout, seatId);
    if (!seat) throw new Problem('SeatNotFound', `The event has no seat ${seatId}.`);
    return seat;
  });
  return { layout, seats, amount: seats.reduce((total, each) => total + each.price, 0) };
}

function attempt<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
