/**
 * What the payment server has taken and given back.
 *
 * @import { Payment } from './control-routes.js'
 * @import { ViewContext } from './router.js'
 */
import { element } from '../element.js';
import { dateAndTime, money } from './format.js';
import { badge, empty, onNextFrame } from './page.js';

const COLUMNS = ['Payment', 'Status', 'Captured', 'Refunded', 'Method', 'Idempotency keys'];

/** @param {ViewContext} context */
export function showPayments({ main, store, signal }) {
  const body = element('tbody');
  const nothing = empty('No payment yet.');
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
  main.append(element('header', { class: 'view-header' }, element('h1', {}, 'Payments')), box, nothing);

  const draw = () => {
    body.replaceChildren(...store.payments.map(row));
    nothing.hidden = store.payments.length > 0;
    box.hidden = store.payments.length === 0;
  };
  store.on(['payments'], onNextFrame(draw, signal), signal);
  draw();
}

/** @param {Payment} payment */
function row(payment) {
  const { paymentIntentId, status, currency, captured, refunded, paymentMethod, idempotencyKeys, created } =
    payment;
  return element(
    'tr',
    { 'data-intent': paymentIntentId },
    element(
      'th',
      { scope: 'row' },
      element('span', { class: 'mono' }, paymentIntentId),
      element('p', { class: 'note' }, dateAndTime(created)),
    ),
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
