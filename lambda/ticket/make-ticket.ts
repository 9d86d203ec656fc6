import { type EventFacts, type Seat } from '../event/event-layout';
import { type Purchase } from '../purchase/purchase';
import { referenceOf } from '../shared/reference';
import { signTicketCode } from './ticket-code';
import { type TicketKeys } from './ticket-keys';
import { drawTicket } from './ticket-pdf';

export interface TicketToMake extends Pick<Purchase, 'purchaseId' | 'createdAt' | 'eventId' | 'currency'> {
  readonly event: EventFacts;
  /** As they were bought. */
  readonly seats: readonly Seat[];
  readonly buyerName: string;
}

/**
 * The tickets of a purchase as a PDF, each seat with its code. A code says nothing of when or where the event is: it stays the same
 * when the ticket is made again for an event that has changed.
 */
export async function makeTicket(
  { purchaseId, createdAt, eventId, event, seats, currency, buyerName }: TicketToMake,
  ticketKeys: Pick<TicketKeys, 'signing'>,
): Promise<Uint8Array> {
  const key = await ticketKeys.signing();
  const codeOf = (seatId: string) => signTicketCode({ purchaseId, eventId, seatId, iat: createdAt }, key);
  return drawTicket({
    ...{ reference: referenceOf(purchaseId), createdAt, event, currency, buyerName },
    seats: seats.map((seat) => ({ ...seat, code: codeOf(seat.seatId) })),
  });
}
