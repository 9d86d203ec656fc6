/**
 * One attempt to buy tickets, or to order extras, from the click to its definite answer.
 *
 * ```
 * sending ──201──▶ confirmed                     checking ──the sale is CONFIRMED──▶ confirmed
 *   │ │ ╲──definite refusal──▶ failed              │ │  ╲──the sale is FAILED──▶ failed
 *   │ └──202──▶ authenticating                     │ └──it waits for its buyer──▶ authenticating
 *   │ no answer, 429, 5xx, in progress, a reload   │ the server has no such sale
 *   ▼                                              ▼
 * checking                                       unsent ──sent again, same key──▶ sending
 *
 * authenticating ──the bank may have answered──▶ finishing ──201──▶ confirmed
 *   │                                              │  ╲──402──▶ failed
 *   │ the buyer gives up                           │ 202: it has not            anything else
 *   ▼                                              ▼                               ▼
 * giving-up ──200──▶ failed                      authenticating                 checking
 * ```
 *
 * Only `confirmed`, `failed` and `cancelled` are definite, and only after them may another attempt begin, with a key of its own.
 * What is confirmed becomes `cancelled` when the sale says so. A 502 or 503 is not definite: the saga gave up, but whether it
 * sold or undid is what the purchase itself says. Nor is a 410: the seats may still be on their way back, or the money.
 *
 * An order is accepted with a 202 that says no more: it stays `sending`, and what becomes of it is seen by looking at it.
 *
 * @import { Answer, Extra, Order, OrderRequest, Problem, Purchase, PurchaseRequest, Seat } from './api.js'
 *
 * @typedef {'sending' | 'checking' | 'unsent' | 'authenticating' | 'finishing' | 'giving-up' | 'confirmed' |
 *   'failed' | 'cancelled'} Phase
 *
 * @typedef {'bank' | 'waiting' | 'unshown' | 'elsewhere'} Where  While authenticating: the bank's question is open here; it
 *   is not, and the bank has not answered; it could not be opened; it is open in another tab.
 *
 * @typedef {object} Course
 * @property {string} key the idempotency key, and so the id of the purchase or order
 * @property {Phase} phase
 * @property {number} sentAt milliseconds since the epoch
 * @property {boolean} answered the server has had the request: it is not on its way any more
 * @property {boolean} [offline] the browser has no connection: it goes on when it has
 * @property {Problem} [problem] what went wrong, in the server's words
 * @property {Where} [where] while authenticating; not yet known after a reload
 * @property {number} [deadline] until when the bank may be answered: milliseconds since the epoch, on the buyer's clock
 *
 * @typedef {Omit<PurchaseRequest, 'buyer'> & { buyer?: PurchaseRequest['buyer'] }} KnownRequest  Without the buyer when
 *   another tab has sent it.
 *
 * @typedef {{ of: 'purchase', request: KnownRequest, seats: readonly Seat[] }} WantedSeats  `seats`: the order as the buyer
 *   saw it, to be shown again after a reload.
 *
 * @typedef {WantedSeats & Course & { sale?: Purchase }} Attempt  `sale`: the purchase as last seen.
 *
 * @typedef {Omit<OrderRequest, 'buyer'> & { buyer?: OrderRequest['buyer'] }} KnownOrderRequest
 *
 * @typedef {{ of: 'order', request: KnownOrderRequest, extras: readonly Extra[] }} WantedExtras  `extras`: those of the
 *   request, as the buyer saw them.
 *
 * @typedef {WantedExtras & Course & { sale?: Order }} OrderAttempt
 *
 * @typedef {Attempt | OrderAttempt} AnyAttempt
 *
 * @typedef {WantedSeats | WantedExtras} Wanted
 */

/** What the server calls it. */
const KINDS = {
  purchase: { id: 'purchaseId', unknown: 'PURCHASE_NOT_FOUND' },
  order: { id: 'orderId', unknown: 'ORDER_NOT_FOUND' },
};

/**
 * Milliseconds after which a request that got no answer cannot arrive any more. Above the 29 s of API Gateway and the
 * time-out of the API client.
 */
const ON_ITS_WAY = 40_000;

/** Refused before the saga or between two tries: it says nothing about the sale. */
const PASSING = [408, 425, 429];

/** Our own limits, unlike the gateway's: what was asked for has been looked at, and nothing is held. */
const OWN_LIMITS = ['TOO_MANY_UNPAID_SEATS', 'TOO_MANY_UNPAID_EXTRAS'];

/** Nothing will be bought any more, but it may be minutes until the seats are free. */
const BEING_UNDONE = ['AUTHENTICATION_EXPIRED', 'ABANDONED'];

/** @type {{ [From in Phase]?: Where }} */
const WHERE_AFTER = { sending: 'bank', finishing: 'waiting' };

/**
 * @template {Wanted} Some
 * @param {string} key
 * @param {Some} wanted
 * @param {number} now
 * @returns {Some & Course}
 */
export function begin(key, wanted, now) {
  return { ...wanted, key, phase: 'sending', sentAt: now, answered: false };
}

/**
 * One that is known by what the server has of it: its page was opened by a link.
 *
 * @param {Purchase} sale
 * @param {number} now
 * @returns {Attempt}
 */
export function known(sale, now) {
  const { purchaseId, eventId, seats, amount, currency } = sale;
  const request = { eventId, seats, expectedTotal: { amount, currency } };
  const begun = begin(purchaseId, { of: /** @type {const} */ ('purchase'), request, seats: [] }, now);
  return { ...begun, phase: 'checking', answered: true, sale };
}

/**
 * The same of an order of extras.
 *
 * @param {Order} sale
 * @param {number} now
 * @returns {OrderAttempt}
 */
export function knownOrder(sale, now) {
  const { orderId, eventId, items } = sale;
  const request = { eventId, items: items.map(({ extraId, quantity }) => ({ extraId, quantity })) };
  const begun = begin(orderId, { of: /** @type {const} */ ('order'), request, extras: [] }, now);
  return { ...begun, phase: 'checking', answered: true, sale };
}

/**
 * The same once more, under the same key: if the first did arrive after all, this gets its answer.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @param {number} now
 * @returns {Some}
 */
export function sendAgain(attempt, now) {
  if (attempt.phase !== 'unsent') return attempt;
  return { ...attempt, phase: 'sending', sentAt: now, answered: false, where: undefined, problem: undefined };
}

/**
 * As found after a reload: what was under way has lost its answer.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @returns {Some}
 */
export function resumed(attempt) {
  return isRunning(attempt) ? { ...attempt, phase: 'checking', where: undefined } : attempt;
}

/**
 * The answer to `POST /purchases` or `POST /orders`.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Some}
 */
export function answered(attempt, answer, now) {
  const { status, body } = answer;
  const known = success(attempt, answer, now);
  if (known) return known;
  if (status === 202 && attempt.of === 'order') return { ...attempt, answered: true };
  const refused = status >= 400 && status < 500 && !PASSING.includes(status);
  const inProgress = ['PURCHASE_IN_PROGRESS', 'PURCHASE_CANCELLED', ...BEING_UNDONE].includes(body?.code);
  if ((refused && !inProgress) || OWN_LIMITS.includes(body?.code)) return failed(attempt, body);
  return unclear(attempt, answer);
}

/**
 * No answer came: offline, connection cut, timed out.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @returns {Some}
 */
export function unanswered(attempt) {
  const asked = ['sending', 'finishing', 'giving-up'].includes(attempt.phase);
  return asked ? { ...attempt, phase: 'checking' } : attempt;
}

/**
 * The connection has gone, or is back.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @param {boolean} offline
 * @returns {Some}
 */
export function connected(attempt, offline) {
  return (attempt.offline ?? false) === offline ? attempt : { ...attempt, offline };
}

/**
 * Whether the request may be sent once more under its key: if it did arrive after all, this gets its answer.
 *
 * @param {AnyAttempt} attempt
 */
export function mayBeSentAgain({ phase, request, answered, sale }) {
  return phase === 'checking' && request.buyer !== undefined && !answered && !sale;
}

/**
 * The answer to `GET /purchases/{purchaseId}` or `GET /orders/{orderId}`.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Some}
 */
export function looked(attempt, answer, now) {
  const { status, body } = answer;
  const { id, unknown } = KINDS[attempt.of];
  const isIts = status === 200 && body?.[id] === attempt.key;
  if (isIts && (body.status === 'CANCELLING' || body.status === 'CANCELLED'))
    return { ...attempt, phase: 'cancelled', sale: body, problem: undefined };
  if (isSettled(attempt)) return attempt;
  if (status === 404 && body?.code === unknown) {
    const mayStillArrive = !attempt.answered && now - attempt.sentAt < ON_ITS_WAY;
    if (attempt.phase !== 'checking' || mayStillArrive) return attempt;
    const canBeSent = attempt.request.buyer && !attempt.sale;
    return canBeSent ? { ...attempt, phase: 'unsent' } : failed(attempt, body);
  }
  // Anything else says nothing about it.
  if (!isIts) return attempt;
  switch (body.status) {
    case 'CONFIRMED':
      return confirmed(attempt, body);
    case 'FAILED': {
      const title = attempt.problem?.code === body.failure?.code ? attempt.problem?.title : undefined;
      const { amount, currency } = body;
      return { ...failed(attempt, { title, amount, currency, ...body.failure }), sale: body };
    }
    case 'AWAITING_AUTHENTICATION': {
      // A request that may change it is under way.
      const isAsked = attempt.phase === 'finishing' || attempt.phase === 'giving-up';
      return isAsked ? { ...attempt, sale: body } : awaiting(attempt, answer, now);
    }
    default: {
      const isNews = attempt.phase === 'unsent' || attempt.phase === 'authenticating';
      return { ...attempt, phase: isNews ? 'checking' : attempt.phase, sale: body };
    }
  }
}

/**
 * Where the buyer and the bank are.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @param {Where} where
 * @returns {Some}
 */
export function atBank(attempt, where) {
  return attempt.phase === 'authenticating' && attempt.where !== where ? { ...attempt, where } : attempt;
}

/**
 * The bank may have answered: the server is asked to go on.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @returns {Some}
 */
export function finishing(attempt) {
  return attempt.phase === 'authenticating' ? { ...attempt, phase: 'finishing' } : attempt;
}

/**
 * The answer to `POST /purchases/{purchaseId}/authentication`, or that of an order. An order goes on by itself then: 202.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Some}
 */
export function finished(attempt, answer, now) {
  const known = success(attempt, answer, now);
  if (known) return known;
  return answer.status === 402 ? failed(attempt, answer.body) : unclear(attempt, answer);
}

/**
 * The buyer does not want the purchase any more.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @returns {Some}
 */
export function givingUp(attempt) {
  return attempt.phase === 'authenticating' ? { ...attempt, phase: 'giving-up' } : attempt;
}

/**
 * The answer to `POST /purchases/{purchaseId}/abandonment`.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Some}
 */
export function givenUp(attempt, answer, now) {
  if (isSettled(attempt)) return attempt;
  return looked(unclear(attempt, answer), answer, now);
}

/** @param {Course} attempt */
export function isSettled({ phase }) {
  return phase === 'confirmed' || phase === 'failed' || phase === 'cancelled';
}

/**
 * May still become a sale.
 *
 * @param {AnyAttempt} attempt
 */
export function isOpen(attempt) {
  return !isSettled(attempt);
}

/**
 * Still without a definite answer, and asking for it.
 *
 * @param {AnyAttempt} attempt
 */
export function isRunning(attempt) {
  return isOpen(attempt) && attempt.phase !== 'unsent';
}

/**
 * What says that it goes on, or has its end already. An order's 202 has no more than its status: a look says until when it waits.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Some | undefined}
 */
function success(attempt, answer, now) {
  const { status, body } = answer;
  if (isSettled(attempt)) return attempt;
  if (status === 201 && body?.status === 'CONFIRMED') return confirmed(attempt, body);
  if (status === 202 && body?.status === 'AWAITING_AUTHENTICATION' && body.authenticateBy)
    return awaiting(attempt, answer, now);
  return undefined;
}

/**
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @param {Some['sale']} sale
 * @returns {Some}
 */
function confirmed(attempt, sale) {
  return { ...attempt, phase: 'confirmed', sale, problem: undefined };
}

/**
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @param {any} body
 * @returns {Some}
 */
function failed(attempt, body) {
  return { ...attempt, phase: 'failed', problem: problemOf(body) };
}

/**
 * The sale waits for its buyer; when the time is over, for whoever cleans up: it can no longer be paid for then.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Some}
 */
function awaiting(attempt, { body, serverTime }, now) {
  const left = Date.parse(body.authenticateBy) - (serverTime ?? now);
  const seen = { ...attempt, answered: true, sale: body };
  if (!(left > 0)) return { ...seen, phase: 'checking', problem: { code: 'AUTHENTICATION_EXPIRED' } };
  const where = attempt.where === 'unshown' ? attempt.where : (WHERE_AFTER[attempt.phase] ?? attempt.where);
  return { ...seen, phase: 'authenticating', where, deadline: now + left, problem: undefined };
}

/**
 * What became of it, the sale itself must say.
 *
 * @template {AnyAttempt} Some
 * @param {Some} attempt
 * @param {Answer} answer
 * @returns {Some}
 */
function unclear(attempt, { status, body }) {
  const saysWhy = [410, 429, 502, 503].includes(status);
  return {
    ...attempt,
    phase: 'checking',
    // A gateway time-out answers for a request that may still be under way behind it.
    answered: attempt.answered || status !== 504,
    problem: saysWhy ? problemOf(body) : undefined,
  };
}

/**
 * @param {any} body
 * @returns {Problem}
 */
function problemOf(body) {
  const { code, title, detail, amount, currency } = body ?? {};
  return { code, title, detail, ...(code === 'PRICE_CHANGED' && { amount, currency }) };
}
