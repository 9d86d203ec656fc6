import { type EventLayout } from '../event/event-layout';
import { type Purchase } from '../purchase/purchase';

type EventFacts = Pick<EventLayout, 'name' | 'venue' | 'startsAt'>;

/** The confirmation e-mail. An event that has been taken off since is left out of the words, not of the sale. */
export function confirmationEmail(purchase: Purchase, event: EventFacts | undefined, ticketUrl: string) {
  const name = event?.name ?? 'your event';
  const facts: [label: string, value: string][] = [
    ...(event
      ? ([
          ['Event', event.name],
          ['Venue', event.venue],
          ['Starts', event.startsAt],
        ] satisfies [string, string][])
      : []),
    ['Seats', purchase.seats.map(({ seatId }) => seatId).join(', ')],
    ['Paid', `${(purchase.amount / 100).toFixed(2)} ${purchase.currency}`],
    ['Purchase', purchase.purchaseId],
  ];
  const greeting = `Hello ${purchase.buyer?.name ?? ''}`.trim();

  return {
    subject: `Your tickets for ${name}`,
    text: [
      `${greeting},`,
      '',
      'your purchase is confirmed.',
      '',
      ...facts.map(([label, value]) => `${label}: ${value}`),
      '',
      `Your ticket: ${ticketUrl}`,
      '',
    ].join('\n'),
    html: [
      '<!doctype html><html lang="en"><body style="font-family:sans-serif;line-height:1.5">',
      `<p>${escapeHtml(greeting)},</p><p>your purchase is confirmed.</p><table>`,
      ...facts.map(
        ([label, value]) =>
          `<tr><th align="left" style="padding-right:1em">${label}</th><td>${escapeHtml(value)}</td></tr>`,
      ),
      `</table><p><a href="${escapeHtml(ticketUrl)}">Get your ticket</a></p></body></html>`,
    ].join('\n'),
  };
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
