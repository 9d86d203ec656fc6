/** @import { CardField } from './card.js' */
import { element } from './element.js';
import { openTestBank } from './test-bank.js';

/** Stripe's test payment methods, each for one outcome. */
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
  {
    paymentMethod: 'pm_card_threeDSecureRequiredChargeDeclined',
    name: '3-D Secure, declined',
    effect: 'asks for authentication, then is declined',
  },
];

/**
 * The cards of the local run.
 *
 * @implements {CardField}
 */
export class TestCards {
  #cards;

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#cards = TEST_CARDS.map(({ paymentMethod }, index) =>
      element('input', {
        type: 'radio',
        name: 'paymentMethod',
        value: paymentMethod,
        checked: index === 0,
      }),
    );
    box.replaceChildren(
      ...TEST_CARDS.map(({ name, effect }, index) =>
        element(
          'label',
          { class: 'card' },
          /** @type {HTMLInputElement} */ (this.#cards[index]),
          element('span', { class: 'card-name' }, name),
          element('span', { class: 'card-effect' }, effect),
        ),
      ),
    );
  }

  charge() {}

  async read() {
    return { paymentMethod: this.#chosen?.value ?? '' };
  }

  /** @param {string} paymentMethod */
  restore(paymentMethod) {
    for (const card of this.#cards) card.checked = card.value === paymentMethod;
  }

  focus() {
    this.#chosen?.focus();
  }

  /**
   * @param {string} clientSecret
   * @param {AbortSignal} closed
   */
  authenticate(clientSecret, closed) {
    return openTestBank(clientSecret, closed);
  }

  get #chosen() {
    return this.#cards.find(({ checked }) => checked);
  }
}
