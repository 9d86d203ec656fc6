/**
 * The panel that tells what became of a purchase or an order.
 *
 * @import { AnyAttempt, Phase } from './attempt.js'
 *
 * @typedef {'success' | 'progress' | 'attention' | 'failure'} Tone
 *
 * @typedef {object} Outcome
 * @property {Tone} tone
 * @property {string} title
 * @property {string} text
 * @property {number} [stage] of what is on its way, an index of the stages
 */
import { announce } from './announcer.js';
import { Countdown } from './countdown.js';
import { element } from './element.js';

/** What the buyer presses to go on, whatever was bought. */
export const STEP_LABELS = {
  'go-to-bank': 'Continue to your bank',
  'other-card': 'Choose another card',
  'try-again': 'Try again',
  'send-again': 'Send again',
};

/** Of these, what most buyers want: a button that stands out. @type {readonly string[]} */
export const MAIN_STEPS = ['try-again', 'send-again', 'go-to-bank'];

const SIGNS = { success: '✓', progress: '', attention: '!', failure: '×' };

/**
 * @template {AnyAttempt} Some
 * @template {Outcome} Told
 */
export class ResultPanel {
  #panel;
  #view;
  #countdown;
  /** Identifies what is shown, so that a refresh without news announces nothing again. */
  #shown = '';
  /** @type {Phase | undefined} */
  #phase;

  /**
   * @param {HTMLElement} panel
   * @param {object} view
   * @param {string} view.held what waits while the bank is asked: `Your seats are held`
   * @param {readonly string[]} view.stages
   * @param {(attempt: Some) => Told} view.outcomeOf
   * @param {(attempt: Some) => [term: string, description: string][]} view.receiptOf of what is confirmed, or was
   * @param {(outcome: Told, attempt: Some) => Node[]} view.actionsFor
   */
  constructor(panel, view) {
    this.#panel = panel;
    this.#view = view;
    this.#countdown = new Countdown(view.held);
  }

  /** @param {Some | undefined} attempt */
  show(attempt) {
    this.#panel.hidden = !attempt;
    const authenticating = attempt?.phase === 'authenticating';
    this.#countdown.show(authenticating ? attempt.deadline : undefined);
    if (!attempt) {
      this.#shown = '';
      this.#phase = undefined;
      return;
    }
    const { stages, outcomeOf, receiptOf, actionsFor } = this.#view;
    const outcome = outcomeOf(attempt);
    const { stage } = outcome;
    const shown = JSON.stringify([attempt.key, attempt.phase, outcome]);
    if (shown === this.#shown) return;
    this.#shown = shown;

    const hadFocus = this.#panel.contains(document.activeElement);
    const { id } = this.#panel;
    const isBought = attempt.phase === 'confirmed' || attempt.phase === 'cancelled';
    const facts = isBought ? receiptOf(attempt) : [];
    this.#panel.dataset.tone = outcome.tone;
    this.#panel.replaceChildren(
      element('span', { class: 'result-sign', 'aria-hidden': 'true' }, SIGNS[outcome.tone]),
      element('h3', { id: `${id}-title` }, outcome.title),
      element('p', { id: `${id}-text` }, outcome.text),
      ...(stage === undefined ? [] : [progress(stages, stage)]),
      ...(authenticating ? [this.#countdown.element] : []),
      ...(facts.length > 0 ? [receipt(facts)] : []),
      element('div', { class: 'actions' }, ...actionsFor(outcome, attempt)),
    );
    // The panel has the focus, not its heading or a button: it outlives what is shown in it.
    if (hadFocus || attempt.phase !== this.#phase) this.#panel.focus();
    else announce(stages[stage ?? -1] ?? outcome.title);
    this.#phase = attempt.phase;
  }
}

/**
 * @param {string} label
 * @param {() => void} onPress
 * @param {boolean} [primary]
 */
export function actionButton(label, onPress, primary = false) {
  const button = element('button', { type: 'button', class: primary ? 'button primary' : 'button' }, label);
  button.addEventListener('click', onPress);
  return button;
}

/**
 * @param {readonly string[]} stages
 * @param {number} current
 */
function progress(stages, current) {
  return element(
    'ol',
    { class: 'stages' },
    ...stages.map((stage, index) =>
      element(
        'li',
        { 'aria-current': index === current ? 'step' : undefined, 'data-done': index < current },
        stage,
      ),
    ),
  );
}

/** @param {[term: string, description: string][]} facts */
function receipt(facts) {
  const entries = facts.flatMap(([term, description]) => [
    element('dt', {}, term),
    element('dd', {}, description),
  ]);
  return element('dl', { class: 'receipt' }, ...entries);
}
