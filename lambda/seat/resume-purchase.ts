import * as z from 'zod/mini';
import { CHECKOUT } from '../checkout/outcomes';
import { connectEvent } from '../event/connect-event';
import { factsOf, findSeat } from '../event/event-layout';
import { RecentLayouts } from '../event/recent-layouts';
import { type Reservation, reservationSchema } from './reservation';
import { type Clock, timeText } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { OwnError } from '../shared/own-error';
import { Problem } from '../shared/problem';
import { referenceOf } from '../shared/reference';
import { step } from '../shared/step';
import { channelsToTell } from '../purchase/buyer-channels';
import { isPurchaseId, type Purchase } from '../purchase/purchase';
import { connectPurchases } from '../purchase/connect-purchases';
import { NotTaken, type PurchaseRepository } from '../purchase/purchase-repository';
import { type RecordedAnswer, recordedAnswer } from '../purchase/recorded-answer';

/** The id is what somebody typed into a path. */
const inputSchema = z.object({ purchaseId: z.string(), executionId: z.string().check(z.minLength(1)) });

/** The event was changed while the buyer was away, and has lost a seat that is held. The purchase is undone. */
export class SeatNoLongerThere extends OwnError {
  override readonly name = 'SeatNoLongerThere';
}

interface Dependencies {
  readonly layouts: RecentLayouts;
  readonly purchases: PurchaseRepository;
  readonly clock: Clock;
}

/**
 * Takes up a purchase whose buyer has come back from the bank: what ReserveSeat knew comes from the record, at the price that
 * the buyer agreed to. One conditional write makes it this execution's, so of two that come at once, one goes on.
 *
 * @returns what the record says, when the purchase does not wait for its buyer or waits no more
 */
export async function resumePurchase(
  { purchaseId, executionId }: z.output<typeof inputSchema>,
  { layouts, purchases, clock }: Dependencies,
): Promise<Reservation | Problem<'PurchaseNotFound'> | RecordedAnswer> {
  const now = clock.nowSeconds();
  const purchase = isPurchaseId(purchaseId)
    ? await purchases.resume(purchaseId, executionId, now)
    : undefined;
  if (!purchase) return new Problem('PurchaseNotFound');
  if (purchase instanceof NotTaken) return recordedAnswer(purchase.purchase, now);
  const layout = layouts.recent(purchase.eventId) ?? (await layouts.read(purchase.eventId));
  if (!layout) throw new SeatNoLongerThere('The event is no longer there');
  return {
    ...pickedFrom(purchase),
    event: factsOf(layout),
    seats: purchase.seats.map(({ seatId, section, tier, price }) => {
      const seat = findSeat(layout, seatId);
      if (seat?.section !== section) throw new SeatNoLongerThere('The event has lost a seat that is held');
      return { ...seat, tier: tier ?? seat.tier, price: price ?? seat.price };
    }),
  };
}

function pickedFrom(purchase: Purchase): Omit<Reservation, 'event' | 'seats'> {
  const { purchaseId, eventId, seats, amount, currency, buyer, createdAt } = purchase;
  return {
    ...{ eventId, amount, currency, createdAt },
    reference: referenceOf(purchaseId),
    seatIds: seats.map(({ seatId }) => seatId),
    // The bank has been asked: what pays is known to the payment.
    paymentMethod: null,
    paymentIntentId: purchase.paymentIntentId ?? null,
    authenticateBy: timeText(purchase.authenticateBy!),
    buyerName: buyer?.name ?? '',
    viewer: null,
    channels: channelsToTell(buyer),
  };
}

export const handler = step(CHECKOUT, 'ResumePurchase', {
  input: inputSchema,
  output: reservationSchema,
  connect: (): Dependencies => {
    const client = documentClient();
    const { events, clock } = connectEvent(client);
    return {
      clock,
      layouts: new RecentLayouts(events, clock),
      purchases: connectPurchases(client),
    };
  },
  run: resumePurchase,
});
