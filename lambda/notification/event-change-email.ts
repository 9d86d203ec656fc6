import { type Purchase } from '../purchase/purchase';
import { referenceOf } from '../shared/reference';
import { type EventChange } from './confirmation';
import { emailHtml } from './email-html';
import { pageLines, pageLink } from './purchase-page';
import { factsNow, inWords, whatChanged } from './event-change';

/** The e-mail that tells that an event was moved or has changed: what is new, what it was, and where the new ticket is. */
export function eventChangeEmail({ purchaseId, buyer, seats }: Purchase, change: EventChange, page?: string) {
  const { now, ticketUrl } = change;
  const facts: [label: string, value: string][] = [
    ...factsNow(change).map((fact): [string, string] => [fact.label, inWords(fact)]),
    ['Seats', seats.map(({ seatId }) => seatId).join(', ')],
    ['Reference', referenceOf(purchaseId)],
  ];
  const said = `${now.name} ${whatChanged(change)}.`;
  const subject = said.slice(0, -1);
  const greeting = `Hello ${buyer?.name ?? ''}`.trim() + ',';
  const note =
    'Your seats stay yours. We have made your ticket anew; the code on the one that you have stays valid, too.';

  return {
    subject,
    text: [
      ...[greeting, '', said, ''],
      ...facts.map(([label, value]) => `${label}: ${value}`),
      ...['', note, '', `Your new ticket: ${ticketUrl}`, ...pageLines(page), ''],
    ].join('\n'),
    html: emailHtml({
      ...{ subject, greeting, facts, note, message: said },
      action: { label: 'Get your new ticket', url: ticketUrl },
      ...pageLink(page),
    }),
  };
}

/** The same in one short line, for SMS and push. */
export function eventChangeText({ purchaseId }: Purchase, change: EventChange): string {
  const news = factsNow(change)
    .filter(({ before }) => before !== undefined)
    .map((fact) => ` ${fact.label}: ${inWords(fact)}.`)
    .join('');
  return `EventPro: ${change.now.name} ${whatChanged(change)}.${news} Your purchase ${referenceOf(purchaseId)} stays valid. New ticket: ${change.ticketUrl}`;
}
