import { type Purchase } from '../purchase/purchase';
import { referenceOf } from '../shared/reference';

/** The confirmation in one short line, for SMS and push. */
export function confirmationText({ purchaseId, seats }: Purchase, ticketUrl: string): string {
  const seatIds = seats.map(({ seatId }) => seatId).join(', ');
  return `EventPro: your purchase ${referenceOf(purchaseId)} is confirmed. Seats ${seatIds}. Ticket: ${ticketUrl}`;
}
