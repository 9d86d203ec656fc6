/**
 * What became of the order of extras, and what the buyer can press then.
 *
 * @import { OrderAttempt } from './attempt.js'
 * @import { OrderOutcome, OrderStep } from './order-outcome.js'
 *
 * @typedef {OrderStep | 'do-not-order'} OrderChoice
 */
import { ORDER_STAGES, orderOutcomeOf } from './order-outcome.js';
import { actionButton, MAIN_STEPS, ResultPanel, STEP_LABELS } from './result.js';
import { listed, money } from './wording.js';

/** @type {Partial<Record<OrderStep, string>>} */
const LABELS = { ...STEP_LABELS, 'choose-again': 'Choose again' };

/**
 * @param {HTMLElement} panel
 * @param {object} ports
 * @param {() => boolean} ports.canOrderMore
 * @param {(choice: OrderChoice) => void} ports.onChoice
 */
export function orderResult(panel, { canOrderMore, onChoice }) {
  /** @type {ResultPanel<OrderAttempt, OrderOutcome>} */
  const result = new ResultPanel(panel, {
    held: 'Your extras are reserved',
    stages: ORDER_STAGES,
    outcomeOf: orderOutcomeOf,
    receiptOf,
    actionsFor: ({ next }) => [
      ...(LABELS[next] ? [choice(LABELS[next], next, MAIN_STEPS.includes(next))] : []),
      ...(next === 'send-again' ? [choice('Do not order', 'do-not-order')] : []),
      ...(next === 'order-more' && canOrderMore() ? [choice('Order more', next)] : []),
    ],
  });
  return result;

  /**
   * @param {string} label
   * @param {OrderChoice} chosen
   * @param {boolean} [primary]
   */
  function choice(label, chosen, primary) {
    return actionButton(label, () => onChoice(chosen), primary);
  }
}

/**
 * @param {OrderAttempt} attempt
 * @returns {[term: string, description: string][]}
 */
function receiptOf({ sale }) {
  const { items = [], amount = 0, currency = 'EUR', reference = '' } = sale ?? {};
  return [
    ['Extras', listed(items.map(({ quantity, name, extraId }) => `${quantity} × ${name ?? extraId}`))],
    ['Paid', money(amount, currency)],
    ['Reference', reference],
  ];
}
