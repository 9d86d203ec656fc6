/**
 * A card, or a wallet that holds one, by Stripe's Payment Element: frames of Stripe's, from their own host, as they ask for.
 * What the page gets is a confirmation token, which is good for one payment and for 12 hours.
 *
 * Stripe's pages, read November 2026: "Finalize payments on the server", "Create an Elements instance without an intent",
 * "Create a ConfirmationToken with Elements", "Handle a next action". Tried here against a stand-in for Stripe.js alone: the
 * real one needs a key.
 *
 * @import { CardField, Payment } from './card.js'
 *
 * @typedef {{ mount(box: HTMLElement): void, focus(): void }} PaymentElement
 * @typedef {{ create(type: 'payment', options: object): PaymentElement, update(options: object): unknown,
 *   submit(): Promise<{ error?: { message?: string } }> }} Elements
 * @typedef {{ elements(options: object): Elements, createConfirmationToken(options: object):
 *   Promise<{ confirmationToken?: { id: string }, error?: { message?: string } }>,
 *   handleNextAction(options: { clientSecret: string }): Promise<{ error?: { type?: string, message?: string } }> }} Stripe
 */
import { element } from './element.js';

/** A fixed release, that of the API version which the functions use: a later one may change what is called here. */
const SCRIPT = 'https://js.stripe.com/endive/stripe.js';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** @implements {CardField} */
export class StripeCard {
  #stripe;
  #box;
  #goods;
  /** @type {{ elements: Elements, field: PaymentElement } | undefined} none as long as there is nothing to pay */
  #open;
  /** What Stripe's frame shows, so that it is only sent changes. */
  #shown = '';

  /**
   * @param {Stripe} stripe
   * @param {HTMLElement} box
   * @param {string} goods what is paid for: `seats`
   */
  constructor(stripe, box, goods) {
    this.#stripe = stripe;
    this.#box = box;
    this.#goods = goods;
    dark.addEventListener('change', () => this.#open?.elements.update({ appearance: appearanceOf(box) }));
  }

  /**
   * @param {string} publishableKey
   * @param {HTMLElement} box
   * @param {string} goods
   */
  static async open(publishableKey, box, goods) {
    await loadScript();
    const { Stripe } = /** @type {{ Stripe: (key: string) => Stripe }} */ (/** @type {unknown} */ (window));
    const card = new StripeCard(Stripe(publishableKey), box, goods);
    box.replaceChildren(
      element(
        'p',
        { class: 'hint' },
        `Choose your ${goods}, then pay here: by card, or by a wallet of this device.`,
      ),
    );
    return card;
  }

  /**
   * Wallets show the amount, so that they must know it before the buyer opens one.
   *
   * @param {Payment} payment
   */
  charge({ amount, currency }) {
    const shown = `${amount} ${currency}`;
    if (amount === 0 || shown === this.#shown) return;
    this.#shown = shown;
    const payment = { amount, currency: currency.toLowerCase() };
    if (this.#open) return void this.#open.elements.update(payment);
    const elements = this.#stripe.elements({
      ...payment,
      mode: 'payment',
      // As the server creates the intent: with another one, Stripe refuses the token.
      captureMethod: 'manual',
      // Apple Pay and Google Pay are cards to Stripe. Whatever sends the buyer to another page is left out: the payment is
      // made on the server, without redirects.
      allowedPaymentMethodTypes: ['card'],
      appearance: appearanceOf(this.#box),
    });
    // The form above asks for them, and they are sent with the token.
    const fields = { billingDetails: { name: 'never', email: 'never' } };
    const field = elements.create('payment', { fields });
    const place = element('div', {});
    this.#box.replaceChildren(place);
    field.mount(place);
    this.#open = { elements, field };
  }

  /**
   * A new token each time: a declined one is of no more use.
   *
   * @param {{ name: string, email: string }} buyer
   */
  async read({ name, email }) {
    const elements = this.#open?.elements;
    if (!elements) return { mistake: `Choose your ${this.#goods} first.` };
    // Called first: a wallet opens only directly after the click.
    const { error: incomplete } = await elements.submit();
    if (incomplete) return mistake(incomplete);
    const params = { payment_method_data: { billing_details: { name, email } } };
    const { confirmationToken, error } = await this.#stripe.createConfirmationToken({ elements, params });
    return confirmationToken ? { paymentMethod: confirmationToken.id } : mistake(error);
  }

  /** The buyer typed into Stripe's frame, so a reload loses it. */
  restore() {}

  focus() {
    this.#open?.field.focus();
  }

  /**
   * Stripe shows the bank's question in a window over the page, and closes it itself. A refusal by the bank or by the buyer is
   * an answer; so is that the payment waits for none any more, for which Stripe.js throws.
   *
   * @param {string} clientSecret
   * @param {AbortSignal} closed
   */
  async authenticate(clientSecret, closed) {
    const isClosed = new Promise((resolve) => closed.addEventListener('abort', resolve));
    const answer = this.#stripe.handleNextAction({ clientSecret });
    await Promise.race([answer, isClosed]);
  }
}

/** @param {{ message?: string } | undefined} error */
function mistake(error) {
  return { mistake: error?.message ?? 'The card could not be read. Please try again.' };
}

/** Once, for the seats and for the extras. @type {Promise<unknown> | undefined} */
let loading;

function loadScript() {
  const script = element('script', { src: SCRIPT });
  return (loading ??= new Promise((resolve, reject) => {
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => reject(new Error('Stripe.js could not be loaded.')));
    document.head.append(script);
  }));
}

/**
 * Inside the frame no style sheet of ours applies, so that the colours go in by value.
 *
 * @param {HTMLElement} box
 */
function appearanceOf(box) {
  const { color, fontFamily } = getComputedStyle(box);
  const ours = getComputedStyle(document.documentElement);
  const colour = (/** @type {string} */ name) => ours.getPropertyValue(name).trim();
  return {
    theme: dark.matches ? 'night' : 'stripe',
    variables: {
      ...{ fontFamily, fontSizeBase: '16px', borderRadius: '10px', colorText: color },
      ...{ colorPrimary: colour('--accent'), colorBackground: colour('--surface') },
    },
  };
}
