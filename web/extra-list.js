/**
 * The extras of an event, each with as many as the buyer wants of it.
 *
 * @import { Extra } from './api.js'
 * @import { ExtraChoice } from './extra-choice.js'
 */
import { element, part } from './element.js';
import { mostOf } from './extra-choice.js';
import { money } from './wording.js';

/** From here on down the buyer sees how many are left. */
const FEW = 20;

export class ExtraList {
  #list = part('extras-list', HTMLUListElement);
  #onChoose;
  #shown = '';

  /** @param {(extra: Extra, quantity: number) => void} onChoose */
  constructor(onChoose) {
    this.#onChoose = onChoose;
  }

  /**
   * @param {ExtraChoice} choice
   * @param {string} currency
   */
  show(choice, currency) {
    const layout = JSON.stringify([choice.extras, currency]);
    if (layout !== this.#shown) {
      this.#shown = layout;
      const focused = document.activeElement?.id;
      this.#list.replaceChildren(...choice.extras.map((extra) => this.#entry(extra, choice, currency)));
      if (focused) document.getElementById(focused)?.focus();
    }
    for (const extra of choice.extras) showQuantity(extra, choice.quantityOf(extra));
  }

  /** The first that can be had. */
  focus() {
    this.#list.querySelector('input')?.focus();
  }

  /**
   * @param {Extra} extra
   * @param {ExtraChoice} choice
   * @param {string} currency
   */
  #entry(extra, choice, currency) {
    const { name, price } = extra;
    const [inputId, leftId] = [idOf(extra, 'quantity'), idOf(extra, 'left')];
    const most = mostOf(extra);
    const words = [
      element(most > 0 ? 'label' : 'span', { class: 'extra-name', ...(most > 0 && { for: inputId }) }, name),
      element('span', { class: 'extra-price' }, money(price, currency)),
      element('span', { id: leftId, class: 'extra-left' }, left(extra)),
    ];
    if (most === 0) return element('li', { class: 'extra', 'data-sold-out': true }, ...words);
    const input = element('input', {
      ...{ id: inputId, type: 'number', inputmode: 'numeric', min: '0', max: String(most), step: '1' },
      'aria-describedby': leftId,
    });
    // While it is typed it may be empty for a moment. `change` alone does not tell of what is typed over a number that we wrote.
    input.addEventListener('input', () => {
      if (input.value !== '') this.#onChoose(extra, input.valueAsNumber);
    });
    input.addEventListener('change', () => this.#onChoose(extra, input.valueAsNumber));
    const step = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {number} */ by) => {
      const id = idOf(extra, by < 0 ? 'less' : 'more');
      const button = element('button', { id, type: 'button', 'aria-label': `${label} ${name}` }, sign);
      button.addEventListener('click', () => this.#onChoose(extra, choice.quantityOf(extra) + by));
      return button;
    };
    const stepper = element(
      'span',
      { class: 'stepper' },
      step('−', 'One less:', -1),
      input,
      step('+', 'One more:', 1),
    );
    return element('li', { class: 'extra' }, ...words, stepper);
  }
}

/** @param {Extra} extra */
function left({ available }) {
  if (available === 0) return 'Sold out';
  return available > FEW ? 'Available' : `${available} left`;
}

/**
 * @param {Extra} extra
 * @param {number} quantity
 */
function showQuantity(extra, quantity) {
  const input = document.getElementById(idOf(extra, 'quantity'));
  if (!(input instanceof HTMLInputElement)) return;
  input.value = String(quantity);
  part(idOf(extra, 'less'), HTMLButtonElement).ariaDisabled = String(quantity === 0);
  part(idOf(extra, 'more'), HTMLButtonElement).ariaDisabled = String(quantity === mostOf(extra));
}

/**
 * @param {Extra} extra
 * @param {string} what
 */
function idOf({ extraId }, what) {
  return `extra-${extraId}-${what}`;
}
