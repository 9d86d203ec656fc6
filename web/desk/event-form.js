/**
 * The fields of an event. What is typed goes into the draft at once; what is wrong with it, the API says.
 *
 * @import { Layout } from './desk-api.js'
 * @import { Draft, TimeField } from './draft.js'
 * @import { Mistake } from './mistakes.js'
 * @import { Control, Field } from './parts.js'
 */
import { element } from '../element.js';
import { button, field, panel } from './parts.js';

/** @type {Record<TimeField, [label: string, hint: string]>} */
const TIMES = {
  startsAt: ['Starts', ''],
  doorsOpenAt: ['Doors open', 'May be left out'],
  endsAt: ['Ends', 'May be left out'],
  saleOpensAt: ['Sale opens', 'Left out: at once'],
  saleClosesAt: ['Sale closes', 'Left out: when the event starts'],
};

const ROWS_HINT =
  'A line for each row, from the stage: its label, how many seats, its price tier. A 20 premium';

export class EventForm {
  #draft;
  #onChange;
  /** By their paths in the request. @type {Map<string, Field>} */
  #fields = new Map();
  /** @type {Map<TimeField, HTMLSelectElement>} */
  #offsets = new Map();

  /**
   * @param {Draft} draft is changed as somebody types
   * @param {() => void} onChange
   */
  constructor(draft, onChange) {
    this.#draft = draft;
    this.#onChange = onChange;
    this.box = element('div', { class: 'form' });
    this.draw();
  }

  /** @param {Draft} draft */
  use(draft) {
    this.#draft = draft;
    this.draw();
  }

  draw() {
    this.#fields.clear();
    this.#offsets.clear();
    this.box.replaceChildren(
      panel('Event', this.#about()),
      panel('When', this.#times()),
      panel('Prices', ...this.#tiers()),
      panel('Sections and rows', ...this.#sections()),
    );
  }

  /**
   * Shows each mistake beside its field, and goes to the first.
   *
   * @param {readonly Mistake[]} mistakes
   * @param {Layout} layout what was sent
   * @returns {Mistake[]} those that no field is about
   */
  complain(mistakes, layout) {
    for (const each of this.#fields.values()) each.complain('');
    /** @type {Map<Field, string[]>} */
    const words = new Map();
    const others = mistakes.filter(({ path, words: said }) => {
      const [found, place] = this.#fieldOf(path, layout);
      if (!found) return true;
      words.set(found, [...(words.get(found) ?? []), `${place}${said}`]);
      return false;
    });
    for (const [each, said] of words) each.complain(said.join(' '));
    for (const [name, select] of this.#offsets) this.#offerOffsets(name, select, mistakes);
    const [first] = [...this.#fields.values()].filter((each) => words.has(each));
    first?.control.focus();
    return others;
  }

  /**
   * @param {string} path
   * @param {Layout} layout
   * @returns {[field: Field | undefined, place: string]} `place`: which row it is, where the field is of several
   */
  #fieldOf(path, layout) {
    const [, section, row] = /^sections\.(\d+)\.rows(?:\.(\d+))?/.exec(path) ?? [];
    if (section === undefined) return [this.#fields.get(path), ''];
    const label = layout.sections[Number(section)]?.rows[Number(row)]?.row;
    const part = path.split('.')[4];
    const place = label === undefined ? '' : `Row ${label}: ${part === undefined ? '' : `${part} `}`;
    return [this.#fields.get(`sections.${section}.rows`), place];
  }

  /**
   * When clocks change, a time comes twice or not at all. The API names the offsets it could be said with.
   *
   * @param {TimeField} name
   * @param {HTMLSelectElement} select
   * @param {readonly Mistake[]} mistakes
   */
  #offerOffsets(name, select, mistakes) {
    const words = mistakes.find(({ path }) => path === name)?.words ?? '';
    const offsets = words.match(/[+-]\d\d:\d\d/g) ?? [];
    if (offsets.length === 0) return;
    select.replaceChildren(
      element('option', { value: '' }, 'Choose its offset'),
      ...[...new Set(offsets)].map((offset) => element('option', {}, offset)),
    );
    select.hidden = false;
  }

  #about() {
    const { name, venue, timeZone, currency } = this.#draft;
    const zones = element('datalist', { id: 'time-zones' });
    zones.append(...Intl.supportedValuesOf('timeZone').map((zone) => element('option', { value: zone })));
    return element(
      'div',
      { class: 'fields' },
      this.#field('name', 'Name', input(name), (value) => (this.#draft.name = value)),
      this.#field('venue', 'Venue', input(venue), (value) => (this.#draft.venue = value)),
      this.#field(
        'timeZone',
        'Time zone of the venue',
        input(timeZone, { list: 'time-zones' }),
        (value) => (this.#draft.timeZone = value),
        'As Europe/Berlin',
      ),
      this.#field(
        'currency',
        'Currency',
        input(currency, { maxlength: '3', size: '4' }),
        (value) => (this.#draft.currency = value.toUpperCase()),
        'As EUR',
      ),
      zones,
    );
  }

  #times() {
    return element(
      'div',
      { class: 'fields' },
      ...Object.entries(TIMES).map(([key, [label, hint]]) => {
        const name = /** @type {TimeField} */ (key);
        const select = element('select', { 'aria-label': `Offset of ${label.toLowerCase()}`, hidden: true });
        select.addEventListener('change', () => {
          this.#draft.offsets[name] = select.value;
          this.#onChange();
        });
        this.#offsets.set(name, select);
        const control = input(this.#draft.times[name], { type: 'datetime-local', max: '9999-12-31T23:59' });
        const box = this.#field(
          name,
          label,
          control,
          (value) => {
            this.#draft.times[name] = value;
            delete this.#draft.offsets[name];
            select.hidden = true;
          },
          hint,
        );
        box.append(select);
        return box;
      }),
    );
  }

  #tiers() {
    const { tiers } = this.#draft;
    return [
      element(
        'ul',
        { class: 'tiers' },
        ...tiers.map((tier, index) =>
          element(
            'li',
            { class: 'tier' },
            this.#field(
              `tiers.${index}.tier`,
              'Price tier',
              input(tier.tier),
              (value) => (tier.tier = value),
            ),
            this.#field(
              `tiers.${index}.price`,
              'Price',
              input(tier.price, { inputmode: 'decimal', size: '8' }),
              (value) => (tier.price = value),
            ),
            this.#remove(tiers, index, `Remove the tier ${tier.tier}`),
          ),
        ),
      ),
      this.#add(
        'Add a tier',
        tiers,
        () => ({ tier: '', price: '' }),
        (index) => `tiers.${index}.tier`,
      ),
    ];
  }

  #sections() {
    const { sections } = this.#draft;
    return [
      ...sections.map((section, index) =>
        element(
          'fieldset',
          { class: 'section-fields' },
          element('legend', { class: 'visually-hidden' }, `Section ${index + 1}`),
          element(
            'div',
            { class: 'fields' },
            this.#field(
              `sections.${index}.section`,
              'Section',
              input(section.section),
              (value) => (section.section = value),
            ),
            this.#field(
              `sections.${index}.code`,
              'Code',
              input(section.code, { maxlength: '8', size: '8' }),
              (value) => (section.code = value.toUpperCase()),
              'Needed where rows have the labels of another section',
            ),
          ),
          this.#field(
            `sections.${index}.rows`,
            'Rows',
            Object.assign(
              element('textarea', { rows: String(Math.min(12, section.rows.split('\n').length + 1)) }),
              {
                value: section.rows,
              },
            ),
            (value) => (section.rows = value),
            ROWS_HINT,
          ),
          this.#remove(sections, index, `Remove the section ${section.section}`),
        ),
      ),
      this.#add(
        'Add a section',
        sections,
        () => ({ section: '', code: '', rows: '' }),
        (index) => `sections.${index}.section`,
      ),
    ];
  }

  /**
   * @param {string} path
   * @param {string} label
   * @param {Control} control
   * @param {(value: string) => void} keep
   * @param {string} [hint]
   */
  #field(path, label, control, keep, hint) {
    const made = field(label, control, hint ? { hint } : {});
    control.addEventListener('input', () => {
      keep(control.value);
      this.#onChange();
    });
    this.#fields.set(path, made);
    return made.box;
  }

  /**
   * @template Item
   * @param {string} text
   * @param {Item[]} items
   * @param {() => Item} make
   * @param {(index: number) => string} firstField
   */
  #add(text, items, make, firstField) {
    return button(text, () => {
      items.push(make());
      this.#redraw();
      this.#fields.get(firstField(items.length - 1))?.control.focus();
    });
  }

  /**
   * @param {unknown[]} items
   * @param {number} index
   * @param {string} label
   */
  #remove(items, index, label) {
    const remove = () => {
      items.splice(index, 1);
      this.#redraw();
      this.box.querySelectorAll('input')[0]?.focus();
    };
    return button('Remove', remove, {
      class: 'button small',
      'aria-label': label,
      disabled: items.length === 1,
    });
  }

  #redraw() {
    this.draw();
    this.#onChange();
  }
}

/**
 * @param {string} value
 * @param {Record<string, string>} [attributes]
 */
function input(value, attributes = {}) {
  return Object.assign(element('input', attributes), { value });
}
