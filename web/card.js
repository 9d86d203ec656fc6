/**
 * How the buyer gives a card. Card numbers never come near this page: what it gets is the id of a payment method, or of a
 * confirmation token.
 *
 * @typedef {{ amount: number, currency: string }} Payment  In minor units.
 *
 * @typedef {object} CardField
 * @property {(payment: Payment) => void} charge tells what is to be paid; 0 as long as nothing is chosen
 * @property {(buyer: { name: string, email: string }) => Promise<{ paymentMethod: string } | { mistake: string }>} read
 * @property {(paymentMethod: string) => void} restore of a purchase that a reload interrupted
 * @property {() => void} focus
 * @property {(clientSecret: string, closed: AbortSignal) => Promise<void>} authenticate shows what the buyer's bank asks,
 *   until it is answered or `closed`; rejects where it cannot be shown. What the bank has said, the server asks the bank.
 *
 * @import { Config } from './config.js'
 */
import { element } from './element.js';
import { StripeCard } from './stripe-card.js';
import { TestCards } from './test-cards.js';

/**
 * @param {Config} config
 * @param {HTMLElement} box filled with the field, or with why there is none
 * @param {string} goods what is paid for: `seats`
 * @returns {Promise<CardField | undefined>} undefined where no cards can be taken
 */
export async function openCardField({ localRun, stripePublishableKey }, box, goods) {
  if (stripePublishableKey) {
    hint(box, 'Loading the card field…');
    return StripeCard.open(stripePublishableKey, box, goods).catch(() =>
      hint(
        box,
        'The card field cannot be loaded: something keeps js.stripe.com away. Please reload the page.',
      ),
    );
  }
  if (localRun) return new TestCards(box);
  return hint(box, 'This box office does not take cards yet.');
}

/**
 * @param {HTMLElement} box
 * @param {string} text
 * @returns {undefined}
 */
function hint(box, text) {
  box.replaceChildren(element('p', { class: 'hint', role: 'status' }, text));
}
