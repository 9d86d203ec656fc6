import { type Purchase } from '../purchase/purchase';

/** The confirmation in one short line, for SMS and push. */
export function confirmationText({ seats }: Purchase, ticketUrl: string): string {
  const seatIds = seats.map(({ seatId }) => seatId).join(', ');
  return `EventPro: your purchase is confirmed. Seats ${seatIds}. Ticket: ${ticketUrl}`;
}
