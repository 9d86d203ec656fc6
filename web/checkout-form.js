/**
 * @import { PurchaseRequest, Seat } from './api.js'
 * @import { BuyerFields } from './buyer.js'
 * @import { AddressName, Channel } from './channels.js'
 * @import { CardField, Payment } from './card.js'
 * @import { KnownRequest } from './attempt.js'
 */
import { buyerOf, mistakesIn } from './buyer.js';
import { ADDRESS_FIELDS, ADDRESS_NAMES, CHANNELS, FORM_CHANNELS } from './channels.js';
import { element, part } from './element.js';
import { PaymentFields } from './payment-fields.js';

const TEXTS = /** @type {const} */ (['name', 'email', ...ADDRESS_NAMES]);
/** In the order of the page. */
const FIELDS = /** @type {const} */ ([...TEXTS, 'channels']);

/** The buyer's details and the card. */
export class CheckoutForm {
  #form = part('checkout-form', HTMLFormElement);
  #fieldset = part('checkout-fields', HTMLFieldSetElement);
  #button = part('buy', HTMLButtonElement);
  #marketing = part('buyer-marketing', HTMLInputElement);
  #order;
  #onBuy;
  #paying = new PaymentFields({ group: 'payment', mistake: 'card-mistake' });
  /** @type {Payment} */
  #payment = { amount: 0, currency: '' };
  #reading = false;

  /**
   * @param {() => { eventId: string, seats: readonly Seat[] }} order what the buyer is looking at when pressing Buy
   * @param {(request: PurchaseRequest, seats: readonly Seat[]) => void} onBuy
   * @param {(person: { name: string, email: string }) => void} onTyped
   */
  constructor(order, onBuy, onTyped) {
    this.#order = order;
    this.#onBuy = onBuy;
    part('channels', HTMLElement).append(...FORM_CHANNELS.map(channelBox));
    part('addresses', HTMLElement).append(...ADDRESS_NAMES.map(addressField));
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#buy(this.#payment);
    });
    // Told when the form is sent, taken back as soon as it is right.
    this.#form.addEventListener('input', () => {
      this.#offerChannels();
      onTyped({ name: this.#input('name').value, email: this.#input('email').value });
      const mistakes = mistakesIn(this.#fields());
      for (const field of FIELDS) if (!mistakes[field]) this.#showMistake(field, undefined);
    });
  }

  /** @param {CardField | undefined} card undefined where no cards can be taken: then nothing can be bought */
  takeCardsBy(card) {
    this.#paying.takeCardsBy(card);
  }

  /**
   * @param {string} clientSecret
   * @param {AbortSignal} closed
   */
  askBank(clientSecret, closed) {
    return this.#paying.askBank(clientSecret, closed);
  }

  /**
   * @param {object} state
   * @param {string} state.label of the button
   * @param {boolean} state.ready there is something to buy
   * @param {Payment} state.payment what it costs
   * @param {boolean} state.locked what is in the form belongs to a purchase that is not settled
   * @param {boolean} state.busy it is running
   */
  show({ label, ready, payment, locked, busy }) {
    this.#payment = payment;
    const free = ready && payment.amount === 0;
    this.#paying.show(payment, !free);
    this.#fieldset.disabled = locked;
    this.#button.disabled = locked || !ready || !(free || this.#paying.takesCards);
    this.#button.ariaBusy = String(busy);
    this.#button.textContent = label;
  }

  /** @param {boolean} hidden */
  hide(hidden) {
    this.#form.hidden = hidden;
  }

  /** @param {KnownRequest} request of a purchase that a reload interrupted; of another tab's there is nothing to fill in */
  fill({ buyer, paymentMethod = '' }) {
    if (!buyer) return;
    for (const name of TEXTS) this.#input(name).value = buyer[name] ?? '';
    for (const box of this.#channels())
      box.checked = buyer.channels?.some((each) => each === box.value) ?? true;
    this.#marketing.checked = buyer.marketing ?? false;
    this.#offerChannels();
    this.#paying.restore(paymentMethod);
  }

  /** @param {{ name: string, email: string }} person as typed before a reload */
  fillPerson({ name, email }) {
    this.#input('name').value = name;
    this.#input('email').value = email;
  }

  focusDetails() {
    this.#input('name').focus();
  }

  focusCard() {
    this.#paying.focus();
  }

  focusButton() {
    this.#button.focus();
  }

  /** @param {Payment} [payment] what the buyer agrees to, where it is not what the form shows */
  submit(payment = this.#payment) {
    void this.#buy(payment);
  }

  /** @param {Payment} expectedTotal */
  async #buy(expectedTotal) {
    // "Try again" comes here without the button.
    if (this.#button.disabled || this.#reading) return;
    const fields = this.#fields();
    if (this.#showMistakes(mistakesIn(fields))) return;
    // As it is now: reading the card takes a moment, in which a seat may be lost and the total change.
    const { eventId, seats } = this.#order();
    const buyer = buyerOf(fields);
    this.#reading = true;
    try {
      const card = await this.#paying.read(expectedTotal, buyer);
      if (!card) return;
      this.#onBuy(
        { eventId, seats: seats.map(({ seatId }) => seatId), buyer, ...card, expectedTotal },
        seats,
      );
    } finally {
      this.#reading = false;
    }
  }

  /** @returns {BuyerFields} */
  #fields() {
    const isOffered = !part('channel-choice', HTMLElement).hidden;
    const chosen = this.#channels()
      .filter(({ checked }) => checked || !isOffered)
      .map(({ value }) => value);
    return {
      ...valuesOf(TEXTS, (name) => this.#input(name).value),
      channels: FORM_CHANNELS.filter((channel) => chosen.includes(channel)),
      marketing: this.#marketing.checked,
    };
  }

  /** There is something to choose only where there is an address beside the e-mail's. */
  #offerChannels() {
    part('channel-choice', HTMLElement).hidden = ADDRESS_NAMES.every(
      (name) => !this.#input(name).value.trim(),
    );
  }

  #channels() {
    return [...this.#form.querySelectorAll('input')].filter(({ name }) => name === 'channels');
  }

  /** @param {typeof FIELDS[number]} field the first of the boxes, for the channels */
  #input(field) {
    return field === 'channels'
      ? /** @type {HTMLInputElement} */ (this.#channels()[0])
      : part(`buyer-${field}`, HTMLInputElement);
  }

  /**
   * @param {ReturnType<typeof mistakesIn>} mistakes
   * @returns {boolean} whether there are any; the first has the focus then
   */
  #showMistakes(mistakes) {
    for (const field of FIELDS) this.#showMistake(field, mistakes[field]);
    const first = FIELDS.find((field) => mistakes[field]);
    if (first) this.#input(first).focus();
    return first !== undefined;
  }

  /**
   * @param {typeof FIELDS[number]} field
   * @param {string | undefined} mistake
   */
  #showMistake(field, mistake) {
    if (field !== 'channels') this.#input(field).ariaInvalid = mistake ? 'true' : null;
    part(`buyer-${field}-mistake`, HTMLElement).textContent = mistake ?? '';
  }
}

/** @param {Channel} channel */
function channelBox(channel) {
  const box = element('input', { type: 'checkbox', name: 'channels', value: channel, checked: true });
  return element('label', { class: 'channel' }, box, ` ${CHANNELS[channel].label}`);
}

/** @param {AddressName} name */
function addressField(name) {
  const { label, hint, attributes } = ADDRESS_FIELDS[name];
  const id = `buyer-${name}`;
  const [hintId, mistakeId] = [`${id}-help`, `${id}-mistake`];
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, `${label} `, element('span', { class: 'optional' }, 'optional')),
    element('input', { id, ...attributes, 'aria-describedby': `${hintId} ${mistakeId}` }),
    element('p', { id: hintId, class: 'hint' }, hint),
    element('p', { id: mistakeId, class: 'mistake' }),
  );
}

/**
 * @template {string} Name
 * @param {readonly Name[]} names
 * @param {(name: Name) => string} valueOf
 * @returns {Record<Name, string>}
 */
function valuesOf(names, valueOf) {
  return /** @type {Record<Name, string>} */ (Object.fromEntries(names.map((name) => [name, valueOf(name)])));
}
