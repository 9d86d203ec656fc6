/** @import { Fault, FaultMode } from './control-routes.js' */
import { announce } from '../announcer.js';
import { element } from '../element.js';
import { setFault } from './control-routes.js';
import { breakable, tryTo } from './page.js';

/** @type {Record<FaultMode, string>} */
const MODES = {
  'fail-before': 'fails, effect not done',
  'fail-after': 'fails, effect done',
  timeout: 'times out, effect done',
};

/** How one state is to fail. What is chosen is armed at once. */
export class FaultSwitch {
  #state;
  #mode;
  #error;
  #times;
  #row;
  #details;
  /** @type {Fault | undefined} */
  #armed;

  /**
   * @param {string} state
   * @param {string[]} errors that the state machine knows what to do with
   */
  constructor(state, errors) {
    this.#state = state;
    this.#mode = element(
      'select',
      { 'aria-label': `${state}: fault` },
      element('option', { value: '' }, 'works'),
      ...Object.entries(MODES).map(([mode, label]) => element('option', { value: mode }, label)),
    );
    const list = `errors-${state}`;
    this.#error = element('input', {
      ...{
        'aria-label': `${state}: error`,
        placeholder: 'default error',
        list,
        spellcheck: 'false',
        autocomplete: 'off',
      },
    });
    this.#times = element('select', { 'aria-label': `${state}: how often` }, ...timesOptions());
    this.#details = element(
      'div',
      { class: 'switch-details' },
      ...[
        this.#error,
        element('datalist', { id: list }, ...errors.map((value) => element('option', { value }))),
      ],
      this.#times,
    );
    this.#row = element(
      'div',
      { class: 'switch' },
      element('span', {}, ...breakable(state)),
      this.#mode,
      this.#details,
    );
    for (const control of [this.#mode, this.#error, this.#times]) {
      control.addEventListener('change', () => void this.#arm());
    }
  }

  /** @param {Fault | undefined} fault that is armed */
  show(fault) {
    this.#armed = fault;
    this.#row.toggleAttribute('data-armed', fault !== undefined);
    this.#details.hidden = fault === undefined;
    this.#error.hidden = fault?.mode === 'timeout';
    this.#mode.value = fault?.mode ?? '';
    // Not while the user is typing. A fault that is gone leaves no values behind, which the next one would arm unseen.
    if (!fault || document.activeElement !== this.#error) this.#error.value = fault?.error ?? '';
    showTimes(this.#times, fault?.times);
    return this.#row;
  }

  async #arm() {
    const mode = /** @type {FaultMode | ''} */ (this.#mode.value);
    const error = mode === 'timeout' ? '' : this.#error.value.trim();
    const times = Number(this.#times.value);
    const fault = mode ? { mode, ...(error && { error }), ...(times && { times }) } : undefined;
    if (await tryTo(() => setFault(this.#state, fault))) {
      announce(mode ? `${this.#state} ${MODES[mode]}.` : `${this.#state} works.`);
    } else {
      this.show(this.#armed);
    }
  }
}

/** Counts that are worth a choice; a Retry of three means four calls. */
function timesOptions() {
  return [0, 1, 2, 3, 4].map((times) => element('option', { value: String(times) }, timesWords(times)));
}

/**
 * What is left may be a number that was never a choice.
 *
 * @param {HTMLSelectElement} select
 * @param {number} [times]
 */
function showTimes(select, times = 0) {
  const value = String(times);
  if (![...select.options].some((option) => option.value === value)) {
    select.append(element('option', { value }, timesWords(times)));
  }
  select.value = value;
}

/** @param {number} times */
function timesWords(times) {
  return times === 0 ? 'every time' : times === 1 ? 'once' : `${times} times`;
}
