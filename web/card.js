/**
 * How the buyer gives a card. Card numbers never come near this page: what it gets is a payment method's id.
 *
 * @typedef {object} CardField
 * @property {(buyer: { name: string, email: string }) => Promise<{ paymentMethod: string } | { mistake: string }>} read
 * @property {(paymentMethod: string) => void} restore of a purchase that a reload interrupted
 * @property {() => void} focus
 *
 * @import { Config } from './config.js'
 */
import { element } from './element.js';
import { StripeCard } from './stripe-card.js';
import { TestCards } from './test-cards.js';

/**
 * @param {Config} config
 * @param {HTMLElement} box filled with the field
 * @returns {Promise<CardField | undefined>} undefined where no cards can be taken
 */
export async function openCardField({ localRun, stripePublishableKey }, box) {
  if (stripePublishableKey) return StripeCard.open(stripePublishableKey, box);
  if (localRun) return new TestCards(box);
  box.replaceChildren(element('p', { class: 'hint' }, 'This box office does not take cards yet.'));
  return undefined;
}
