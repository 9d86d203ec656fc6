import { type EventFacts } from '../event/event-layout';
import { type Purchase } from '../purchase/purchase';
import { referenceOf } from '../shared/reference';
import { price } from '../shared/wording';
import { seatFacts } from './confirmation-email';
import { emailHtml } from './email-html';
import { pageLines, pageLink } from './purchase-page';

/**
 * The e-mail that tells that a purchase is cancelled. There is nothing to get any more; its page says how far the refund is.
 *
 * @param words of the organiser, where the event is cancelled
 * @param page of the purchase, where there is one
 */
export function cancellationEmail(
  purchase: Purchase,
  event: EventFacts | undefined,
  words?: string,
  page?: string,
) {
  const { purchaseId, buyer, currency, cancellation } = purchase;
  const amount = cancellation?.refund.amount ?? 0;
  const facts: [label: string, value: string][] = [
    ...seatFacts(purchase, event),
    ...(amount > 0 ? ([['Given back', price(amount, currency)]] as [string, string][]) : []),
    ['Reference', referenceOf(purchaseId)],
  ];
  const name = event?.name ?? 'your event';
  const subject = words === undefined ? `Your tickets for ${name} are cancelled` : `Cancelled: ${name}`;
  const said =
    words === undefined
      ? 'your purchase is cancelled.'
      : `the event is cancelled. The organiser writes: ${words}`;
  const greeting = `Hello ${buyer?.name ?? ''}`.trim() + ',';
  const note = 'The tickets are not valid any more.';

  return {
    subject,
    text: [
      greeting,
      '',
      said,
      '',
      ...facts.map(([label, value]) => `${label}: ${value}`),
      '',
      note,
      ...pageLines(page),
      '',
    ].join('\n'),
    html: emailHtml({
      subject,
      greeting,
      facts,
      note,
      message: said[0]!.toUpperCase() + said.slice(1),
      ...pageLink(page),
    }),
  };
}

/** The same in one short line, for SMS and push. */
export function cancellationText({ purchaseId, seats }: Purchase, words?: string, page?: string): string {
  const seatIds = seats.map(({ seatId }) => seatId).join(', ');
  const why = words === undefined ? '' : ` The organiser writes: ${words}`;
  const more = page === undefined ? '' : ` See ${page}`;
  return `EventPro: your purchase ${referenceOf(purchaseId)} is cancelled. Seats ${seatIds}. Its tickets are not valid any more.${why}${more}`;
}
