import { type EventFacts } from '../event/event-layout';
import { type Purchase } from '../purchase/purchase';
import { referenceOf } from '../shared/reference';
import { price, startTime } from '../shared/wording';
import { emailHtml } from './email-html';
import { pageLines, pageLink } from './purchase-page';

/**
 * The confirmation e-mail. An event that has been taken off since is left out of the words, not of the sale.
 *
 * @param page of the purchase, where there is one
 */
export function confirmationEmail(
  purchase: Purchase,
  event: EventFacts | undefined,
  ticketUrl: string,
  page?: string,
) {
  const facts: [label: string, value: string][] = [
    ...seatFacts(purchase, event),
    [purchase.amount > 0 ? 'Paid' : 'Price', price(purchase.amount, purchase.currency)],
    ['Reference', referenceOf(purchase.purchaseId)],
  ];
  const subject = `Your tickets for ${event?.name ?? 'your event'}`;
  const greeting = `Hello ${purchase.buyer?.name ?? ''}`.trim() + ',';

  return {
    subject,
    text: [
      greeting,
      '',
      'your purchase is confirmed.',
      '',
      ...facts.map(([label, value]) => `${label}: ${value}`),
      '',
      `Your ticket: ${ticketUrl}`,
      ...pageLines(page),
      '',
    ].join('\n'),
    html: emailHtml({
      ...{ subject, greeting, facts },
      message: 'Your purchase is confirmed.',
      action: { label: 'Get your ticket', url: ticketUrl },
      ...pageLink(page),
      note: 'Show the code on the ticket at the entrance, on your phone or on paper. Keep this e-mail to yourself: who has the link has the ticket.',
    }),
  };
}

/** What was bought: the event, unless it has been taken off since, and the seats. */
export function seatFacts(
  { seats }: Pick<Purchase, 'seats'>,
  event: EventFacts | undefined,
): [label: string, value: string][] {
  return [
    ...(event
      ? ([
          ['Event', event.name],
          ['Venue', event.venue],
          ['Starts', startTime(event.startsAt, event.timeZone)],
          ...(event.doorsOpenAt ? [['Doors', startTime(event.doorsOpenAt, event.timeZone)]] : []),
        ] as [string, string][])
      : []),
    ['Seats', seats.map(({ seatId }) => seatId).join(', ')],
  ];
}
