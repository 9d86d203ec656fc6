/**
 * The best seats as a list, for buyers who do not want to search the map, by eye or by keyboard.
 *
 * @import { Seat, SeatMap } from './api.js'
 */
import { announce } from './announcer.js';
import { bestTogether } from './best-available.js';
import { element, part } from './element.js';
import { MAX_SEATS_PER_PURCHASE } from './seat-selection.js';
import { capitalized, money, seatPlaces, seatsCounted } from './wording.js';

export class BestSeats {
  #count = part('best-count', HTMLSelectElement);
  #tier = part('best-tier', HTMLSelectElement);
  #accessible = part('best-accessible', HTMLInputElement);
  #list = part('best-list', HTMLUListElement);
  #note = part('best-note', HTMLElement);
  #onChoose;
  /** @type {SeatMap | undefined} */
  #map;
  #asked = false;
  #locked = false;
  #wishes = '';
  #shown = '';

  /** @param {(seats: Seat[]) => void} onChoose */
  constructor(onChoose) {
    this.#onChoose = onChoose;
    for (let count = 1; count <= MAX_SEATS_PER_PURCHASE; count++) {
      this.#count.append(
        element('option', { value: String(count), selected: count === 2 }, seatsCounted(count)),
      );
    }
    part('best-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#asked = true;
      this.#refresh();
      announce(this.#note.textContent);
    });
    for (const wish of [this.#count, this.#tier, this.#accessible]) {
      wish.addEventListener('change', () => this.#refresh());
    }
  }

  /**
   * @param {SeatMap} map
   * @param {boolean} locked while a purchase runs
   */
  show(map, locked) {
    this.#map = map;
    this.#locked = locked;
    const offered = map.seats.some(({ accessible }) => accessible);
    const wishes = JSON.stringify([map.currency, map.tiers, offered]);
    if (wishes !== this.#wishes) {
      this.#wishes = wishes;
      this.#tier.replaceChildren(
        element('option', { value: '' }, 'Any price'),
        ...map.tiers.map(({ tier, price }) =>
          element('option', { value: tier }, `${capitalized(tier)}, ${money(price, map.currency)}`),
        ),
      );
      part('best-accessible-field', HTMLElement).hidden = !offered;
      if (!offered) this.#accessible.checked = false;
    }
    this.#refresh();
  }

  #refresh() {
    if (!this.#map || !this.#asked) return;
    const { seats, currency } = this.#map;
    const count = Number(this.#count.value);
    const tier = this.#tier.value || undefined;
    const accessible = this.#accessible.checked;
    const groups = bestTogether(seats, { count, tier, accessible });
    const shown = JSON.stringify([groups.map((group) => group[0]?.seatId), count, accessible, this.#locked]);
    // Nothing new: the focus stays where it is.
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#note.textContent =
      groups.length > 0
        ? `Nearest to the middle of the stage, ${groups.length === 1 ? 'one place' : `${groups.length} places`}:`
        : `There are no ${seatsCounted(count)} together${accessible ? ' with an accessible one' : ''}${tier ? ` in ${tier}` : ''} any more.`;
    this.#list.replaceChildren(...groups.map((group) => this.#entry(group, currency)));
  }

  /**
   * @param {Seat[]} group
   * @param {string} currency
   */
  #entry(group, currency) {
    const { section = '', tier = '' } = group[0] ?? {};
    const total = group.reduce((sum, { price }) => sum + price, 0);
    const button = element(
      'button',
      { type: 'button', class: 'best-group', disabled: this.#locked },
      element('strong', {}, seatPlaces(group.map(({ seatId }) => seatId))),
      element('span', {}, `${section}, ${tier}`),
      element('span', { class: 'best-price' }, money(total, currency)),
    );
    button.addEventListener('click', () => this.#onChoose(group));
    return element('li', {}, button);
  }
}
