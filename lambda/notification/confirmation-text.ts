import { type Purchase } from '../purchase/purchase';
import { cancellationText } from './cancellation-email';
import { type Message } from './confirmation';
import { eventChangeText } from './event-change-email';
import { reminderText } from './reminder-email';
import { referenceOf } from '../shared/reference';
import { purchasePageOf } from './purchase-page';

/** A message in one short line, for SMS and push. The purchase's page leads to the ticket, so where there is one it is the only link. */
export function shortText(purchase: Purchase, message: Message): string {
  const page = purchasePageOf(purchase.purchaseId);
  switch (message.type) {
    case 'PurchaseConfirmed':
    case 'TicketsAgain':
      return confirmationText(purchase, page ?? message.ticketUrl);
    case 'PurchaseCancelled':
      return cancellationText(purchase, message.words, page);
    case 'EventChanged':
      return eventChangeText(purchase, { ...message, ticketUrl: page ?? message.ticketUrl });
    case 'EventReminder':
      return reminderText(purchase, { ...message, ticketUrl: page ?? message.ticketUrl });
    case 'EventThanks':
      throw new Error('Marketing goes by e-mail alone: that was agreed to');
  }
}

/** The confirmation. */
export function confirmationText({ purchaseId, seats }: Purchase, ticketUrl: string): string {
  const seatIds = seats.map(({ seatId }) => seatId).join(', ');
  return `EventPro: your purchase ${referenceOf(purchaseId)} is confirmed. Seats ${seatIds}. Ticket: ${ticketUrl}`;
}
