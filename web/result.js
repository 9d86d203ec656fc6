/**
 * The panel that tells what became of the purchase.
 *
 * @import { Seat } from './api.js'
 * @import { Attempt, Phase } from './purchase-attempt.js'
 * @import { NextStep, Outcome } from './outcome.js'
 *
 * @typedef {NextStep | 'buy-more' | 'do-not-buy' | 'give-up'} Choice  what the buyer can press
 */
import { announce } from './announcer.js';
import { Countdown } from './countdown.js';
import { element } from './element.js';
import { newPrice, outcomeOf, STAGES } from './outcome.js';
import { money, seatPlaces } from './wording.js';

const SIGNS = { success: '✓', progress: '', attention: '!', failure: '×' };

/** @type {NextStep[]} */
const MAIN_STEPS = ['try-again', 'send-again', 'go-to-bank'];

/** @type {Partial<Record<NextStep, string>>} */
const LABELS = {
  'go-to-bank': 'Continue to your bank',
  'other-card': 'Choose another card',
  'other-seats': 'Choose other seats',
  'try-again': 'Try again',
  'send-again': 'Send again',
};

export class ResultPanel {
  #panel;
  #ports;
  /** Identifies what is shown, so that a refresh without news announces nothing again. */
  #shown = '';
  /** @type {Phase | undefined} */
  #phase;
  #countdown = new Countdown();

  /**
   * @param {HTMLElement} panel
   * @param {object} ports
   * @param {(purchaseId: string) => string} ports.ticketUrl
   * @param {(attempt: Attempt) => Seat[][]} ports.alternatives to seats that were taken
   * @param {(choice: Choice) => void} ports.onChoice
   * @param {(seats: Seat[]) => void} ports.onAlternative
   */
  constructor(panel, ports) {
    this.#panel = panel;
    this.#ports = ports;
  }

  /** @param {Attempt | undefined} attempt */
  show(attempt) {
    this.#panel.hidden = !attempt;
    const authenticating = attempt?.phase === 'authenticating';
    this.#countdown.show(authenticating ? attempt.deadline : undefined);
    if (!attempt) {
      this.#shown = '';
      this.#phase = undefined;
      return;
    }
    const outcome = outcomeOf(attempt);
    const { stage } = outcome;
    const shown = JSON.stringify([attempt.key, attempt.phase, outcome]);
    if (shown === this.#shown) return;
    this.#shown = shown;

    const hadFocus = this.#panel.contains(document.activeElement);
    this.#panel.dataset.tone = outcome.tone;
    this.#panel.replaceChildren(
      element('span', { class: 'result-sign', 'aria-hidden': 'true' }, SIGNS[outcome.tone]),
      element('h3', { id: 'result-title' }, outcome.title),
      element('p', { id: 'result-text' }, outcome.text),
      ...(stage === undefined ? [] : [stages(stage)]),
      ...(authenticating ? [this.#countdown.element] : []),
      ...(attempt.phase === 'confirmed' || attempt.phase === 'cancelled' ? [this.#receipt(attempt)] : []),
      this.#actions(outcome, attempt),
    );
    // The panel has the focus, not its heading or a button: it outlives what is shown in it.
    if (hadFocus || attempt.phase !== this.#phase) this.#panel.focus();
    else announce(STAGES[stage ?? -1] ?? outcome.title);
    this.#phase = attempt.phase;
  }

  /** @param {Attempt} attempt */
  #receipt({ purchase }) {
    const { seats = [], amount = 0, currency = 'EUR', reference = '' } = purchase ?? {};
    return element(
      'dl',
      { class: 'receipt' },
      ...fact('Seats', seatPlaces(seats)),
      ...fact('Paid', money(amount, currency)),
      ...fact('Reference', reference),
    );
  }

  /**
   * @param {Outcome} outcome
   * @param {Attempt} attempt
   */
  #actions({ next }, attempt) {
    const actions = element('div', { class: 'actions' });
    if (next === 'get-ticket') {
      const href = this.#ports.ticketUrl(attempt.key);
      actions.append(
        element(
          'a',
          { class: 'button primary', href, target: '_blank', rel: 'noopener' },
          'Download ticket (PDF)',
        ),
        this.#button('Buy more tickets', 'buy-more'),
      );
    }
    for (const seats of this.#ports.alternatives(attempt)) actions.append(this.#alternative(seats));
    const price = newPrice(attempt.problem);
    if (next === 'agree' && price) {
      actions.append(this.#button(`Buy for ${money(price.amount, price.currency)}`, next, true));
      actions.append(this.#button('Choose other seats', 'other-seats'));
    }
    const label = LABELS[next];
    if (label) actions.append(this.#button(label, next, MAIN_STEPS.includes(next)));
    if (next === 'send-again') actions.append(this.#button('Do not buy', 'do-not-buy'));
    if (next === 'go-to-bank') actions.append(this.#button('Give up', 'give-up'));
    return actions;
  }

  /** @param {Seat[]} seats */
  #alternative(seats) {
    const label = `Take ${seatPlaces(seats.map(({ seatId }) => seatId)).replace(/^R/, 'r')}`;
    const button = element('button', { type: 'button', class: 'button' }, label);
    button.addEventListener('click', () => this.#ports.onAlternative(seats));
    return button;
  }

  /**
   * @param {string} label
   * @param {Choice} choice
   * @param {boolean} [primary]
   */
  #button(label, choice, primary = false) {
    const button = element('button', { type: 'button', class: primary ? 'button primary' : 'button' }, label);
    button.addEventListener('click', () => this.#ports.onChoice(choice));
    return button;
  }
}

/** @param {number} current */
function stages(current) {
  return element(
    'ol',
    { class: 'stages' },
    ...STAGES.map((stage, index) =>
      element(
        'li',
        { 'aria-current': index === current ? 'step' : undefined, 'data-done': index < current },
        stage,
      ),
    ),
  );
}

/**
 * @param {string} term
 * @param {string} description
 */
function fact(term, description) {
  return [element('dt', {}, term), element('dd', {}, description)];
}
