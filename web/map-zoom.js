import { announce } from './announcer.js';
import { element, part } from './element.js';

/** Of one step in or out. */
const STEP = 1.5;
/** Width of a seat in CSS pixels: below it a finger ("Target Size (Minimum)", WCAG 2.2), or a mouse, misses it. */
const SMALLEST_TARGET = { touch: 24, mouse: 12 };
const COMFORTABLE = 36;
const LARGEST = 72;

/**
 * How large the hall is drawn. seat-map.css makes a seat as wide as the widest row allows, times the zoom: at 1, the whole hall is in
 * sight. So it begins, unless the seats were too small for a mouse.
 */
export class MapZoom {
  #grid;
  #out = part('zoom-out', HTMLButtonElement);
  #whole = part('zoom-whole', HTMLButtonElement);
  #in = part('zoom-in', HTMLButtonElement);
  #zoom = 1;

  /** @param {HTMLElement} grid */
  constructor(grid) {
    this.#grid = grid;
    this.#out.addEventListener('click', () => this.#to(this.#zoom / STEP));
    this.#in.addEventListener('click', () => this.#to(this.#zoom * STEP));
    this.#whole.addEventListener('click', () => this.#to(1));
  }

  /**
   * Makes room for a hall that is drawn next. One seat stands for all while it is measured: to lay out thousands takes seconds on a
   * phone, and once is enough.
   *
   * @param {number} widest seats of its widest row
   */
  fit(widest) {
    this.#grid.style.setProperty('--widest-row', String(widest));
    this.#grid.replaceChildren(element('div', { class: 'seat' }));
    this.#set(SMALLEST_TARGET.mouse / this.#wholeWidth);
  }

  /**
   * Makes the seats around this one large enough.
   *
   * @param {HTMLElement} seat
   * @param {'touch' | 'mouse'} pointer
   * @returns {boolean} false where they are already
   */
  comeClose(seat, pointer) {
    const width = this.#wholeWidth * this.#zoom;
    // Rounded down by a browser, 12 may be 11.99.
    if (width > SMALLEST_TARGET[pointer] - 0.5) return false;
    this.#to(COMFORTABLE / this.#wholeWidth);
    seat.scrollIntoView({ inline: 'center', block: 'center' });
    announce('The map is larger now. Choose a seat.');
    return true;
  }

  /** Width of a seat while the whole hall is in sight. */
  get #wholeWidth() {
    const seat = this.#grid.querySelector('.seat');
    return seat ? seat.getBoundingClientRect().width / this.#zoom : COMFORTABLE;
  }

  /** @param {number} wanted */
  #to(wanted) {
    const box = this.#grid.closest('.map-box');
    const middle = box ? (box.scrollLeft + box.clientWidth / 2) / box.scrollWidth : 0;
    this.#set(wanted);
    if (box) box.scrollLeft = middle * box.scrollWidth - box.clientWidth / 2;
  }

  /** @param {number} wanted */
  #set(wanted) {
    const most = LARGEST / this.#wholeWidth;
    this.#zoom = Math.max(1, Math.min(wanted, most));
    this.#grid.style.setProperty('--zoom', String(this.#zoom));
    // Said and not done: whoever presses a button that is then disabled would lose the focus.
    for (const button of [this.#out, this.#whole]) button.ariaDisabled = String(this.#zoom === 1);
    this.#in.ariaDisabled = String(this.#zoom === most);
  }
}
