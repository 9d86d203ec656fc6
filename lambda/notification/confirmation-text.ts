import { type Purchase } from '../purchase/purchase';
import { cancellationText } from './cancellation-email';
import { type Message } from './confirmation';
import { eventChangeText } from './event-change-email';
import { reminderText } from './reminder-email';
import { referenceOf } from '../shared/reference';

/** A message in one short line, for SMS and push. */
export function shortText(purchase: Purchase, message: Message): string {
  switch (message.type) {
    case 'PurchaseConfirmed':
    case 'TicketsAgain':
      return confirmationText(purchase, message.ticketUrl);
    case 'PurchaseCancelled':
      return cancellationText(purchase, message.words);
    case 'EventChanged':
      return eventChangeText(purchase, message);
    case 'EventReminder':
      return reminderText(purchase, message);
    case 'EventThanks':
      throw new Error('Marketing goes by e-mail alone: that was agreed to');
  }
}

/** The confirmation. */
export function confirmationText({ purchaseId, seats }: Purchase, ticketUrl: string): string {
  const seatIds = seats.map(({ seatId }) => seatId).join(', ');
  return `EventPro: your purchase ${referenceOf(purchaseId)} is confirmed. Seats ${seatIds}. Ticket: ${ticketUrl}`;
}
