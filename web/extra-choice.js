/** @import { Extra, OrderItem } from './api.js' */

/** Of one extra, and of different ones: the API takes no more in one order. */
const MAX_QUANTITY = 100;
export const MAX_ITEMS = 10;

/** What the buyer wants of an event's extras. */
export class ExtraChoice {
  /** @type {readonly Extra[]} */
  #extras = [];
  /** @type {Map<string, number>} */
  #quantities = new Map();

  get extras() {
    return this.#extras;
  }

  /**
   * What is for sale now. Where less is left than was chosen, as much as there is.
   *
   * @param {readonly Extra[]} extras
   * @returns {Extra[]} those that less is chosen of than before
   */
  offer(extras) {
    const before = this.#extras;
    this.#extras = extras;
    const short = extras.filter((extra) => this.quantityOf(extra) > mostOf(extra));
    for (const extra of short) this.choose(extra, mostOf(extra));
    const gone = before.filter(({ extraId }) => this.#quantities.has(extraId) && !this.#find(extraId));
    for (const { extraId } of gone) this.#quantities.delete(extraId);
    return [...short, ...gone];
  }

  /** @param {Pick<Extra, 'extraId'>} extra */
  quantityOf({ extraId }) {
    return this.#quantities.get(extraId) ?? 0;
  }

  /**
   * @param {Extra} extra
   * @param {number} quantity brought between none and what is left
   * @returns {boolean} false when it would be one extra too many for one order
   */
  choose(extra, quantity) {
    const { extraId } = extra;
    const wanted = Math.max(0, Math.min(Math.trunc(quantity) || 0, mostOf(extra)));
    if (wanted === 0) this.#quantities.delete(extraId);
    else if (this.#quantities.has(extraId) || this.#quantities.size < MAX_ITEMS)
      this.#quantities.set(extraId, wanted);
    else return false;
    return true;
  }

  /** @param {readonly OrderItem[]} items of an order that a reload interrupted */
  replace(items) {
    this.#quantities = new Map(items.map(({ extraId, quantity }) => [extraId, quantity]));
  }

  clear() {
    this.#quantities.clear();
  }

  /** @returns {OrderItem[]} in the order of the list */
  get items() {
    return this.chosen.map(({ extraId }) => ({ extraId, quantity: this.#quantities.get(extraId) ?? 0 }));
  }

  /** @returns {Extra[]} */
  get chosen() {
    return this.#extras.filter(({ extraId }) => this.#quantities.has(extraId));
  }

  /** Minor units. */
  get total() {
    return this.chosen.reduce((sum, extra) => sum + extra.price * this.quantityOf(extra), 0);
  }

  get count() {
    return this.chosen.reduce((sum, extra) => sum + this.quantityOf(extra), 0);
  }

  /** @param {string} extraId */
  #find(extraId) {
    return this.#extras.some((extra) => extra.extraId === extraId);
  }
}

/** @param {Extra} extra */
export function mostOf({ available }) {
  return Math.min(available, MAX_QUANTITY);
}
