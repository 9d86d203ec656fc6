/**
 * @import { Seat, SeatMap as SeatMapAnswer } from './api.js'
 * @import { SeatSelection } from './seat-selection.js'
 * @import { Position } from './seat-focus.js'
 * @import { Row } from './seat-layout.js'
 * @import { MapZoom } from './map-zoom.js'
 *
 * @typedef {{ element: HTMLElement, position: Position, seat: Seat, status?: string, selected?: boolean,
 *   accessible?: boolean }} Cell  `status`, `selected` and `accessible`: what is shown.
 *
 * @typedef {Row & { element: HTMLElement, colour: number, cells: Cell[] }} MapRow  `colour`: index in the price list. Without cells
 *   until they are drawn.
 */
import { element } from './element.js';
import { frameByFrame } from './frame-by-frame.js';
import { nextPosition } from './seat-focus.js';
import { isSameHall, sectionsOf } from './seat-layout.js';
import { money, seatName } from './wording.js';

/** What a seat shows beside its colour. */
const MARKS = { AVAILABLE: '', HELD: '', SOLD: '×', BLOCKED: '×' };

/** As a text, so that it has the colour of the seat and not a picture's. */
export const ACCESSIBLE_MARK = '♿\ufe0e';

/** Seats that are drawn before anything is shown: about a screenful. */
const DRAWN_AT_ONCE = 500;

/**
 * The hall as a grid: one tab stop, arrow keys inside. Taken seats can be reached too, so that buyers who cannot see the
 * map learn what it looks like.
 */
export class SeatMap {
  #grid;
  #selection;
  #zoom;
  #onToggle;
  #currency = '';
  /** @type {MapRow[]} */
  #rows = [];
  /** Every cell that is drawn, by the id of its seat. @type {Map<string, Cell>} */
  #cells = new Map();
  /** @type {Position} */
  #focus = { row: 0, column: 0 };
  /** @type {SeatMapAnswer | undefined} */
  #shown;
  #locked = false;
  /** Ids of the seats that this buyer holds or has bought. @type {ReadonlySet<string>} */
  #own = new Set();

  /**
   * @param {HTMLElement} grid has the role `grid`
   * @param {Pick<SeatSelection, 'has'>} selection
   * @param {MapZoom} zoom
   * @param {(seat: Seat) => void} onToggle
   */
  constructor(grid, selection, zoom, onToggle) {
    this.#grid = grid;
    this.#selection = selection;
    this.#zoom = zoom;
    this.#onToggle = onToggle;
    grid.addEventListener('keydown', (event) => this.#onKey(event));
    grid.addEventListener('click', ({ target, pointerType }) => {
      const cell = this.#cellOf(target);
      if (!cell) return;
      if (this.#zoom.comeClose(cell.element, pointerType === 'touch' ? 'touch' : 'mouse')) return;
      this.#activate(cell);
    });
    // Its name in sight of a mouse. Three thousand of them, written beforehand, would be for nothing.
    grid.addEventListener('pointerover', ({ target }) => {
      const cell = this.#cellOf(target);
      if (cell) cell.element.title = cell.element.ariaLabel ?? '';
    });
  }

  /**
   * Draws the map, or, when it is the same hall as before, only what has changed: the focus stays where it is.
   *
   * @param {SeatMapAnswer} map
   * @param {object} state
   * @param {ReadonlySet<string>} state.own ids of the seats that this buyer holds or has bought
   * @param {boolean} state.locked while a purchase runs its seats stay as they are
   */
  show(map, { own, locked }) {
    const before = this.#shown;
    this.#shown = map;
    this.#own = own;
    this.#locked = locked;
    this.#grid.toggleAttribute('data-locked', locked);
    // Said of the grid, it is so of each of its seats (WAI-ARIA 1.2, "aria-disabled").
    this.#grid.ariaDisabled = String(locked);
    if (!before || !isSameHall(map, before)) return this.#draw(map);
    if (map !== before) this.#takeOver(map.seats);
    for (const cell of this.#cells.values()) this.#write(cell);
  }

  /** @param {Seat[]} seats of the same hall */
  #takeOver(seats) {
    for (const seat of seats) {
      const cell = this.#cells.get(seat.seatId);
      if (cell) cell.seat = seat;
    }
    if (this.#cells.size === seats.length) return;
    // What is still to be drawn is drawn as it is now.
    const rows = sectionsOf(seats).flatMap((section) => section.rows);
    for (const [at, row] of this.#rows.entries()) row.seats = rows[at]?.seats ?? [];
  }

  /**
   * Shows the selection and the status of a seat as they are now. Of thousands of seats few have changed: only those are written.
   *
   * @param {Cell} cell
   */
  #write(cell) {
    const { element: shown, seat } = cell;
    const selected = this.#selection.has(seat.seatId);
    const own = isTaken(seat) && this.#own.has(seat.seatId);
    const status = own ? 'OWN' : selected ? 'SELECTED' : seat.status;
    const accessible = seat.accessible === true;
    if (status === cell.status && selected === cell.selected && accessible === cell.accessible) return;
    Object.assign(cell, { status, selected, accessible });
    shown.dataset.status = status;
    shown.dataset.mark =
      own || selected ? '✓' : MARKS[seat.status] || (accessible ? ACCESSIBLE_MARK : String(seat.number));
    shown.ariaLabel = seatName(seat, this.#currency, selected, own);
    shown.ariaSelected = String(selected);
    shown.ariaDisabled = String(!selected && seat.status !== 'AVAILABLE');
  }

  focus() {
    this.#cellAt(this.#focus)?.element.focus();
  }

  /**
   * Goes to the first seat of a section, if it is shown.
   *
   * @param {string} section
   */
  goTo(section) {
    const row = this.#rows.findIndex(({ seats: [first] }) => first?.section === section);
    if (row < 0) return;
    this.#moveTo({ row, column: 0 });
    this.focus();
  }

  /** @param {SeatMapAnswer} map */
  #draw({ seats, tiers, currency }) {
    const colours = tiers.map(({ tier }) => tier);
    this.#currency = currency;
    this.#rows = [];
    this.#cells.clear();
    this.#focus = { row: 0, column: 0 };
    const groups = sectionsOf(seats).map(({ section, rows }) =>
      element(
        'div',
        { role: 'rowgroup', 'aria-label': section, class: 'section' },
        element('p', { class: 'section-name', 'aria-hidden': 'true' }, section),
        ...rows.map((row) => {
          const name = { role: 'rowheader', class: 'row-name', 'aria-label': `Row ${row.row}` };
          // As high and as wide as it will be: nothing moves while the seats come.
          const box = element('div', { role: 'row', class: 'row' }, element('span', name, row.row));
          this.#rows.push({ ...row, element: box, colour: colours.indexOf(row.tier), cells: [] });
          return box;
        }),
      ),
    );
    this.#zoom.fit(Math.max(...this.#rows.map((row) => row.seats.length)));
    this.#grid.replaceChildren(...groups);
    void this.#drawRows(this.#rows);
    this.#cellAt(this.#focus)?.element.setAttribute('tabindex', '0');
  }

  /**
   * The first rows at once, the others while they can be seen already: to draw 20,000 seats takes a phone more than a second.
   *
   * @param {MapRow[]} rows
   */
  async #drawRows(rows) {
    const nextFrame = frameByFrame();
    // The rows are all there, and the seats are not (WAI-ARIA 1.2, "aria-busy").
    this.#grid.ariaBusy = 'true';
    for (const at of rows.keys()) {
      if (this.#cells.size >= DRAWN_AT_ONCE) await nextFrame();
      // Another hall is shown by now, or none.
      if (this.#rows !== rows || !this.#grid.isConnected) return;
      this.#drawRow(at);
    }
    this.#grid.ariaBusy = 'false';
  }

  /** @param {number} at */
  #drawRow(at) {
    const row = this.#rows[at];
    if (!row || row.cells.length > 0) return;
    row.cells = row.seats.map((seat, column) => newCell(seat, { row: at, column }, row.colour));
    for (const cell of row.cells) {
      this.#cells.set(cell.seat.seatId, cell);
      this.#write(cell);
    }
    row.element.append(
      element('div', { role: 'presentation', class: 'row-seats' }, ...row.cells.map((cell) => cell.element)),
      element('span', { class: 'row-price', 'aria-hidden': 'true' }, money(row.price, this.#currency)),
    );
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
    const lengths = this.#rows.map(({ seats }) => seats.length);
    const position = nextPosition(lengths, this.#focus, event.key, event.ctrlKey);
    if (!position) return;
    event.preventDefault();
    this.#moveTo(position);
    this.focus();
  }

  /** @param {Cell} cell */
  #activate({ position, seat }) {
    this.#moveTo(position);
    this.focus();
    if (!this.#locked) this.#onToggle(seat);
  }

  /** @param {Position} position */
  #moveTo(position) {
    this.#cellAt(this.#focus)?.element.setAttribute('tabindex', '-1');
    this.#focus = position;
    this.#cellAt(position)?.element.setAttribute('tabindex', '0');
  }

  /**
   * The keyboard may be quicker than the drawing.
   *
   * @param {Position} position
   */
  #cellAt({ row, column }) {
    this.#drawRow(row);
    return this.#rows[row]?.cells[column];
  }

  /** @param {EventTarget | null} target */
  #cellOf(target) {
    const found = target instanceof Element ? target.closest('[data-seat]') : undefined;
    return found instanceof HTMLElement ? this.#cells.get(found.dataset.seat ?? '') : undefined;
  }
}

/**
 * What is free, or blocked, is nobody's.
 *
 * @param {Seat} seat
 */
function isTaken({ status }) {
  return status === 'HELD' || status === 'SOLD';
}

/**
 * @param {Seat} seat
 * @param {Position} position
 * @param {number} colour
 * @returns {Cell}
 */
function newCell(seat, position, colour) {
  const attributes = {
    role: 'gridcell',
    class: `seat tier-${colour % 5}`,
    'data-seat': seat.seatId,
    tabindex: '-1',
  };
  return { element: element('div', attributes), position, seat };
}
