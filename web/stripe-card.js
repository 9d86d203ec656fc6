/**
 * A card by Stripe Elements: the field is a frame of Stripe's, from their own host, as they ask for.
 *
 * @import { CardField } from './card.js'
 *
 * @typedef {{ mount(box: HTMLElement): void, focus(): void, update(options: object): void
 *   }} StripeElement
 * @typedef {{ elements(): { create(type: 'card', options: object): StripeElement },
 *   createPaymentMethod(details: object): Promise<{ paymentMethod?: { id: string }, error?: { message?: string } }>
 *   }} Stripe
 */
import { element } from './element.js';

const SCRIPT = 'https://js.stripe.com/v3/';

/** @implements {CardField} */
export class StripeCard {
  #stripe;
  #card;

  /**
   * @param {Stripe} stripe
   * @param {StripeElement} card
   */
  constructor(stripe, card) {
    this.#stripe = stripe;
    this.#card = card;
  }

  /**
   * @param {string} publishableKey
   * @param {HTMLElement} box
   */
  static async open(publishableKey, box) {
    await loadScript();
    const { Stripe } = /** @type {{ Stripe: (key: string) => Stripe }} */ (/** @type {unknown} */ (window));
    const stripe = Stripe(publishableKey);
    const card = stripe.elements().create('card', { style: styleOf(box), hidePostalCode: true });
    const field = element('div', { class: 'stripe-card' });
    box.replaceChildren(field);
    card.mount(field);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
      card.update({ style: styleOf(box) }),
    );
    return new StripeCard(stripe, card);
  }

  /**
   * A new payment method each time: a declined one is of no more use.
   *
   * @param {{ name: string, email: string }} buyer
   */
  async read({ name, email }) {
    const { paymentMethod, error } = await this.#stripe.createPaymentMethod({
      type: 'card',
      card: this.#card,
      billing_details: { name, email },
    });
    if (paymentMethod) return { paymentMethod: paymentMethod.id };
    return { mistake: error?.message ?? 'The card could not be read. Please try again.' };
  }

  /** What the buyer typed is Stripe's, and a reload loses it. */
  restore() {}

  focus() {
    this.#card.focus();
  }
}

function loadScript() {
  const script = element('script', { src: SCRIPT });
  return new Promise((resolve, reject) => {
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => reject(new Error('Stripe.js could not be loaded.')));
    document.head.append(script);
  });
}

/**
 * Inside the frame no style sheet of ours applies, so that the colours go in by value.
 *
 * @param {HTMLElement} box
 */
function styleOf(box) {
  const { color, fontFamily } = getComputedStyle(box);
  const muted = getComputedStyle(document.documentElement).getPropertyValue('--muted');
  return {
    base: { color, fontFamily, fontSize: '16px', iconColor: muted, '::placeholder': { color: muted } },
  };
}
