import { emailHtml } from '../notification/email-html';
import { referenceOf } from '../shared/reference';
import { price } from '../shared/wording';
import { type Order } from './order';

/** The e-mail that tells what has become of an order: that it is confirmed, or why it failed. */
export function orderEmail({ orderId, status, items, buyer, amount = 0, currency, failure }: Order) {
  const isConfirmed = status === 'CONFIRMED';
  const subject = isConfirmed ? 'Your order is confirmed' : 'Your order failed';
  const ordered = items.map(({ name, extraId, quantity }) => `${quantity} × ${name ?? extraId}`);
  const facts: [label: string, value: string][] = [
    ['Ordered', ordered.join(', ')],
    ...(isConfirmed && currency ? ([['Price', price(amount, currency)]] as [string, string][]) : []),
    ['Reference', referenceOf(orderId)],
  ];
  const greeting = `Hello ${buyer.name},`;
  const message = isConfirmed
    ? 'Thank you: what you have ordered is yours.'
    : `Your order could not be fulfilled. ${failure?.detail ?? ''}`.trim();
  const note = isConfirmed
    ? 'Show the reference where you collect your extras.'
    : 'If you want to try again, please order anew.';
  return {
    subject,
    text: [
      greeting,
      '',
      message,
      '',
      ...facts.map(([label, value]) => `${label}: ${value}`),
      '',
      note,
      '',
    ].join('\n'),
    html: emailHtml({ subject, greeting, message, facts, note }),
  };
}
