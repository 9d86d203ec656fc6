/**
 * Who orders, where this tab does not know it from the purchase.
 *
 * @typedef {{ name: string, email: string }} Person
 */
import { personMistakesIn, personOf } from './buyer.js';
import { element, part } from './element.js';

const FIELDS = /** @type {const} */ ({
  name: { label: 'Name', attributes: { autocomplete: 'name', maxlength: '100' } },
  email: { label: 'E-mail', attributes: { type: 'email', autocomplete: 'email', maxlength: '254' } },
});
const NAMES = /** @type {const} */ (['name', 'email']);

export class PersonFields {
  #box = part('extras-person', HTMLElement);
  /** @type {Person | undefined} */
  #known;
  /** @type {{ [Name in keyof typeof FIELDS]: HTMLInputElement } | undefined} */
  #inputs;

  constructor() {
    // Told when the form is sent, taken back as soon as it is right.
    this.#box.addEventListener('input', () => {
      const mistakes = personMistakesIn(this.#typed());
      for (const name of NAMES) if (!mistakes[name]) this.#showMistake(name, undefined);
    });
  }

  /** @param {Person | undefined} known nobody: the buyer is asked */
  show(known) {
    this.#known = known;
    if (known) {
      this.#inputs = undefined;
      const words = `For ${known.name}, ${known.email}`;
      this.#box.replaceChildren(element('p', { class: 'hint' }, words));
    } else if (!this.#inputs) {
      this.#inputs = { name: input('name'), email: input('email') };
      this.#box.replaceChildren(...NAMES.map((name) => field(name, this.#inputs?.[name] ?? '')));
    }
  }

  /** @returns {Person | undefined} undefined when there are mistakes: they are shown, and the first has the focus */
  read() {
    if (this.#known) return personOf(this.#known);
    const typed = this.#typed();
    const mistakes = personMistakesIn(typed);
    for (const name of NAMES) this.#showMistake(name, mistakes[name]);
    const first = NAMES.find((name) => mistakes[name]);
    if (first) this.#inputs?.[first].focus();
    return first ? undefined : personOf(typed);
  }

  #typed() {
    return { name: this.#inputs?.name.value ?? '', email: this.#inputs?.email.value ?? '' };
  }

  /**
   * @param {typeof NAMES[number]} name
   * @param {string | undefined} mistake
   */
  #showMistake(name, mistake) {
    const asked = this.#inputs?.[name];
    if (!asked) return;
    asked.ariaInvalid = mistake ? 'true' : null;
    part(`extras-${name}-mistake`, HTMLElement).textContent = mistake ?? '';
  }
}

/** @param {typeof NAMES[number]} name */
function input(name) {
  const { attributes } = FIELDS[name];
  const id = `extras-${name}`;
  return element('input', { id, ...attributes, required: true, 'aria-describedby': `${id}-mistake` });
}

/**
 * @param {typeof NAMES[number]} name
 * @param {Node | string} asked
 */
function field(name, asked) {
  const id = `extras-${name}`;
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, FIELDS[name].label),
    asked,
    element('p', { id: `${id}-mistake`, class: 'mistake' }),
  );
}
