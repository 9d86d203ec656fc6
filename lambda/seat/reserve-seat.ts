import * as z from 'zod/mini';
import { connectEvent } from '../event/connect-event';
import { type EventFacts, factsOf, type Seat } from '../event/event-layout';
import { RecentLayouts } from '../event/recent-layouts';
import { channelsToTell } from '../purchase/buyer-channels';
import {
  fingerprintOf,
  type Purchase,
  purchaseAnswer,
  purchaseIdSchema,
  type PurchaseRequest,
  purchaseRequestSchema,
  refusedPurchase,
} from '../purchase/purchase';
import { measureOutcome } from '../purchase/measure-outcome';
import { referenceOf } from '../purchase/reference';
import { PurchaseExists, PurchaseRepository, SeatsTaken } from '../purchase/purchase-repository';
import { type Clock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { OwnError } from '../shared/own-error';
import { Problem } from '../shared/problem';
import { PurchaseAlreadySettled } from '../shared/saga-errors';
import { step } from '../shared/step';
import { agreePrice, priceAgain, type PricedSeats } from './price-seats';
import { type SeatRepository } from './seat-repository';

const inputSchema = z.object({
  purchaseId: purchaseIdSchema,
  executionId: z.string().check(z.minLength(1)),
  request: purchaseRequestSchema,
});

/** What the rest of the saga knows about the purchase. Prices and amount are the server's, in minor units. */
export interface Reservation {
  /** Of the purchase. */
  readonly reference: string;
  readonly eventId: string;
  readonly event: EventFacts;
  readonly seats: readonly Seat[];
  readonly seatIds: readonly string[];
  readonly amount: number;
  readonly currency: string;
  /** The buyer's; null where there is nothing to pay. */
  readonly paymentMethod: string | null;
  /** When the purchase was opened, seconds since the epoch. */
  readonly createdAt: number;
  /** Where to tell of the sale: the buyer's channels, and analytics. */
  readonly channels: readonly string[];
}

/** The event was changed during sale. The purchase is undone, and the next one finds the new seat map. */
export class SeatMapReplaced extends OwnError {
  override readonly name = 'SeatMapReplaced';
}

interface Dependencies {
  readonly layouts: RecentLayouts;
  readonly seats: SeatRepository;
  readonly purchases: PurchaseRepository;
  readonly clock: Clock;
}

/**
 * Holds the chosen seats for 10 minutes and opens the purchase, all or nothing. A repeat of the same purchase gets the
 * answer of the first.
 *
 * @throws Problem EventNotFound, SaleClosed, SeatNotFound, PriceChanged, ValidationFailed (no payment method for what has a price),
 * SeatUnavailable, in this order; PurchaseInProgress, IdempotencyKeyReused
 * @throws PurchaseAlreadySettled when the same purchase was made before
 */
export async function reserveSeat(
  { purchaseId, executionId, request }: z.output<typeof inputSchema>,
  { layouts, seats, purchases, clock }: Dependencies,
): Promise<Reservation> {
  const createdAt = clock.nowSeconds();
  const fingerprint = fingerprintOf(request);
  const reference = referenceOf(purchaseId);

  let priced: Reservation | undefined;
  try {
    priced = reservationOf(await agreePrice(request, layouts, createdAt), createdAt);
    const purchase: Purchase = {
      ...{ purchaseId, executionId, fingerprint, createdAt, status: 'PENDING', buyer: request.buyer },
      ...pricedFields(priced),
    };
    const holds = purchase.seats.map((seat) => seats.hold(purchase.eventId, seat, purchaseId, createdAt));
    await purchases.open(purchase, holds);
    return priced;
  } catch (error) {
    if (error instanceof PurchaseExists) return repeat(error.purchase);
    const refusal = refusalOf(error, request);
    if (!refusal) throw error;
    // A refusal is an answer too, and the same key must get it again.
    const failure = { code: refusal.code, detail: refusal.message };
    const existing = await purchases.recordRefused({
      ...refusedPurchase({ purchaseId, executionId, request, failure, createdAt }),
      ...refusal.members,
      ...(priced && pricedFields(priced)),
    });
    if (existing) return repeat(existing);
    measureOutcome(refusal.code);
    throw refusal;
  }

  /** What a purchase that is already there means for the one that came now. */
  async function repeat(existing: Purchase): Promise<Reservation> {
    if (existing.fingerprint !== fingerprint) throw new Problem('IdempotencyKeyReused');
    if (existing.status === 'CONFIRMED' || existing.status === 'FAILED') {
      throw new PurchaseAlreadySettled(purchaseAnswer(existing));
    }
    // The state machine calls again when the first answer was lost: the hold is ours, at the price it was made for.
    if (existing.status === 'PENDING' && existing.executionId === executionId) {
      const { amount, createdAt } = existing;
      const again = await priceAgain(request, layouts);
      // No refusal, because seats are held: an error that the saga compensates.
      if (again?.amount !== amount)
        throw new SeatMapReplaced('The seat map was replaced while the seats were being held');
      return reservationOf(again, createdAt);
    }
    throw new Problem('PurchaseInProgress');
  }

  function reservationOf({ layout, seats: chosen, amount }: PricedSeats, openedAt: number): Reservation {
    return {
      reference,
      eventId: request.eventId,
      event: factsOf(layout),
      seats: chosen,
      seatIds: request.seats,
      amount,
      currency: layout.currency,
      paymentMethod: request.paymentMethod ?? null,
      createdAt: openedAt,
      channels: channelsToTell(request.buyer),
    };
  }
}

function refusalOf(error: unknown, request: PurchaseRequest): Problem | undefined {
  if (error instanceof Problem) return error;
  if (!(error instanceof SeatsTaken)) return undefined;
  const taken = error.positions.map((position) => request.seats[position]).join(', ');
  return new Problem('SeatUnavailable', `No longer available: ${taken}.`);
}

function pricedFields({ eventId, seats, amount, currency }: Reservation) {
  const sold = seats.map(({ seatId, section, tier, price }) => ({ seatId, section, tier, price }));
  return { eventId, seats: sold, amount, currency };
}

export const handler = step({
  name: 'ReserveSeat',
  input: inputSchema,
  connect: (): Dependencies => {
    const client = documentClient();
    const { events, seats, clock } = connectEvent(client);
    return {
      ...{ seats, clock },
      layouts: new RecentLayouts(events, clock),
      purchases: new PurchaseRepository(client, requireEnvironment(ENVIRONMENT.purchaseTable)),
    };
  },
  run: reserveSeat,
});
