import { type Purchase } from '../purchase/purchase';
import { referenceOf } from '../shared/reference';
import { startTime } from '../shared/wording';
import { type EventReminder } from './confirmation';
import { seatFacts } from './confirmation-email';
import { emailHtml } from './email-html';
import { pageLines, pageLink } from './purchase-page';

/** The e-mail of the day before: when, where, which seats, and where the ticket is. */
export function reminderEmail(purchase: Purchase, { event, ticketUrl }: EventReminder, page?: string) {
  const facts: [label: string, value: string][] = [
    ...seatFacts(purchase, event),
    ['Reference', referenceOf(purchase.purchaseId)],
  ];
  const subject = `Soon: ${event.name}`;
  const message = `${event.name} starts ${startTime(event.startsAt, event.timeZone)}.`;
  const greeting = `Hello ${purchase.buyer?.name ?? ''}`.trim() + ',';
  const note = 'Have the ticket with you, on your phone or on paper. Who has the link has the ticket.';

  return {
    subject,
    text: [
      ...[greeting, '', message, ''],
      ...facts.map(([label, value]) => `${label}: ${value}`),
      ...['', note, '', `Your ticket: ${ticketUrl}`, ...pageLines(page), ''],
    ].join('\n'),
    html: emailHtml({
      ...{ subject, greeting, facts, message, note },
      action: { label: 'Get your ticket', url: ticketUrl },
      ...pageLink(page),
    }),
  };
}

/** The same in one short line, for SMS and push. */
export function reminderText({ purchaseId, seats }: Purchase, { event, ticketUrl }: EventReminder): string {
  const seatIds = seats.map(({ seatId }) => seatId).join(', ');
  return `EventPro: ${event.name} starts ${startTime(event.startsAt, event.timeZone)}, ${event.venue}. Seats ${seatIds}. Your purchase ${referenceOf(purchaseId)}. Ticket: ${ticketUrl}`;
}
