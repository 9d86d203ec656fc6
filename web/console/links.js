/**
 * Where each thing of the console has its page.
 *
 * @import { Sale } from './purchase-adapter.js'
 */

/** @param {{ id: string }} execution */
export function hrefOfExecution({ id }) {
  return `#/executions/${encodeURIComponent(id)}`;
}

/** @param {Sale} sale */
export function hrefOfSale({ kind, id }) {
  return `#/${kind}s/${encodeURIComponent(id)}`;
}

/** @param {string} paymentIntentId */
export function hrefOfPayment(paymentIntentId) {
  return `#/payments/${encodeURIComponent(paymentIntentId)}`;
}

/** @param {string} text that names something: a reference, a seat, an address */
export function hrefOfSearch(text) {
  return `#/find/${encodeURIComponent(text)}`;
}
