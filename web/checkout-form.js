/**
 * @import { PurchaseRequest } from './api.js'
 * @import { BuyerFields } from './buyer.js'
 */
import { buyerOf, mistakesIn } from './buyer.js';
import { element, part } from './element.js';

/** Stripe's test payment methods, each for one outcome. They stand for cards; a card number never comes here. */
const TEST_CARDS = [
  { paymentMethod: 'pm_card_visa', name: 'Visa', effect: 'pays' },
  { paymentMethod: 'pm_card_chargeDeclined', name: 'Declined card', effect: 'is declined' },
  {
    paymentMethod: 'pm_card_visa_chargeDeclinedInsufficientFunds',
    name: 'Empty account',
    effect: 'is declined: insufficient funds',
  },
  {
    paymentMethod: 'pm_card_authenticationRequired',
    name: '3-D Secure card',
    effect: 'asks for authentication',
  },
];

const FIELDS = /** @type {const} */ (['name', 'email', 'phone']);

/** The buyer's details and the card. */
export class CheckoutForm {
  #form = part('checkout-form', HTMLFormElement);
  #fieldset = part('checkout-fields', HTMLFieldSetElement);
  #button = part('buy', HTMLButtonElement);
  #testCards = false;

  /** @param {(details: Pick<PurchaseRequest, 'buyer' | 'paymentMethod'>) => void} onBuy */
  constructor(onBuy) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      const fields = this.#fields();
      if (this.#showMistakes(mistakesIn(fields))) return;
      onBuy({ buyer: buyerOf(fields), paymentMethod: this.#paymentMethod() });
    });
    for (const name of FIELDS) {
      // Told when the field is left or the form is sent, taken back as soon as it is right.
      this.#input(name).addEventListener('input', () => {
        if (!mistakesIn(this.#fields())[name]) this.#showMistake(name, undefined);
      });
    }
  }

  /** The local run takes test cards. */
  offerTestCards() {
    this.#testCards = true;
    part('card-note', HTMLElement).hidden = true;
    part('cards', HTMLElement).replaceChildren(
      ...TEST_CARDS.map(({ paymentMethod, name, effect }, index) =>
        element(
          'label',
          { class: 'card' },
          element('input', {
            type: 'radio',
            name: 'paymentMethod',
            value: paymentMethod,
            checked: index === 0,
          }),
          element('span', { class: 'card-name' }, name),
          element('span', { class: 'card-effect' }, effect),
        ),
      ),
    );
  }

  /**
   * @param {object} state
   * @param {string} state.label of the button
   * @param {boolean} state.ready there is something to buy
   * @param {boolean} state.locked what is in the form belongs to a purchase that is not settled
   * @param {boolean} state.busy it is running
   */
  show({ label, ready, locked, busy }) {
    this.#fieldset.disabled = locked;
    this.#button.disabled = locked || !ready || !this.#testCards;
    this.#button.ariaBusy = String(busy);
    this.#button.textContent = label;
  }

  /** @param {boolean} hidden */
  hide(hidden) {
    this.#form.hidden = hidden;
  }

  /** @param {PurchaseRequest} request of a purchase that a reload interrupted */
  fill({ buyer, paymentMethod }) {
    for (const name of FIELDS) this.#input(name).value = buyer[name] ?? '';
    for (const card of this.#cards()) card.checked = card.value === paymentMethod;
  }

  focusDetails() {
    this.#input('name').focus();
  }

  focusCards() {
    const cards = this.#cards();
    (cards.find(({ checked }) => checked) ?? cards[0])?.focus();
  }

  submit() {
    this.#form.requestSubmit();
  }

  /** @returns {BuyerFields} */
  #fields() {
    return {
      name: this.#input('name').value,
      email: this.#input('email').value,
      phone: this.#input('phone').value,
    };
  }

  #paymentMethod() {
    return this.#cards().find(({ checked }) => checked)?.value ?? '';
  }

  #cards() {
    return [...this.#form.querySelectorAll('input')].filter(({ name }) => name === 'paymentMethod');
  }

  /** @param {typeof FIELDS[number]} name */
  #input(name) {
    return part(`buyer-${name}`, HTMLInputElement);
  }

  /**
   * @param {Partial<BuyerFields>} mistakes
   * @returns {boolean} whether there are any; the first has the focus then
   */
  #showMistakes(mistakes) {
    for (const name of FIELDS) this.#showMistake(name, mistakes[name]);
    const first = FIELDS.find((name) => mistakes[name]);
    if (first) this.#input(first).focus();
    return first !== undefined;
  }

  /**
   * @param {typeof FIELDS[number]} name
   * @param {string | undefined} mistake
   */
  #showMistake(name, mistake) {
    this.#input(name).ariaInvalid = mistake ? 'true' : null;
    part(`buyer-${name}-mistake`, HTMLElement).textContent = mistake ?? '';
  }
}
