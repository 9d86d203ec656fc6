import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { CHECKOUT } from '../checkout/outcomes';
import { measureOutcome } from '../purchase/measure-outcome';
import { purchaseIdSchema } from '../purchase/purchase';
import { connectPurchases } from '../purchase/connect-purchases';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { referenceOf } from '../shared/reference';
import { reservationSchema } from '../seat/reservation';
import { connectSeats } from '../seat/connect-seats';
import { type SeatRepository } from '../seat/seat-repository';
import { documentClient } from '../shared/dynamodb';
import { type Clock, systemClock } from '../shared/clock';
import { ENVIRONMENT, requireEnvironment, requireNumber } from '../shared/environment';
import { keptUntil } from '../event/event-times';
import { step } from '../shared/step';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { makeTicket } from './make-ticket';
import { connectTicketKeys, type TicketKeys } from './ticket-keys';
import { TicketStore } from './ticket-store';

const { shape } = reservationSchema;
const inputSchema = z.object({
  purchaseId: purchaseIdSchema,
  ...{ createdAt: shape.createdAt, eventId: shape.eventId, event: shape.event },
  ...{ seats: shape.seats, currency: shape.currency },
  buyerName: z.string(),
});

/** How many seats were sold. */
const outputSchema = z.object({ seats: z.int() });

interface Dependencies {
  readonly purchases: PurchaseRepository;
  readonly seats: SeatRepository;
  readonly tickets: TicketStore;
  readonly ticketKeys: TicketKeys;
  readonly clock: Clock;
  /** Seconds after its event for which a sale is kept. */
  readonly salesKept: number;
}

/**
 * Makes the ticket, then confirms the sale: the pivot after which nothing is undone. The ticket comes first, so a
 * purchase that is CONFIRMED always has one to read. The saga reaches this step only after a payment, so PAID is noted
 * here, while the ticket is stored: in a step of its own it would cost the buyer another round trip.
 *
 * @throws SaleNotPossible when a compensation has claimed the purchase, or a hold is lost
 */
export async function generateTicket(
  input: z.output<typeof inputSchema>,
  { purchases, seats, tickets, ticketKeys, clock, salesKept }: Dependencies,
): Promise<z.output<typeof outputSchema>> {
  const { purchaseId, createdAt, eventId, event, seats: chosen } = input;
  const pdf = await makeTicket(input, ticketKeys);
  const purchase = { purchaseId, createdAt, reference: referenceOf(purchaseId) };
  await Promise.all([purchases.recordPaid(purchaseId), tickets.put(purchase, pdf)]);
  const until = keptUntil(event, clock.nowSeconds(), salesKept);
  await purchases.confirm(
    purchaseId,
    chosen.map((seat) => seats.sell(eventId, seat, purchaseId, until)),
    until,
  );
  measureOutcome('CONFIRMED', createdAt);
  return { seats: chosen.length };
}

export const handler = step(CHECKOUT, 'GenerateTicket', {
  input: inputSchema,
  output: outputSchema,
  connect: (): Dependencies => {
    const client = documentClient();
    return {
      purchases: connectPurchases(client),
      seats: connectSeats(client),
      tickets: new TicketStore(new S3Client(REQUEST_TIMEOUTS), requireEnvironment(ENVIRONMENT.ticketBucket)),
      ticketKeys: connectTicketKeys(),
      clock: systemClock,
      salesKept: requireNumber(ENVIRONMENT.salesKept),
    };
  },
  run: generateTicket,
});
