/**
 * What an attempt means for the buyer: words, and the one thing to do next.
 *
 * @import { Attempt, Where } from './attempt.js'
 *
 * @typedef {'get-ticket' | 'wait' | 'go-to-bank' | 'other-card' | 'other-seats' | 'agree' | 'try-again' | 'send-again' |
 *   'correct' | 'come-back' | 'nothing'} NextStep
 *
 * @typedef {import('./result.js').Outcome & { next: NextStep }} Outcome
 */
import { isRunning } from './attempt.js';
import { money, seatPlaces } from './wording.js';

/** What the buyer sees of the saga. */
export const STAGES = ['Holding your seats', 'Taking the payment', 'Making your ticket'];

/**
 * The text is the server's where there is none here.
 *
 * @type {Record<string, { title?: string, text?: string, next: NextStep, tone?: Outcome['tone'] }>}
 */
const FAILURES = {
  VALIDATION: { title: 'Please check your details', next: 'correct', tone: 'attention' },
  PAYMENT_DECLINED: { title: 'Your card was declined', next: 'other-card', tone: 'attention' },
  PAYMENT_ACTION_REQUIRED: {
    title: 'Your bank wants to verify this card',
    next: 'other-card',
    tone: 'attention',
  },
  AUTHENTICATION_FAILED: {
    title: 'Your bank did not approve the payment',
    next: 'other-card',
    tone: 'attention',
  },
  AUTHENTICATION_EXPIRED: {
    title: "The time for your bank's question ran out",
    text: 'Nothing was charged and the seats are free again.',
    next: 'try-again',
    tone: 'attention',
  },
  ABANDONED: {
    title: 'You gave up this purchase',
    text: 'Nothing was charged and the seats are free again.',
    next: 'other-seats',
    tone: 'attention',
  },
  TOO_MANY_UNPAID_SEATS: {
    title: 'Too many seats are waiting to be paid for',
    next: 'come-back',
    tone: 'attention',
  },
  PURCHASE_NOT_FOUND: {
    title: 'We do not have this purchase',
    text: 'Nothing was charged and no seat is held. You can buy again.',
    next: 'try-again',
    tone: 'attention',
  },
  SEAT_UNAVAILABLE: { next: 'other-seats', tone: 'attention' },
  SALE_CLOSED: { title: 'This event is not on sale', next: 'nothing', tone: 'attention' },
  PRICE_CHANGED: { title: 'The price has changed', next: 'agree', tone: 'attention' },
  SEAT_NOT_FOUND: { title: 'That seat does not exist', next: 'other-seats', tone: 'attention' },
  EVENT_NOT_FOUND: { title: 'This event is no longer on sale', next: 'other-seats' },
  RESERVATION_FAILED: { title: 'We could not hold your seats', next: 'try-again' },
  PAYMENT_UNAVAILABLE: { title: 'Your payment did not go through', next: 'try-again' },
  PAYMENT_NOT_POSSIBLE: { title: 'These seats cannot be paid for at present', next: 'come-back' },
  TICKET_FAILED: { title: 'We could not make your ticket', next: 'try-again' },
  CHECKOUT_INTERRUPTED: { title: 'Your purchase was interrupted', next: 'try-again' },
};

/** @type {Outcome} */
const SENDING = {
  tone: 'progress',
  title: 'Buying your tickets',
  text: 'This takes a few seconds. Please keep this page open.',
  next: 'wait',
};

/** @type {Outcome} */
const CHECKING = {
  tone: 'progress',
  title: 'Checking your purchase',
  text:
    'The answer has not reached us yet, so we are asking what became of your purchase. ' +
    'Reloading this page is safe: you will not be charged twice.',
  next: 'wait',
};

/** @type {Outcome} */
const UNDOING = {
  tone: 'progress',
  title: 'Undoing your purchase',
  text:
    'Something went wrong. Anything you paid is being given back, and the seats are being freed. This can take a ' +
    'few minutes. Reloading this page is safe.',
  next: 'wait',
};

/** What was asked of the bank: nothing was ever charged. @type {Record<string, Outcome>} */
const FREEING = {
  AUTHENTICATION_EXPIRED: {
    tone: 'progress',
    title: "The time for your bank's question ran out",
    text: 'Nothing was charged. The seats are being freed, which can take a minute or two.',
    next: 'wait',
  },
  ABANDONED: {
    tone: 'progress',
    title: 'You gave up this purchase',
    text: 'Nothing was charged. The seats are being freed.',
    next: 'wait',
  },
};

/** @type {Outcome} */
const FINISHING = {
  tone: 'progress',
  title: 'Finishing your purchase',
  text: 'We are asking your bank for its answer. Please keep this page open.',
  next: 'wait',
};

/** @type {Outcome} */
const GIVING_UP = {
  tone: 'progress',
  title: 'Giving up your purchase',
  text: 'The payment is being cancelled and the seats are being freed.',
  next: 'wait',
};

/** The same whatever is paid for. @type {Record<Where, import('./result.js').Outcome & { next: 'wait' | 'go-to-bank' }>} */
export const AT_BANK = {
  bank: {
    tone: 'progress',
    title: 'Your bank asks for you',
    text: 'Please answer in the window of your bank. Nothing is charged before you agree.',
    next: 'wait',
  },
  waiting: {
    tone: 'attention',
    title: 'Your bank has no answer from you yet',
    text: 'Nothing is charged before you agree.',
    next: 'go-to-bank',
  },
  unshown: {
    tone: 'attention',
    title: 'The window of your bank could not be opened',
    text: 'Nothing is charged before you agree there.',
    next: 'go-to-bank',
  },
  elsewhere: {
    tone: 'attention',
    title: 'Your bank asks for you in another tab',
    text: 'Answer there, or go on here. Nothing is charged before you agree.',
    next: 'go-to-bank',
  },
};

/** @type {Outcome} */
const OFFLINE = {
  tone: 'attention',
  title: 'You are offline',
  text: 'Your purchase goes on as soon as the connection is back. You will not be charged twice.',
  next: 'wait',
};

/** @type {Outcome} */
const UNSENT = {
  tone: 'attention',
  title: 'Your purchase did not reach us',
  text: 'Nothing was charged and no seat is held. You can send the same purchase again.',
  next: 'send-again',
};

/**
 * @param {Attempt} attempt
 * @returns {Outcome}
 */
export function outcomeOf(attempt) {
  const { phase, problem, sale, request } = attempt;
  if (attempt.offline && isRunning(attempt)) return OFFLINE;
  switch (phase) {
    case 'sending':
      return sale?.status === 'COMPENSATING' ? UNDOING : { ...SENDING, stage: stageOf(attempt) };
    case 'authenticating':
      return attempt.where ? AT_BANK[attempt.where] : CHECKING;
    case 'finishing':
      return { ...FINISHING, stage: stageOf(attempt) };
    case 'giving-up':
      return GIVING_UP;
    case 'checking':
      // A 410, 502 or 503 of ours says that the saga has given up, even if the purchase does not show it yet.
      return FREEING[problem?.code ?? ''] ?? (isUndoing(attempt) ? UNDOING : CHECKING);
    case 'unsent':
      return problem?.detail ? { ...UNSENT, title: titleOf(attempt), text: problem.detail } : UNSENT;
    case 'confirmed':
      return {
        tone: 'success',
        title: 'Your tickets are confirmed',
        text: `${onTheirWay(request.buyer)} You can download them right now.`,
        next: 'get-ticket',
      };
    case 'cancelled':
      return {
        tone: 'attention',
        title: isWithEvent(sale)
          ? 'The event is cancelled, and your purchase with it'
          : 'This purchase is cancelled',
        text: `Its tickets are not valid any more. ${givenBack(sale)}`,
        next: isWithEvent(sale) ? 'nothing' : 'other-seats',
      };
    case 'failed': {
      const { next = 'try-again', tone = 'failure' } = FAILURES[problem?.code ?? ''] ?? {};
      return {
        tone,
        title: titleOf(attempt),
        text: textOf(attempt),
        next,
      };
    }
  }
}

/** @param {Attempt['sale']} purchase that is cancelled */
function isWithEvent(purchase) {
  return purchase?.cancellation?.reason === 'EVENT_CANCELLED';
}

/** @param {Attempt['sale']} purchase that is cancelled */
function givenBack(purchase) {
  const { amount: price = 0, currency = '', cancellation } = purchase ?? {};
  if (price === 0) return 'They cost nothing.';
  const { amount = 0, status = 'PENDING' } = cancellation?.refund ?? {};
  const all = money(amount, currency);
  const sum = amount < price ? `${all} of ${money(price, currency)}` : all;
  switch (status) {
    case 'NONE':
      return 'No money is given back.';
    case 'SUCCEEDED':
      return `${sum} went back to you. It may take your bank some days to show it.`;
    case 'PENDING':
      return `${sum} is on its way back to you.`;
    case 'FAILED':
      return `${sum} could not be given back yet. We are seeing to it.`;
  }
}

/** @param {Attempt['request']['buyer']} buyer */
function onTheirWay(buyer) {
  return buyer && (buyer.channels ?? ['email']).includes('email')
    ? `We are sending them to ${buyer.email}.`
    : 'We are telling you as you asked us to.';
}

/**
 * Which of the wanted seats a refusal names: `No longer available: A-2.`
 *
 * @param {Attempt} attempt
 */
export function seatsNamed({ problem, request }) {
  const words = new Set(problem?.detail?.match(/([A-Z0-9]+-){1,2}[0-9]+/g));
  return request.seats.filter((seatId) => words.has(seatId));
}

/**
 * What the seats cost now, when a refusal says so.
 *
 * @param {Attempt['problem']} problem
 */
export function newPrice(problem) {
  const { amount, currency } = problem ?? {};
  return amount === undefined || currency === undefined ? undefined : { amount, currency };
}

/** @param {Attempt} attempt */
function isUndoing({ problem, sale }) {
  return sale?.status === 'COMPENSATING' || (problem?.code ?? '') in FAILURES;
}

/** @param {Attempt} attempt */
function stageOf({ sale }) {
  switch (sale?.status) {
    case 'PENDING':
    case 'AWAITING_AUTHENTICATION':
      return 1;
    case 'PAID':
      return 2;
    default:
      return 0;
  }
}

/** @param {Attempt} attempt */
function textOf({ problem, request }) {
  // The title names the seat, in the buyer's words.
  if (problem?.code === 'SEAT_UNAVAILABLE') return 'Another buyer was quicker. Nothing was charged.';
  if (problem?.code === 'PRICE_CHANGED') {
    const { expectedTotal: shown } = request;
    const { amount, currency } = newPrice(problem) ?? shown;
    return `These seats now cost ${money(amount, currency)}, not ${money(shown.amount, shown.currency)}. Nothing was charged, and no seat is held.`;
  }
  return FAILURES[problem?.code ?? '']?.text ?? problem?.detail ?? 'Nothing was bought. Please try again.';
}

/** @param {Attempt} attempt */
function titleOf(attempt) {
  const { problem } = attempt;
  if (problem?.code === 'SEAT_UNAVAILABLE') {
    const seats = seatsNamed(attempt);
    if (seats.length === 0) return 'A seat has just been taken';
    return `${seatPlaces(seats)} ${seats.length === 1 ? 'has' : 'have'} just been taken`;
  }
  return FAILURES[problem?.code ?? '']?.title ?? problem?.title ?? 'Your purchase was not made';
}
