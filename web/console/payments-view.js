/**
 * What the payment server has taken and given back.
 *
 * @import { Payment } from './control-routes.js'
 * @import { ViewContext } from './router.js'
 */
import { element } from '../element.js';
import { dateAndTime, money } from './format.js';
import { hrefOfPayment, hrefOfSale } from './links.js';
import { badge, empty, onNextFrame } from './page.js';
import { saleOfPayment } from './sale-records.js';

const COLUMNS = ['Payment', 'Of', 'Status', 'Captured', 'Refunded', 'Method', 'Idempotency keys'];

/** @param {ViewContext} context */
export function showPayments({ main, store, id, signal }) {
  const body = element('tbody');
  const nothing = empty('');
  const table = element(
    'table',
    { class: 'payments' },
    element('thead', {}, element('tr', {}, ...COLUMNS.map((name) => element('th', { scope: 'col' }, name)))),
    body,
  );
  const box = element(
    'div',
    { class: 'scroll card', tabindex: '0', role: 'region', 'aria-label': 'Payments' },
    table,
  );
  main.append(
    ...(id ? [element('p', {}, element('a', { href: '#/payments', class: 'back' }, 'All payments'))] : []),
    element('header', { class: 'view-header' }, element('h1', {}, id ? 'Payment' : 'Payments')),
    ...[box, nothing],
  );

  const draw = () => {
    const payments = store.payments.filter(({ paymentIntentId }) => !id || paymentIntentId === id);
    body.replaceChildren(...payments.map(row));
    nothing.textContent = !store.loaded ? 'Loading …' : id ? `There is no payment ${id}.` : 'No payment yet.';
    nothing.hidden = payments.length > 0;
    box.hidden = payments.length === 0;
  };
  store.on(['payments'], onNextFrame(draw, signal), signal);
  draw();
}

/** @param {Payment} payment */
function row(payment) {
  const { paymentIntentId, status, currency, captured, refunded, paymentMethod, idempotencyKeys, created } =
    payment;
  const sale = saleOfPayment(payment);
  return element(
    'tr',
    { 'data-intent': paymentIntentId },
    element(
      'th',
      { scope: 'row' },
      element('a', { class: 'mono', href: hrefOfPayment(paymentIntentId) }, paymentIntentId),
      element('p', { class: 'note' }, dateAndTime(created)),
    ),
    element('td', {}, ...(sale ? [element('a', { href: hrefOfSale(sale) }, sale.kind)] : ['nothing known'])),
    element('td', {}, badge(toneOf(payment), status.replaceAll('_', ' '))),
    element('td', { class: 'number' }, money(captured, currency)),
    element('td', { class: 'number' }, money(refunded, currency)),
    element('td', { class: 'mono' }, paymentMethod ?? ''),
    element(
      'td',
      {},
      element('ul', { class: 'keys mono' }, ...idempotencyKeys.map((key) => element('li', {}, key))),
    ),
  );
}

/** @param {Payment} payment */
function toneOf({ status, captured, refunded }) {
  if (captured > 0) return refunded > 0 ? 'undo' : 'good';
  return status === 'canceled' ? 'undo' : 'warn';
}
