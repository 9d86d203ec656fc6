/**
 * @import { Seat, SeatMap as SeatMapAnswer } from './api.js'
 * @import { SeatSelection } from './seat-selection.js'
 * @import { Position } from './seat-focus.js'
 * @import { Section } from './seat-layout.js'
 */
import { element } from './element.js';
import { nextPosition } from './seat-focus.js';
import { layoutKey, sectionsOf } from './seat-layout.js';
import { money, seatName } from './wording.js';

/** What a seat shows beside its colour. */
const MARKS = { AVAILABLE: '', HELD: '', SOLD: '×', BLOCKED: '×' };

/** As a text, so that it has the colour of the seat and not a picture's. */
export const ACCESSIBLE_MARK = '♿\ufe0e';

/**
 * The hall as a grid: one tab stop, arrow keys inside. Taken seats can be reached too, so that buyers who cannot see the
 * map learn what it looks like.
 */
export class SeatMap {
  #grid;
  #selection;
  #onToggle;
  #currency = '';
  /** @type {HTMLElement[][]} */
  #rows = [];
  /** @type {Map<string, Seat>} */
  #seats = new Map();
  /** @type {Position} */
  #focus = { row: 0, column: 0 };
  #layout = '';
  #locked = false;

  /**
   * @param {HTMLElement} grid has the role `grid`
   * @param {SeatSelection} selection
   * @param {(seat: Seat) => void} onToggle
   */
  constructor(grid, selection, onToggle) {
    this.#grid = grid;
    this.#selection = selection;
    this.#onToggle = onToggle;
    grid.addEventListener('keydown', (event) => this.#onKey(event));
    grid.addEventListener('click', ({ target }) => {
      const cell = target instanceof Element ? target.closest('[data-seat]') : undefined;
      if (cell instanceof HTMLElement) this.#activate(cell);
    });
  }

  /**
   * Draws the map, or, when it is the same hall as before, only what has changed: the focus stays where it is.
   *
   * @param {SeatMapAnswer} map
   */
  show(map) {
    const { seats, tiers, currency } = map;
    this.#currency = currency;
    this.#seats = new Map(seats.map((seat) => [seat.seatId, seat]));
    const layout = layoutKey(map);
    if (layout !== this.#layout) {
      this.#layout = layout;
      this.#draw(
        sectionsOf(seats),
        tiers.map(({ tier }) => tier),
      );
      this.#scrollToMiddle();
    }
    this.refresh();
  }

  /** Shows the selection and the statuses as they are now. */
  refresh() {
    for (const cell of this.#rows.flat()) {
      const seat = this.#seatOf(cell);
      const selected = this.#selection.has(seat.seatId);
      cell.dataset.status = selected ? 'SELECTED' : seat.status;
      cell.dataset.mark = selected
        ? '✓'
        : MARKS[seat.status] || (seat.accessible ? ACCESSIBLE_MARK : String(seat.number));
      cell.title = cell.ariaLabel = seatName(seat, this.#currency, selected);
      cell.ariaSelected = String(selected);
      cell.ariaDisabled = String(this.#locked || (!selected && seat.status !== 'AVAILABLE'));
    }
  }

  /**
   * While a purchase runs its seats stay as they are.
   *
   * @param {boolean} locked
   */
  lock(locked) {
    this.#locked = locked;
    this.#grid.toggleAttribute('data-locked', locked);
    this.refresh();
  }

  focus() {
    this.#cellAt(this.#focus)?.focus();
  }

  /**
   * @param {Section[]} sections
   * @param {string[]} tiers
   */
  #draw(sections, tiers) {
    this.#rows = [];
    this.#focus = { row: 0, column: 0 };
    const groups = sections.map(({ section, rows }) =>
      element(
        'div',
        { role: 'rowgroup', 'aria-label': section, class: 'section' },
        element('p', { class: 'section-name', 'aria-hidden': 'true' }, section),
        ...rows.map(({ row, tier, price, seats }) => {
          const cells = seats.map(({ seatId }) => this.#cell(seatId, tiers.indexOf(tier)));
          this.#rows.push(cells);
          return element(
            'div',
            { role: 'row', class: 'row' },
            element('span', { role: 'rowheader', class: 'row-name', 'aria-label': `Row ${row}` }, row),
            element('div', { role: 'presentation', class: 'row-seats' }, ...cells),
            element('span', { class: 'row-price', 'aria-hidden': 'true' }, money(price, this.#currency)),
          );
        }),
      ),
    );
    this.#grid.replaceChildren(...groups);
    this.#cellAt(this.#focus)?.setAttribute('tabindex', '0');
  }

  /** On a narrow screen the best seats are in the middle, and the edge would hide the stage's name. */
  #scrollToMiddle() {
    const box = this.#grid.closest('.map-box');
    if (box) box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2;
  }

  /**
   * @param {string} seatId
   * @param {number} tier index in the price list
   */
  #cell(seatId, tier) {
    return element('div', {
      role: 'gridcell',
      class: `seat tier-${tier % 5}`,
      'data-seat': seatId,
      tabindex: '-1',
    });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.altKey || event.metaKey) return;
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      const cell = this.#cellAt(this.#focus);
      if (cell) this.#activate(cell);
      return;
    }
    const lengths = this.#rows.map(({ length }) => length);
    const position = nextPosition(lengths, this.#focus, event.key, event.ctrlKey);
    if (!position) return;
    event.preventDefault();
    this.#moveTo(position);
    this.focus();
  }

  /** @param {HTMLElement} cell */
  #activate(cell) {
    const row = this.#rows.findIndex((cells) => cells.includes(cell));
    this.#moveTo({ row, column: this.#rows[row]?.indexOf(cell) ?? 0 });
    this.focus();
    if (!this.#locked) this.#onToggle(this.#seatOf(cell));
  }

  /** @param {Position} position */
  #moveTo(position) {
    this.#cellAt(this.#focus)?.setAttribute('tabindex', '-1');
    this.#focus = position;
    this.#cellAt(position)?.setAttribute('tabindex', '0');
  }

  /** @param {Position} position */
  #cellAt({ row, column }) {
    return this.#rows[row]?.[column];
  }

  /** @param {HTMLElement} cell */
  #seatOf(cell) {
    return /** @type {Seat} */ (this.#seats.get(cell.dataset.seat ?? ''));
  }
}
