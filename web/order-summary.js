/** @import { SeatSelection } from './seat-selection.js' */
import { announce } from './announcer.js';
import { element, part } from './element.js';
import { MAX_SEATS_PER_PURCHASE } from './seat-selection.js';
import { money, seatPlace, seatsCounted } from './wording.js';

/** The chosen seats with their prices, and the total. */
export class OrderSummary {
  #list = part('order-seats', HTMLUListElement);
  #onRemove;
  #shown = '';

  /** @param {(seatId: string) => void} onRemove */
  constructor(onRemove) {
    this.#onRemove = onRemove;
  }

  /**
   * What the buyer should know about the order, to be seen and to be heard.
   *
   * @param {string} text empty takes it back
   */
  note(text) {
    const note = part('order-note', HTMLElement);
    note.hidden = text === '';
    note.textContent = text;
    if (text) announce(text);
  }

  /**
   * @param {SeatSelection} selection
   * @param {string} currency
   * @param {boolean} locked
   */
  show(selection, currency, locked) {
    const { seats, total } = selection;
    const shown = JSON.stringify([seats, currency, locked]);
    // Nothing new: the focus stays where it is.
    if (shown === this.#shown) return;
    this.#shown = shown;
    part('order-empty', HTMLElement).hidden = seats.length > 0;
    part('order-empty', HTMLElement).textContent =
      `Nothing chosen yet. Choose up to ${MAX_SEATS_PER_PURCHASE} seats in the map or from the best available.`;
    this.#list.replaceChildren(
      ...seats.map((seat) => {
        const remove = element(
          'button',
          { type: 'button', class: 'remove', 'aria-label': `Remove ${seatPlace(seat)}`, disabled: locked },
          '×',
        );
        remove.addEventListener('click', () => this.#onRemove(seat.seatId));
        return element(
          'li',
          {},
          element('span', { class: 'order-place' }, seatPlace(seat)),
          element('span', { class: 'order-tier' }, `${seat.section}, ${seat.tier}`),
          element('span', { class: 'order-price' }, money(seat.price, currency)),
          remove,
        );
      }),
    );
    part('order-total', HTMLElement).hidden = seats.length === 0;
    part('order-total-count', HTMLElement).textContent = seatsCounted(seats.length);
    part('order-total-amount', HTMLElement).textContent = money(total, currency);

    part('basket-bar', HTMLElement).hidden = seats.length === 0;
    part('basket-bar-text', HTMLElement).textContent =
      `${seatsCounted(seats.length)}, ${money(total, currency)}`;
  }
}
