/**
 * What became of the purchase, and what the buyer can press then.
 *
 * @import { Seat } from './api.js'
 * @import { Attempt } from './attempt.js'
 * @import { NextStep, Outcome } from './outcome.js'
 *
 * @typedef {NextStep | 'buy-more' | 'do-not-buy' | 'give-up'} Choice  what the buyer can press
 */
import { element } from './element.js';
import { newPrice, outcomeOf, STAGES } from './outcome.js';
import { purchaseHref } from './purchase-route.js';
import { actionButton, MAIN_STEPS, ResultPanel, STEP_LABELS } from './result.js';
import { money, seatPlaces } from './wording.js';

/** @type {Partial<Record<NextStep, string>>} */
const LABELS = { ...STEP_LABELS, 'other-seats': 'Choose other seats' };

/**
 * @param {HTMLElement} panel
 * @param {object} ports
 * @param {(purchaseId: string) => string} ports.ticketUrl
 * @param {(attempt: Attempt) => Seat[][]} ports.alternatives to seats that were taken
 * @param {(choice: Choice) => void} ports.onChoice
 * @param {(seats: Seat[]) => void} ports.onAlternative
 */
export function purchaseResult(panel, { ticketUrl, alternatives, onChoice, onAlternative }) {
  /** @type {ResultPanel<Attempt, Outcome>} */
  const result = new ResultPanel(panel, {
    held: 'Your seats are held',
    stages: STAGES,
    outcomeOf,
    receiptOf,
    actionsFor,
  });
  return result;

  /**
   * @param {Outcome} outcome
   * @param {Attempt} attempt
   */
  function actionsFor({ next }, attempt) {
    /** @type {Node[]} */
    const actions = [];
    if (next === 'get-ticket') {
      const link = {
        class: 'button primary',
        href: ticketUrl(attempt.key),
        target: '_blank',
        rel: 'noopener',
      };
      const page = { class: 'button', href: purchaseHref(attempt.key) };
      actions.push(element('a', link, 'Download ticket (PDF)'), element('a', page, 'See your purchase'));
      actions.push(choice('Buy more tickets', 'buy-more'));
    }
    for (const seats of alternatives(attempt)) actions.push(alternative(seats));
    const price = newPrice(attempt.problem);
    if (next === 'agree' && price) {
      actions.push(choice(`Buy for ${money(price.amount, price.currency)}`, next, true));
      actions.push(choice('Choose other seats', 'other-seats'));
    }
    const label = LABELS[next];
    if (label) actions.push(choice(label, next, MAIN_STEPS.includes(next)));
    if (next === 'send-again') actions.push(choice('Do not buy', 'do-not-buy'));
    if (next === 'go-to-bank') actions.push(choice('Give up', 'give-up'));
    return actions;
  }

  /** @param {Seat[]} seats */
  function alternative(seats) {
    const label = `Take ${seatPlaces(seats.map(({ seatId }) => seatId)).replace(/^R/, 'r')}`;
    return actionButton(label, () => onAlternative(seats));
  }

  /**
   * @param {string} label
   * @param {Choice} chosen
   * @param {boolean} [primary]
   */
  function choice(label, chosen, primary) {
    return actionButton(label, () => onChoice(chosen), primary);
  }
}

/**
 * @param {Attempt} attempt
 * @returns {[term: string, description: string][]}
 */
function receiptOf({ sale }) {
  const { seats = [], amount = 0, currency = 'EUR', reference = '' } = sale ?? {};
  return [
    ['Seats', seatPlaces(seats)],
    ['Paid', money(amount, currency)],
    ['Reference', reference],
  ];
}
