/**
 * What an order of extras means for the buyer: words, and the one thing to do next.
 *
 * @import { OrderAttempt } from './attempt.js'
 *
 * @typedef {'wait' | 'go-to-bank' | 'other-card' | 'choose-again' | 'try-again' | 'send-again' | 'order-more' | 'come-back' |
 *   'nothing'} OrderStep
 *
 * @typedef {import('./result.js').Outcome & { next: OrderStep }} OrderOutcome
 */
import { isRunning } from './attempt.js';
import { AT_BANK } from './outcome.js';
import { listed, money } from './wording.js';

/** What the buyer sees of the workflow. */
export const ORDER_STAGES = ['Checking your order', 'Reserving and paying'];

/**
 * The text is the server's where there is none here.
 *
 * @type {Record<string, { title?: string, text?: string, next: OrderStep, tone?: OrderOutcome['tone'] }>}
 */
const FAILURES = {
  OUT_OF_STOCK: {
    text: 'Somebody was quicker. You have none of this order, and nothing was charged. What is left is below.',
    ...{ next: 'choose-again', tone: 'attention' },
  },
  EXTRA_NOT_FOUND: {
    title: 'Something you chose is not for sale any more',
    text: 'Nothing was charged. What is left is below.',
    ...{ next: 'choose-again', tone: 'attention' },
  },
  TOO_MANY_UNPAID_EXTRAS: {
    title: 'Too many extras are waiting to be paid for',
    ...{ next: 'come-back', tone: 'attention' },
  },
  VALIDATION: { title: 'This cannot be ordered', next: 'choose-again', tone: 'attention' },
  PAYMENT_DECLINED: { title: 'Your card was declined', next: 'other-card', tone: 'attention' },
  PAYMENT_ACTION_REQUIRED: {
    title: 'Your bank wants to verify this card',
    ...{ next: 'other-card', tone: 'attention' },
  },
  AUTHENTICATION_FAILED: {
    title: 'Your bank did not approve the payment',
    ...{ next: 'other-card', tone: 'attention' },
  },
  AUTHENTICATION_EXPIRED: {
    title: "The time for your bank's question ran out",
    text: 'Nothing was charged, and nothing is reserved for you any more.',
    ...{ next: 'try-again', tone: 'attention' },
  },
  ORDER_NOT_FOUND: {
    title: 'We do not have this order',
    text: 'Nothing was charged. You can order again.',
    ...{ next: 'try-again', tone: 'attention' },
  },
  SALE_CLOSED: { title: 'This event is not on sale', next: 'nothing', tone: 'attention' },
  EVENT_NOT_FOUND: { title: 'This event is no longer on sale', next: 'nothing' },
  PURCHASE_CANCELLED: { title: 'Your tickets are cancelled', next: 'nothing', tone: 'attention' },
  PURCHASE_FAILED: { title: 'Your tickets were not bought', next: 'nothing' },
  PURCHASE_NOT_FOUND: { title: 'We do not have your tickets', next: 'nothing' },
  PAYMENT_UNAVAILABLE: { title: 'Your payment did not go through', next: 'try-again' },
  PAYMENT_NOT_POSSIBLE: { title: 'Extras cannot be paid for at present', next: 'come-back' },
  ORDER_INTERRUPTED: { title: 'Your order was interrupted', next: 'try-again' },
};

/** @satisfies {OrderOutcome} */
const ORDERING = {
  tone: 'progress',
  title: 'Ordering your extras',
  text: 'This takes a few seconds. Reloading this page is safe.',
  next: 'wait',
};

/** @type {OrderOutcome} */
const CHECKING = {
  tone: 'progress',
  title: 'Checking your order',
  text: 'The answer has not reached us yet, so we are asking what became of your order. You will not be charged twice.',
  next: 'wait',
};

/** @type {OrderOutcome} */
const EXPIRING = {
  tone: 'progress',
  title: "The time for your bank's question ran out",
  text: 'Nothing was charged. What was reserved is being given back, which can take a minute or two.',
  next: 'wait',
};

/** @type {OrderOutcome} */
const OFFLINE = {
  tone: 'attention',
  title: 'You are offline',
  text: 'Your order goes on as soon as the connection is back. You will not be charged twice.',
  next: 'wait',
};

/** @type {OrderOutcome} */
const UNSENT = {
  tone: 'attention',
  title: 'Your order did not reach us',
  text: 'Nothing was charged and nothing is reserved. You can send the same order again.',
  next: 'send-again',
};

/**
 * @param {OrderAttempt} attempt
 * @returns {OrderOutcome}
 */
export function orderOutcomeOf(attempt) {
  const { phase, problem, sale, request } = attempt;
  if (attempt.offline && isRunning(attempt)) return OFFLINE;
  switch (phase) {
    case 'authenticating':
      return attempt.where ? AT_BANK[attempt.where] : CHECKING;
    case 'sending':
    case 'checking':
    case 'finishing':
    case 'giving-up':
      if (problem?.code === 'AUTHENTICATION_EXPIRED') return EXPIRING;
      return phase === 'sending' || sale ? { ...ORDERING, stage: stageOf(attempt) } : CHECKING;
    case 'unsent':
      return problem?.detail ? { ...UNSENT, text: problem.detail } : UNSENT;
    case 'confirmed':
      return {
        tone: 'success',
        title: 'Your extras are ordered',
        text: request.buyer
          ? `We are sending a confirmation to ${request.buyer.email}.`
          : 'We are sending you a confirmation by e-mail.',
        next: 'order-more',
      };
    case 'cancelled':
      return {
        tone: 'attention',
        title: 'This order is cancelled',
        text: sale?.amount
          ? `${money(sale.amount, sale.currency ?? '')} goes back to you.`
          : 'It cost nothing.',
        next: 'order-more',
      };
    case 'failed': {
      const { title, text, next = 'try-again', tone = 'failure' } = FAILURES[problem?.code ?? ''] ?? {};
      const words = problem?.code === 'OUT_OF_STOCK' ? soldOut(attempt) : title;
      return {
        tone,
        title: words ?? problem?.title ?? 'Your order was not made',
        text: text ?? problem?.detail ?? 'Nothing was ordered. Please try again.',
        next,
      };
    }
  }
}

/** @param {OrderAttempt} attempt */
function stageOf({ sale, phase }) {
  return sale?.amount === undefined && phase !== 'finishing' ? 0 : 1;
}

/**
 * In the buyer's words what the refusal names by its id: `Not enough left: programme, parking. Nothing was charged.`
 *
 * @param {OrderAttempt} attempt
 */
function soldOut({ problem, extras = [] }) {
  const [, ids = ''] = /: ([a-z0-9, -]+)\./.exec(problem?.detail ?? '') ?? [];
  const short = extras.filter(({ extraId }) => ids.split(', ').includes(extraId)).map(({ name }) => name);
  return short.length > 0 ? `Not enough left: ${listed(short)}` : 'Not enough left of what you chose';
}
