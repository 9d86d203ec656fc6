/**
 * The map of an event that is edited: as buyers will see it, and to mark seats in.
 *
 * @import { Seat, SeatMap as SeatMapAnswer, SeatStatus } from '../api.js'
 * @import { Layout } from './desk-api.js'
 * @import { Draft } from './draft.js'
 *
 * @typedef {(section: string | undefined) => Promise<Map<string, SeatStatus>>} Taken  Which seats are held or sold.
 */
import { announce } from '../announcer.js';
import { element } from '../element.js';
import { MapZoom } from '../map-zoom.js';
import { SeatMap } from '../seat-map.js';
import { seatPlace } from '../wording.js';
import { button, field, panel } from './parts.js';
import { asTheyAre, hallOf, seatCount } from './seat-plan.js';

/** A larger hall is shown a section at a time, as in the shop. */
const SHOWN_AT_ONCE = 4_000;

/** No section has more, and a figure with a digit too many must not stop the page. */
const MOST_SHOWN = 20_000;

/** @typedef {'none' | 'blocked' | 'accessible'} Mode */

/** @type {Record<Mode, [label: string, hint: string]>} */
const MODES = {
  none: [
    'As buyers see it',
    'A seat with a cross is sold, or not for sale. A dashed one is held at the moment.',
  ],
  blocked: [
    'Block seats',
    'Seats with a tick are not for sale. What is held or sold already stays so, and cannot be blocked here.',
  ],
  accessible: ['Mark accessible seats', 'Seats with a tick are shown as accessible.'],
};

export class MarkedMap {
  #draft;
  #taken;
  #onMark;
  /** @type {Mode} */
  #mode = 'none';
  /** @type {string | undefined} */
  #section;
  /** @type {Layout | undefined} */
  #layout;
  /** What is shown of the hall, all of it free, and what it was made of. @type {{ of: string, hall: SeatMapAnswer } | undefined} */
  #made;
  /** @type {Map<string, SeatStatus>} */
  #statuses = new Map();
  #looks = 0;
  #sections = element('select');
  /** What there is to choose in it. */
  #offered = '';
  #rows = element('select');
  #count = element('p', { class: 'hint', role: 'status' });
  #hint = element('p', { class: 'hint', id: 'map-help' });
  #wholeRow;
  #grid = element('div', {
    ...{ id: 'seat-map', class: 'seat-map', role: 'grid', 'aria-label': 'Seat map' },
    ...{ 'aria-describedby': 'map-help', 'aria-multiselectable': 'true' },
  });
  /** @type {SeatMap | undefined} */
  #map;

  /**
   * @param {Draft} draft whose marks are changed
   * @param {Taken} taken
   * @param {() => void} onMark
   */
  constructor(draft, taken, onMark) {
    this.#draft = draft;
    this.#taken = taken;
    this.#onMark = onMark;
    this.#wholeRow = element(
      'div',
      { class: 'whole-row', hidden: true },
      field('Row', this.#rows).box,
      button('Mark the row', () => this.#markRow(true)),
      button('Unmark the row', () => this.#markRow(false)),
    );
    this.#sections.addEventListener('change', () => void this.#goTo(this.#sections.value));
    const zoom = (/** @type {string} */ id, /** @type {string} */ text, /** @type {string} */ label) =>
      element('button', { id, class: 'button', type: 'button', 'aria-label': label || undefined }, text);
    this.box = panel(
      'Map',
      this.#modes(),
      element('div', { class: 'map-tools' }, field('Section', this.#sections).box, this.#wholeRow),
      this.#hint,
      element(
        'div',
        { class: 'zoom', role: 'group', 'aria-label': 'Size of the map' },
        zoom('zoom-out', '−', 'Smaller'),
        zoom('zoom-whole', 'Whole hall', ''),
        zoom('zoom-in', '+', 'Larger'),
      ),
      element(
        'div',
        { class: 'map-box' },
        element('div', { class: 'map' }, element('p', { class: 'stage' }, 'Stage'), this.#grid),
      ),
      this.#count,
    );
    this.box.classList.add('hall');
  }

  /** @param {Draft} draft */
  use(draft) {
    this.#draft = draft;
    void this.look();
  }

  /** Once its box is on the page. @param {Layout} layout */
  open(layout) {
    const has = (/** @type {string} */ seatId) => this.#marks?.has(seatId) ?? false;
    this.#map = new SeatMap(this.#grid, { has }, new MapZoom(this.#grid), (seat) => this.#toggle(seat));
    this.show(layout);
    void this.look();
  }

  /** @param {Layout} layout as it is now */
  show(layout) {
    this.#layout = layout;
    const names = layout.sections.map(({ section }) => section);
    const isLarge = seatsOfAll(layout.sections) > SHOWN_AT_ONCE;
    if (this.#section === undefined ? isLarge : !names.includes(this.#section)) {
      this.#section = isLarge ? names[0] : undefined;
    }
    const offered = [...(isLarge ? [] : [['', 'All sections']]), ...names.map((name) => [name, name])];
    const key = JSON.stringify(offered);
    if (key !== this.#offered) {
      this.#offered = key;
      this.#sections.replaceChildren(
        ...offered.map(([value, text = '']) => element('option', { value }, text)),
      );
    }
    this.#sections.value = this.#section ?? '';
    this.#draw();
  }

  /** Which seats are taken at the moment. @returns {Promise<boolean>} whether it was found out */
  async look() {
    const look = ++this.#looks;
    try {
      const statuses = await this.#taken(this.#section);
      if (look !== this.#looks) return true;
      this.#statuses = statuses;
      this.#draw();
      return true;
    } catch {
      return false; // The map is of the event as it is edited: it is right without.
    }
  }

  #draw() {
    if (!this.#layout || !this.#map) return;
    const { sections, blocked = [], accessible = [] } = this.#layout;
    const shown = sections.filter(({ section }) => this.#section === undefined || section === this.#section);
    if (seatsOfAll(shown) > MOST_SHOWN) {
      this.#count.textContent = 'The section is too large to show. Divide it, or look at its rows.';
      return;
    }
    const map = this.#seatMap(this.#layout);
    this.#hint.textContent = MODES[this.#mode][1];
    this.#wholeRow.hidden = this.#mode === 'none';
    if (map.seats.length > 0) this.#map.show(map, { own: new Set(), locked: this.#mode === 'none' });
    const seats = seatsOfAll(sections);
    this.#count.textContent = `${seats.toLocaleString('en-GB')} seats, ${blocked.length} blocked, ${accessible.length} accessible.`;
  }

  /** What is shown of the hall. @param {Layout} layout */
  #seatMap(layout) {
    return asTheyAre(this.#hall(layout), { ...layout, statusOf: (seatId) => this.#statusOf(seatId) });
  }

  /**
   * Made anew only when there are other seats or prices: to make 20,000 takes longer than to look what is marked.
   *
   * @param {Layout} layout
   */
  #hall({ blocked: _, accessible: _accessible, ...layout }) {
    const of = JSON.stringify([this.#section, layout]);
    if (this.#made?.of === of) return this.#made.hall;
    const hall = hallOf(layout, this.#section);
    this.#made = { of, hall };
    const rows = [...new Set(hall.seats.map(({ seatId }) => rowOf(seatId)))];
    const chosen = this.#rows.value;
    this.#rows.replaceChildren(...rows.map((row) => element('option', {}, row)));
    if (rows.includes(chosen)) this.#rows.value = chosen;
    return hall;
  }

  /**
   * While seats are marked, those that can be are available, as the map's keys and names say it.
   *
   * @param {string} seatId
   * @returns {SeatStatus | undefined}
   */
  #statusOf(seatId) {
    const taken = this.#statuses.get(seatId);
    if (this.#mode === 'none') return taken;
    return this.#mode === 'blocked' && taken ? taken : 'AVAILABLE';
  }

  get #marks() {
    return this.#mode === 'none' ? undefined : this.#draft[this.#mode];
  }

  /** @param {Seat} seat */
  #toggle(seat) {
    const marks = this.#marks;
    if (!marks) return;
    const isMarked = marks.has(seat.seatId);
    if (!isMarked && seat.status !== 'AVAILABLE') {
      return announce(`${seatPlace(seat)} is ${seat.status.toLowerCase()}, and stays so.`);
    }
    if (isMarked) marks.delete(seat.seatId);
    else marks.add(seat.seatId);
    announce(`${seatPlace(seat)} ${isMarked ? 'unmarked' : 'marked'}.`);
    this.#onMark();
  }

  /** @param {boolean} marked */
  #markRow(marked) {
    const marks = this.#marks;
    if (!marks || !this.#layout) return;
    const row = this.#rows.value;
    const seats = this.#seatMap(this.#layout).seats.filter(
      ({ seatId, status }) => rowOf(seatId) === row && (!marked || status === 'AVAILABLE'),
    );
    for (const { seatId } of seats) {
      if (marked) marks.add(seatId);
      else marks.delete(seatId);
    }
    announce(`Row ${row}: ${seats.length} seats ${marked ? 'marked' : 'unmarked'}.`);
    this.#onMark();
  }

  /** @param {string} section */
  async #goTo(section) {
    this.#section = section === '' ? undefined : section;
    this.#statuses = new Map();
    this.#draw();
    await this.look();
  }

  #modes() {
    return element(
      'fieldset',
      { class: 'modes' },
      element('legend', { class: 'visually-hidden' }, 'What the map is for'),
      ...Object.entries(MODES).map(([mode, [label]]) => {
        const radio = element('input', {
          type: 'radio',
          name: 'mode',
          value: mode,
          checked: mode === this.#mode,
        });
        radio.addEventListener('change', () => {
          this.#mode = /** @type {Mode} */ (mode);
          this.#draw();
        });
        return element('label', {}, radio, ` ${label}`);
      }),
    );
  }
}

/** @param {Layout['sections']} sections */
function seatsOfAll(sections) {
  return sections.reduce((sum, { rows }) => sum + seatCount(rows), 0);
}

/** What the ids of a row begin with. @param {string} seatId */
function rowOf(seatId) {
  return seatId.slice(0, seatId.lastIndexOf('-'));
}
