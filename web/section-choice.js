/** @import { SeatMap } from './api.js' */
import { element, part } from './element.js';

/** Which section of the hall the map shows, where the hall is too large to show all of it. */
export class SectionChoice {
  #box = part('section-choice', HTMLElement);
  #select = part('section', HTMLSelectElement);

  /** @param {() => void} onChoice */
  constructor(onChoice) {
    this.#select.addEventListener('change', onChoice);
  }

  /** @returns {string | undefined} undefined until there is a choice */
  get section() {
    return this.#box.hidden ? undefined : this.#select.value;
  }

  /** @param {SeatMap} map */
  show({ section, sections }) {
    this.#box.hidden = section === undefined;
    if (section === undefined || this.#select.options.length === sections.length) return;
    this.#select.replaceChildren(
      ...sections.map(({ section: name, seats }) =>
        element('option', { value: name, selected: name === section }, `${name} (${seats} seats)`),
      ),
    );
  }
}
