/**
 * @import { Execution, WaitingTask } from './control-routes.js'
 * @import { Store } from './store.js'
 */
import { element } from '../element.js';
import { answerTask, Refused } from './control-routes.js';
import { timeOfDay } from './format.js';
import { button, card, code } from './page.js';

/**
 * @param {Pick<Execution, 'executionArn'>} execution
 * @param {Pick<Store, 'tasks'>} store
 */
export function tasksOf({ executionArn }, { tasks }) {
  return tasks.filter((task) => task.executionArn === executionArn);
}

/** The tasks of an execution that wait for their token to come back, and their answer by hand. */
export class TaskPanel {
  element = element('section', { class: 'tasks', 'aria-label': 'Waiting tasks', hidden: true });
  #store;
  /** By their tokens: what the reader types into one outlives a redraw. @type {Map<string, HTMLElement>} */
  #cards = new Map();

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  /** @param {Execution} execution */
  show(execution) {
    const tasks = tasksOf(execution, this.#store);
    const tokens = new Set(tasks.map(({ token }) => token));
    for (const [token, shown] of this.#cards) {
      if (tokens.has(token)) continue;
      shown.remove();
      this.#cards.delete(token);
    }
    for (const task of tasks) {
      if (this.#cards.has(task.token)) continue;
      const made = taskCard(task);
      this.#cards.set(task.token, made);
      this.element.append(made);
    }
    this.element.hidden = tasks.length === 0;
  }
}

/** @param {WaitingTask} task */
function taskCard({ token, state, since }) {
  const output = field('Output, JSON', '{}');
  const error = field('Error', '');
  const succeed = button('Send success', () => answerTask(token, { output: parsed(output.input.value) }));
  const fail = button(
    'Send failure',
    () =>
      answerTask(token, { error: error.input.value || 'AnsweredByHand', cause: 'Answered in the console' }),
    { class: 'button danger' },
  );
  return card(
    `${state} waits for its token`,
    { note: `since ${timeOfDay(since)}` },
    code('Task token', token),
    element('div', { class: 'answers' }, output.element, succeed, error.element, fail),
  );
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused('The output must be JSON.');
  }
}

/**
 * @param {string} label
 * @param {string} value
 */
function field(label, value) {
  const input = element('input', { value, spellcheck: 'false', autocomplete: 'off' });
  return { input, element: element('label', { class: 'answer' }, `${label} `, input) };
}
