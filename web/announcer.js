import { part } from './element.js';

/**
 * Says it to screen readers, after what they are saying now. While a dialogue is open, it says so: the page behind is silent.
 *
 * @param {string} text
 */
export function announce(text) {
  const region = document.querySelector('dialog[open] [data-announcer]') ?? part('announcer', HTMLElement);
  region.textContent = '';
  // A text that is set in the same turn, or to what it was, is not a change.
  setTimeout(() => (region.textContent = text), 50);
}
