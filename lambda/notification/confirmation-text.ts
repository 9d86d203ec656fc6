import { type Purchase } from '../purchase/purchase';
import { cancellationText } from './cancellation-email';
import { type Message } from './confirmation';
import { referenceOf } from '../shared/reference';

/** A message in one short line, for SMS and push. */
export function shortText(purchase: Purchase, message: Message): string {
  return message.type === 'PurchaseConfirmed'
    ? confirmationText(purchase, message.ticketUrl)
    : cancellationText(purchase, message.words);
}

/** The confirmation. */
export function confirmationText({ purchaseId, seats }: Purchase, ticketUrl: string): string {
  const seatIds = seats.map(({ seatId }) => seatId).join(', ');
  return `EventPro: your purchase ${referenceOf(purchaseId)} is confirmed. Seats ${seatIds}. Ticket: ${ticketUrl}`;
}
