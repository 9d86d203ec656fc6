/** @import { Execution, LocalControl } from './control.js' */
import { element, part } from '../element.js';
import { logicalName, pathOf } from './execution-path.js';
import { clockTime } from '../wording.js';

const SHOWN = 10;
const MARKS = { running: '…', succeeded: '✓', failed: '×' };

/** The last executions; one that is unfolded shows its path of states. */
export class ExecutionList {
  #control;
  #list = part('executions', HTMLElement);
  #shown = '';

  /** @param {LocalControl} control */
  constructor(control) {
    this.#control = control;
  }

  async refresh() {
    const executions = (await this.#control.executions()).slice(0, SHOWN);
    const shown = executions.map(({ id, status }) => id + status).join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    const open = new Set([...this.#list.querySelectorAll('details[open]')].map(({ id }) => id));
    this.#list.replaceChildren(...executions.map((execution) => this.#entry(execution, open)));
    part('executions-empty', HTMLElement).hidden = executions.length > 0;
  }

  /**
   * @param {Execution} execution
   * @param {Set<string>} open
   */
  #entry({ id, stateMachine, status, startedAt, input }, open) {
    const path = element('ol', { class: 'path' });
    const details = element(
      'details',
      { id },
      element(
        'summary',
        {},
        element('span', { class: 'tag', 'data-status': status }, status.toLowerCase().replace('_', ' ')),
        element('span', { class: 'entry-title' }, logicalName(stateMachine)),
        element(
          'span',
          { class: 'entry-note' },
          `${input?.request?.seats?.join(', ') ?? 'a purchase left behind'}, ${clockTime(startedAt)}`,
        ),
      ),
      path,
    );
    details.addEventListener('toggle', () => void (details.open && this.#showPath(id, path)));
    details.open = open.has(id);
    return details;
  }

  /**
   * @param {string} id
   * @param {HTMLElement} list
   */
  async #showPath(id, list) {
    const { events } = await this.#control.execution(id);
    list.replaceChildren(
      ...pathOf(events).map(({ state, status, retries, error }) =>
        element(
          'li',
          { 'data-status': status },
          element('span', { 'aria-hidden': 'true' }, MARKS[status]),
          element('span', {}, state),
          element('span', { class: 'visually-hidden' }, status),
          ...(error ? [element('span', { class: 'entry-note' }, noteOn(error, retries))] : []),
        ),
      ),
    );
  }
}

/**
 * @param {string} error
 * @param {number} retries
 */
function noteOn(error, retries) {
  if (retries === 0) return error;
  return `${error}, ${retries === 1 ? '1 retry' : `${retries} retries`}`;
}
