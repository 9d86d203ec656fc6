/**
 * @import { CardField, Payment } from './card.js'
 */
import { part } from './element.js';

/** @type {{ paymentMethod?: string }} */
const NO_CARD = {};

/** The part of a form by which it is paid: hidden where there is nothing to pay. The card field may come late. */
export class PaymentFields {
  #ids;
  /** @type {CardField | undefined} */
  #card;
  /** What `restore` was asked for, while there was no card field yet. */
  #paymentMethod = '';
  /** @type {Payment} */
  #payment = { amount: 0, currency: '' };
  /** @type {(card: CardField | undefined) => void} */
  #foundCard = () => {};
  /** @type {Promise<CardField | undefined>} */
  #found = new Promise((resolve) => (this.#foundCard = resolve));

  /**
   * @param {object} ids of the elements of the page
   * @param {string} ids.group
   * @param {string} ids.mistake
   */
  constructor(ids) {
    this.#ids = ids;
  }

  /** @param {CardField | undefined} card undefined where no cards can be taken: then only what is free can be had */
  takeCardsBy(card) {
    this.#card = card;
    card?.charge(this.#payment);
    if (this.#paymentMethod) card?.restore(this.#paymentMethod);
    this.#foundCard(card);
  }

  /**
   * @param {Payment} payment
   * @param {boolean} needed whether it is asked for
   */
  show(payment, needed) {
    this.#payment = payment;
    this.#card?.charge(payment);
    part(this.#ids.group, HTMLElement).hidden = !needed;
  }

  get takesCards() {
    return this.#card !== undefined;
  }

  /** @param {string} paymentMethod of an attempt that a reload interrupted */
  restore(paymentMethod) {
    this.#paymentMethod = paymentMethod;
    if (paymentMethod) this.#card?.restore(paymentMethod);
  }

  focus() {
    this.#card?.focus();
  }

  /**
   * @param {Payment} payment which the buyer agrees to
   * @param {{ name: string, email: string }} buyer
   * @returns {Promise<{ paymentMethod?: string } | undefined>} undefined when there is a mistake: it is shown, and has the focus
   */
  async read(payment, buyer) {
    this.#card?.charge(payment);
    const card = payment.amount === 0 ? NO_CARD : await this.#read(buyer);
    const mistake = 'mistake' in card ? card.mistake : '';
    part(this.#ids.mistake, HTMLElement).textContent = mistake;
    if (!('mistake' in card)) return card;
    this.focus();
    return undefined;
  }

  /**
   * @param {string} clientSecret
   * @param {AbortSignal} closed
   */
  async askBank(clientSecret, closed) {
    const card = await this.#found;
    if (!card) throw new Error('There is no card field.');
    await card.authenticate(clientSecret, closed);
  }

  /** @param {{ name: string, email: string }} buyer */
  async #read(buyer) {
    return (await this.#card?.read(buyer)) ?? { mistake: 'Cards cannot be taken at the moment.' };
  }
}
