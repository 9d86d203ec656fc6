/**
 * One attempt to buy, from the click to its definite answer.
 *
 * ```
 * sending ──201──▶ confirmed                     checking ──the purchase is CONFIRMED──▶ confirmed
 *   │ │ ╲──definite refusal──▶ failed              │ │  ╲──the purchase is FAILED──▶ failed
 *   │ └──202──▶ authenticating                     │ └──it waits for its buyer──▶ authenticating
 *   │ no answer, 429, 5xx, in progress, a reload   │ the server has no such purchase
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
 * What is confirmed becomes `cancelled` when the purchase says so. A 502 or 503 is not definite: the saga gave up, but whether it
 * sold or undid is what the purchase itself says. Nor is a 410: the seats may still be on their way back, or the money.
 *
 * @import { Answer, Problem, Purchase, PurchaseRequest, Seat } from './api.js'
 *
 * @typedef {'sending' | 'checking' | 'unsent' | 'authenticating' | 'finishing' | 'giving-up' | 'confirmed' |
 *   'failed' | 'cancelled'} Phase
 *
 * @typedef {'bank' | 'waiting' | 'unshown' | 'elsewhere'} Where  While authenticating: the bank's question is open here; it
 *   is not, and the bank has not answered; it could not be opened; it is open in another tab.
 *
 * @typedef {Omit<PurchaseRequest, 'buyer'> & { buyer?: PurchaseRequest['buyer'] }} KnownRequest  Without the buyer when
 *   another tab has sent it.
 *
 * @typedef {object} Attempt
 * @property {string} key the idempotency key, and so the purchase id
 * @property {KnownRequest} request
 * @property {readonly Seat[]} seats the order as the buyer saw it, to be shown again after a reload
 * @property {Phase} phase
 * @property {number} sentAt milliseconds since the epoch
 * @property {boolean} answered the server has had the request: it is not on its way any more
 * @property {Purchase} [purchase] as last seen
 * @property {Problem} [problem] what went wrong, in the server's words
 * @property {Where} [where] while authenticating; not yet known after a reload
 * @property {number} [deadline] until when the bank may be answered: milliseconds since the epoch, on the buyer's clock
 */

/**
 * Milliseconds after which a request that got no answer cannot arrive any more. Above the 29 s of API Gateway and the
 * time-out of the API client.
 */
const ON_ITS_WAY = 40_000;

/** Refused before the saga or between two tries: it says nothing about the purchase. */
const PASSING = [408, 425, 429];

/** Nothing will be bought any more, but it may be minutes until the seats are free. */
const BEING_UNDONE = ['AUTHENTICATION_EXPIRED', 'ABANDONED'];

/** @type {{ [From in Phase]?: Where }} */
const WHERE_AFTER = { sending: 'bank', finishing: 'waiting' };

/**
 * @param {string} key
 * @param {KnownRequest} request
 * @param {readonly Seat[]} seats
 * @param {number} now
 * @returns {Attempt}
 */
export function begin(key, request, seats, now) {
  return { key, request, seats, phase: 'sending', sentAt: now, answered: false };
}

/**
 * The same purchase once more, under the same key: if the first did arrive after all, this gets its answer.
 *
 * @param {Attempt} attempt
 * @param {number} now
 * @returns {Attempt}
 */
export function sendAgain(attempt, now) {
  if (attempt.phase !== 'unsent') return attempt;
  return begin(attempt.key, attempt.request, attempt.seats, now);
}

/**
 * As found after a reload: what was under way has lost its answer.
 *
 * @param {Attempt} attempt
 * @returns {Attempt}
 */
export function resumed(attempt) {
  return isRunning(attempt) ? { ...attempt, phase: 'checking', where: undefined } : attempt;
}

/**
 * The answer to `POST /purchases`.
 *
 * @param {Attempt} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Attempt}
 */
export function answered(attempt, answer, now) {
  const { status, body } = answer;
  const known = success(attempt, answer, now);
  if (known) return known;
  const refused = status >= 400 && status < 500 && !PASSING.includes(status);
  const inProgress = ['PURCHASE_IN_PROGRESS', 'PURCHASE_CANCELLED', ...BEING_UNDONE].includes(body?.code);
  // Its own limit, unlike the gateway's: the saga has run, and has held nothing.
  if ((refused && !inProgress) || body?.code === 'TOO_MANY_UNPAID_SEATS') return failed(attempt, body);
  return unclear(attempt, answer);
}

/**
 * No answer came: offline, connection cut, timed out.
 *
 * @param {Attempt} attempt
 * @returns {Attempt}
 */
export function unanswered(attempt) {
  const asked = ['sending', 'finishing', 'giving-up'].includes(attempt.phase);
  return asked ? { ...attempt, phase: 'checking' } : attempt;
}

/**
 * The answer to `GET /purchases/{purchaseId}`.
 *
 * @param {Attempt} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Attempt}
 */
export function looked(attempt, answer, now) {
  const { status, body } = answer;
  const isIts = status === 200 && body?.purchaseId === attempt.key;
  if (isIts && (body.status === 'CANCELLING' || body.status === 'CANCELLED'))
    return { ...attempt, phase: 'cancelled', purchase: body, problem: undefined };
  if (isSettled(attempt)) return attempt;
  if (status === 404 && body?.code === 'PURCHASE_NOT_FOUND') {
    const mayStillArrive = !attempt.answered && now - attempt.sentAt < ON_ITS_WAY;
    if (attempt.phase !== 'checking' || mayStillArrive) return attempt;
    const canBeSent = attempt.request.buyer && !attempt.purchase;
    return canBeSent ? { ...attempt, phase: 'unsent' } : failed(attempt, body);
  }
  // Anything else that is no purchase says nothing about it.
  if (!isIts) return attempt;
  switch (body.status) {
    case 'CONFIRMED':
      return confirmed(attempt, body);
    case 'FAILED': {
      const title = attempt.problem?.code === body.failure?.code ? attempt.problem?.title : undefined;
      const { amount, currency } = body;
      return { ...failed(attempt, { title, amount, currency, ...body.failure }), purchase: body };
    }
    case 'AWAITING_AUTHENTICATION': {
      // A request that may change it is under way.
      const isAsked = attempt.phase === 'finishing' || attempt.phase === 'giving-up';
      return isAsked ? { ...attempt, purchase: body } : awaiting(attempt, answer, now);
    }
    default: {
      const isNews = attempt.phase === 'unsent' || attempt.phase === 'authenticating';
      return { ...attempt, phase: isNews ? 'checking' : attempt.phase, purchase: body };
    }
  }
}

/**
 * Where the buyer and the bank are.
 *
 * @param {Attempt} attempt
 * @param {Where} where
 * @returns {Attempt}
 */
export function atBank(attempt, where) {
  return attempt.phase === 'authenticating' && attempt.where !== where ? { ...attempt, where } : attempt;
}

/**
 * The bank may have answered: the server is asked to go on.
 *
 * @param {Attempt} attempt
 * @returns {Attempt}
 */
export function finishing(attempt) {
  return attempt.phase === 'authenticating' ? { ...attempt, phase: 'finishing' } : attempt;
}

/**
 * The answer to `POST /purchases/{purchaseId}/authentication`.
 *
 * @param {Attempt} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Attempt}
 */
export function finished(attempt, answer, now) {
  const known = success(attempt, answer, now);
  if (known) return known;
  return answer.status === 402 ? failed(attempt, answer.body) : unclear(attempt, answer);
}

/**
 * The buyer does not want the purchase any more.
 *
 * @param {Attempt} attempt
 * @returns {Attempt}
 */
export function givingUp(attempt) {
  return attempt.phase === 'authenticating' ? { ...attempt, phase: 'giving-up' } : attempt;
}

/**
 * The answer to `POST /purchases/{purchaseId}/abandonment`.
 *
 * @param {Attempt} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Attempt}
 */
export function givenUp(attempt, answer, now) {
  if (isSettled(attempt)) return attempt;
  return looked(unclear(attempt, answer), answer, now);
}

/** @param {Attempt} attempt */
export function isSettled({ phase }) {
  return phase === 'confirmed' || phase === 'failed' || phase === 'cancelled';
}

/**
 * May still become a purchase.
 *
 * @param {Attempt} attempt
 */
export function isOpen(attempt) {
  return !isSettled(attempt);
}

/**
 * Still without a definite answer, and asking for it.
 *
 * @param {Attempt} attempt
 */
export function isRunning(attempt) {
  return isOpen(attempt) && attempt.phase !== 'unsent';
}

/**
 * What a purchase answers that goes on, or has an end already.
 *
 * @param {Attempt} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Attempt | undefined}
 */
function success(attempt, answer, now) {
  const { status, body } = answer;
  if (isSettled(attempt)) return attempt;
  if (status === 201 && body?.status === 'CONFIRMED') return confirmed(attempt, body);
  if (status === 202 && body?.status === 'AWAITING_AUTHENTICATION') return awaiting(attempt, answer, now);
  return undefined;
}

/**
 * @param {Attempt} attempt
 * @param {Purchase} purchase
 * @returns {Attempt}
 */
function confirmed(attempt, purchase) {
  return { ...attempt, phase: 'confirmed', purchase, problem: undefined };
}

/**
 * @param {Attempt} attempt
 * @param {any} body
 * @returns {Attempt}
 */
function failed(attempt, body) {
  return { ...attempt, phase: 'failed', problem: problemOf(body) };
}

/**
 * The purchase waits for its buyer; when the time is over, for whoever cleans up: it can no longer be paid for then.
 *
 * @param {Attempt} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Attempt}
 */
function awaiting(attempt, { body, serverTime }, now) {
  const left = Date.parse(body.authenticateBy) - (serverTime ?? now);
  const seen = { ...attempt, answered: true, purchase: body };
  if (!(left > 0)) return { ...seen, phase: 'checking', problem: { code: 'AUTHENTICATION_EXPIRED' } };
  const where = attempt.where === 'unshown' ? attempt.where : (WHERE_AFTER[attempt.phase] ?? attempt.where);
  return { ...seen, phase: 'authenticating', where, deadline: now + left, problem: undefined };
}

/**
 * What became of it, the purchase itself must say.
 *
 * @param {Attempt} attempt
 * @param {Answer} answer
 * @returns {Attempt}
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
