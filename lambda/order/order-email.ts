import { emailHtml } from '../notification/email-html';
import { pageLines, pageLink } from '../notification/purchase-page';
import { referenceOf } from '../shared/reference';
import { price } from '../shared/wording';
import { type Order } from './order';

/** What the e-mail says of each end. `price`: what the amount is called. */
interface Words {
  readonly subject: string;
  readonly message: string;
  readonly price?: string;
  readonly note: string;
}

/**
 * The e-mail that tells what has become of an order: that it is confirmed, why it failed, or that it is cancelled.
 *
 * @param options.words of the organiser, where the event is cancelled
 * @param options.page of the purchase that the extras go with
 */
export function orderEmail(
  order: Order,
  { words, page }: { readonly words?: string | undefined; readonly page?: string | undefined } = {},
) {
  const { orderId, items, buyer, amount = 0, currency } = order;
  const { subject, message, price: label, note } = wordsOf(order, words);
  const ordered = items.map(({ name, extraId, quantity }) => `${quantity} × ${name ?? extraId}`);
  const facts: [label: string, value: string][] = [
    ['Ordered', ordered.join(', ')],
    ...(label && currency ? ([[label, price(amount, currency)]] as [string, string][]) : []),
    ['Reference', referenceOf(orderId)],
  ];
  const greeting = `Hello ${buyer.name},`;
  return {
    subject,
    text: [
      greeting,
      '',
      message,
      '',
      ...facts.map(([label, value]) => `${label}: ${value}`),
      ...pageLines(page),
      '',
      note,
      '',
    ].join('\n'),
    html: emailHtml({ subject, greeting, message, facts, note, ...pageLink(page) }),
  };
}

function wordsOf({ status, failure, amount = 0 }: Order, words: string | undefined): Words {
  switch (status) {
    case 'CONFIRMED':
      return {
        subject: 'Your order is confirmed',
        message: 'Thank you: what you have ordered is yours.',
        price: 'Price',
        note: 'Show the reference where you collect your extras.',
      };
    case 'CANCELLED':
      return {
        subject: 'Your order is cancelled',
        message:
          words === undefined
            ? 'Your order is cancelled.'
            : `The event is cancelled, and your order with it. The organiser writes: ${words}`,
        ...(amount > 0 && { price: 'Given back' }),
        note: 'Your extras cannot be collected any more.',
      };
    default:
      return {
        subject: 'Your order failed',
        message: `Your order could not be fulfilled. ${failure?.detail ?? ''}`.trim(),
        note: 'If you want to try again, please order anew.',
      };
  }
}
