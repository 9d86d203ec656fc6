import * as z from 'zod/mini';
import { CHECKOUT } from '../checkout/outcomes';
import { connectEvent } from '../event/connect-event';
import { factsOf } from '../event/event-layout';
import { RecentLayouts } from '../event/recent-layouts';
import { channelsToTell } from '../purchase/buyer-channels';
import { consentOf } from '../purchase/marketing-consent';
import {
  AUTHENTICATED_WITHIN,
  fingerprintOf,
  type Purchase,
  purchaseIdSchema,
  type PurchaseRequest,
  purchaseRequestSchema,
  refusedPurchase,
} from '../purchase/purchase';
import { type RecordedAnswer, recordedAnswer } from '../purchase/recorded-answer';
import { TooManyUnpaid } from '../purchase/unpaid-seats';
import { measureOutcome } from '../purchase/measure-outcome';
import { referenceOf } from '../shared/reference';
import { connectPurchases } from '../purchase/connect-purchases';
import { PurchaseExists, type PurchaseRepository, SeatsTaken } from '../purchase/purchase-repository';
import { type Clock, timeText } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireNumber } from '../shared/environment';
import { type AddressHashes, connectAddressHashes } from '../shared/address-hash';
import { OwnError } from '../shared/own-error';
import { Problem } from '../shared/problem';
import { step } from '../shared/step';
import { agreePrice, priceAgain, type PricedSeats } from './price-seats';
import { type Reservation, reservationSchema } from './reservation';
import { type SeatRepository } from './seat-repository';

const inputSchema = z.object({
  purchaseId: purchaseIdSchema,
  executionId: z.string().check(z.minLength(1)),
  request: purchaseRequestSchema,
  /** The address that the request came from; empty where the API was deployed before it was told. */
  viewer: z.string(),
});

/** What ReserveSeat may refuse: the rows of the table must have it. */
type ReservationRefusal =
  | Exclude<Awaited<ReturnType<typeof agreePrice>>, PricedSeats>
  | Problem<'SeatUnavailable' | 'TooManyUnpaidSeats' | 'IdempotencyKeyReused'>
  | RecordedAnswer;

/** The event was changed during sale. The purchase is undone, and the next one finds the new seat map. */
export class SeatMapReplaced extends OwnError {
  override readonly name = 'SeatMapReplaced';
}

interface Dependencies {
  readonly layouts: RecentLayouts;
  readonly seats: SeatRepository;
  readonly purchases: PurchaseRepository;
  readonly addresses: Pick<AddressHashes, 'of'>;
  readonly clock: Clock;
  /** Seats of an event that one address may hold unpaid. */
  readonly unpaidBound: number;
}

/**
 * Holds the chosen seats for 10 minutes and opens the purchase, all or nothing. A repeat of the same purchase gets the
 * answer of the first.
 *
 * Free tickets count as unpaid for as long as a hold lasts, paid or not: nothing else keeps one address from taking all.
 *
 * @returns the refusal in its place: those of `agreePrice`, then SeatUnavailable, then TooManyUnpaidSeats, which alone is not
 * recorded, as it passes; what an earlier run says, when the same purchase was made before
 */
export async function reserveSeat(
  { purchaseId, executionId, request, viewer }: z.output<typeof inputSchema>,
  { layouts, seats, purchases, addresses, clock, unpaidBound }: Dependencies,
): Promise<Reservation | ReservationRefusal> {
  const createdAt = clock.nowSeconds();
  const fingerprint = fingerprintOf(request);
  const reference = referenceOf(purchaseId);

  const agreed = await agreePrice(request, layouts, createdAt);
  if (agreed instanceof Problem) return refuse(agreed);
  const priced = reservationOf(agreed, createdAt);
  const purchase: Purchase = {
    ...{ purchaseId, executionId, fingerprint, createdAt, status: 'PENDING', buyer: request.buyer },
    ...pricedFields(priced),
    marketingConsent: consentOf(request.buyer, createdAt),
    emailHash: await addresses.of(request.buyer.email),
    eventRevision: agreed.layout.factsRevision,
  };
  const holds = purchase.seats.map((seat) => seats.hold(purchase.eventId, seat, purchaseId, createdAt));
  try {
    const isFree = purchase.amount === 0;
    const unpaidBy = isFree ? { address: viewer, bound: unpaidBound, now: createdAt } : undefined;
    await purchases.open(purchase, holds, unpaidBy);
    return priced;
  } catch (error) {
    if (error instanceof PurchaseExists) return repeat(error.purchase);
    if (error instanceof SeatsTaken) return refuse(seatsTaken(error, request), priced);
    if (error instanceof TooManyUnpaid) {
      const refusal = new Problem('TooManyUnpaidSeats');
      measureOutcome(refusal.code);
      return refusal;
    }
    throw error;
  }

  /** A refusal is an answer too, and the same key must get it again. */
  async function refuse<Refused extends Problem>(
    refusal: Refused,
    priced?: Reservation,
  ): Promise<Refused | Awaited<ReturnType<typeof repeat>>> {
    const failure = { code: refusal.code, detail: refusal.message };
    const existing = await purchases.recordRefused({
      ...refusedPurchase({ purchaseId, executionId, request, failure, createdAt }),
      ...refusal.members,
      ...(priced && pricedFields(priced)),
    });
    if (existing) return repeat(existing);
    measureOutcome(refusal.code);
    return refusal;
  }

  /** What a purchase that is already there means for the one that came now. */
  async function repeat(
    existing: Purchase,
  ): Promise<Reservation | Problem<'IdempotencyKeyReused'> | RecordedAnswer> {
    if (existing.fingerprint !== fingerprint) return new Problem('IdempotencyKeyReused');
    // The state machine calls again when the first answer was lost: the hold is ours, at the price it was made for.
    if (existing.status === 'PENDING' && existing.executionId === executionId) {
      const { amount, createdAt } = existing;
      const again = await priceAgain(request, layouts);
      // No refusal, because seats are held: an error that the saga compensates.
      if (again?.amount !== amount)
        throw new SeatMapReplaced('The seat map was replaced while the seats were being held');
      return reservationOf(again, createdAt);
    }
    return recordedAnswer(existing, createdAt);
  }

  function reservationOf({ layout, seats: chosen, amount }: PricedSeats, openedAt: number): Reservation {
    return {
      reference,
      eventId: request.eventId,
      event: factsOf(layout),
      seats: [...chosen],
      seatIds: request.seats,
      amount,
      currency: layout.currency,
      paymentMethod: request.paymentMethod ?? null,
      paymentIntentId: null,
      authenticateBy: timeText(openedAt + AUTHENTICATED_WITHIN),
      buyerName: request.buyer.name,
      viewer,
      createdAt: openedAt,
      channels: channelsToTell(request.buyer),
    };
  }
}

function seatsTaken(error: SeatsTaken, request: PurchaseRequest): Problem<'SeatUnavailable'> {
  const taken = error.positions.map((position) => request.seats[position]).join(', ');
  return new Problem('SeatUnavailable', `No longer available: ${taken}.`);
}

function pricedFields({ eventId, seats, amount, currency }: Reservation) {
  const sold = seats.map(({ seatId, section, tier, price }) => ({ seatId, section, tier, price }));
  return { eventId, seats: sold, amount, currency };
}

export const handler = step(CHECKOUT, 'ReserveSeat', {
  input: inputSchema,
  output: reservationSchema,
  connect: (): Dependencies => {
    const client = documentClient();
    const { events, seats, clock } = connectEvent(client);
    return {
      ...{ seats, clock },
      layouts: new RecentLayouts(events, clock),
      purchases: connectPurchases(client),
      addresses: connectAddressHashes(),
      unpaidBound: requireNumber(ENVIRONMENT.unpaidSeats),
    };
  },
  run: reserveSeat,
});
