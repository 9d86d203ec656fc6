/**
 * What a purchase means for whoever opens its page, maybe days later and elsewhere: as `outcome.js` has it for whoever has just pressed
 * Buy, and other words where those are of that moment.
 *
 * @import { Attempt } from './attempt.js'
 * @import { Outcome } from './outcome.js'
 */
import { outcomeOf } from './outcome.js';

/** @satisfies {Outcome} */
const LOOKING = {
  tone: 'progress',
  title: 'Looking up your purchase',
  text: 'This takes a moment.',
  next: 'wait',
};

/** @type {Outcome} */
const UNKNOWN = {
  tone: 'attention',
  title: 'There is no such purchase',
  text: 'The link may be incomplete, or the purchase is so old that it is not kept any more.',
  next: 'nothing',
};

/**
 * @param {Attempt} attempt
 * @returns {Outcome}
 */
export function purchaseOutcomeOf(attempt) {
  const { phase, problem, request, sale } = attempt;
  // This browser knows no more than the link.
  if (phase === 'checking' && !sale && !request.buyer && !attempt.offline) return LOOKING;
  if (phase === 'failed' && problem?.code === 'PURCHASE_NOT_FOUND') return UNKNOWN;
  const outcome = outcomeOf(attempt);
  if (phase !== 'confirmed') return outcome;
  return { ...outcome, text: 'Show the code on the ticket at the entrance, on your phone or on paper.' };
}

/**
 * What there is to read beside the seats.
 *
 * @param {Attempt} attempt
 * @param {(amount: number, currency: string) => string} money
 * @returns {[term: string, description: string][]}
 */
export function purchaseFacts({ phase, sale }, money) {
  if (!sale) return [];
  const { amount, currency, reference, cancellation } = sale;
  const isPaid = (phase === 'confirmed' || phase === 'cancelled') && amount > 0;
  // What was refused before it was priced has no currency: XXX.
  const isPriced = currency !== 'XXX';
  return [
    ...(isPriced ? [fact(isPaid ? 'Paid' : 'Price', money(amount, currency))] : []),
    ...(cancellation && amount > 0 ? [fact('Given back', refunded(cancellation.refund))] : []),
    fact('Reference', reference),
  ];

  /** @param {NonNullable<typeof cancellation>['refund']} refund */
  function refunded(refund) {
    if (refund.status === 'NONE') return 'nothing';
    const sum = money(refund.amount, currency);
    return refund.status === 'SUCCEEDED' ? sum : `${sum}, on its way`;
  }
}

/**
 * @param {string} term
 * @param {string} description
 * @returns {[term: string, description: string]}
 */
function fact(term, description) {
  return [term, description];
}
