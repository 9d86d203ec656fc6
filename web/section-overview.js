/**
 * @import { Seat, SeatMap } from './api.js'
 *
 * @typedef {{ free: number, from: number, to: number }} Count  Prices in minor units.
 */
import { element, part } from './element.js';
import { money, seatsCounted } from './wording.js';

/** The sections of the hall: what is free in each, and for how much. Chosen here, one is gone to. */
export class SectionOverview {
  #list = part('sections', HTMLUListElement);
  #onChoice;
  /** As last seen: a hall that is too large to show all of it tells the seats of one section at a time. @type {Map<string, Count>} */
  #counts = new Map();
  /** @type {string | undefined} */
  #wanted;
  #shown = '';

  /** @param {(section: string) => void} onChoice */
  constructor(onChoice) {
    this.#onChoice = onChoice;
  }

  /** @returns {string | undefined} which section to ask for; undefined where the answer has them all */
  get section() {
    return this.#wanted;
  }

  /** @param {SeatMap} map */
  show({ section, sections, seats, currency }) {
    for (const [name, count] of countsOf(seats)) this.#counts.set(name, count);
    if (section !== undefined) this.#wanted ??= section;
    const entries = sections.map(({ section: name, seats: size }) => ({
      name,
      size,
      count: this.#counts.get(name),
      isShown: name === this.#wanted,
    }));
    const shown = JSON.stringify([entries, currency]);
    // Nothing new: the focus stays where it is.
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = this.#list.contains(document.activeElement) && document.activeElement;
    const { section: name } = focused instanceof HTMLElement ? focused.dataset : {};
    this.#list.hidden = sections.length < 2;
    this.#list.replaceChildren(...entries.map((entry) => this.#entry(entry, currency)));
    if (name !== undefined) this.#buttonOf(name)?.focus();
  }

  /**
   * @param {{ name: string, size: number, count: Count | undefined, isShown: boolean }} section
   * @param {string} currency
   */
  #entry({ name, size, count, isShown }, currency) {
    const button = element(
      'button',
      { type: 'button', class: 'section-button', 'data-section': name, 'aria-current': isShown && 'true' },
      element('strong', {}, name),
      element('span', {}, count ? `${count.free} of ${seatsCounted(size)} free` : seatsCounted(size)),
      element('span', { class: 'section-price' }, count ? prices(count, currency) : ''),
    );
    button.addEventListener('click', () => {
      if (this.#wanted !== undefined) this.#wanted = name;
      this.#onChoice(name);
    });
    return element('li', {}, button);
  }

  /** @param {string} name */
  #buttonOf(name) {
    return [...this.#list.querySelectorAll('button')].find(({ dataset }) => dataset.section === name);
  }
}

/**
 * @param {readonly Seat[]} seats
 * @returns {Map<string, Count>}
 */
function countsOf(seats) {
  /** @type {Map<string, Count>} */
  const counts = new Map();
  for (const { section, status, price } of seats) {
    let count = counts.get(section);
    if (!count) counts.set(section, (count = { free: 0, from: price, to: price }));
    if (status === 'AVAILABLE') count.free++;
    count.from = Math.min(count.from, price);
    count.to = Math.max(count.to, price);
  }
  return counts;
}

/**
 * @param {Count} count
 * @param {string} currency
 */
function prices({ from, to }, currency) {
  return from === to ? money(from, currency) : `${money(from, currency)} to ${money(to, currency)}`;
}
