/**
 * One attempt to buy, from the click to its definite answer.
 *
 * ```
 * sending ──201──▶ confirmed
 *    │  ╲──definite refusal──▶ failed
 *    │ no answer, 429, 5xx, PURCHASE_IN_PROGRESS, a reload
 *    ▼
 * checking ──the purchase is CONFIRMED──▶ confirmed
 *    │  ╲──the purchase is FAILED──▶ failed
 *    │ the server has no such purchase
 *    ▼
 * unsent ──sent again, same key──▶ sending
 * ```
 *
 * Only `confirmed` and `failed` are definite, and only after them may another attempt begin, with a key of its own. A
 * 502 or 503 is not: the saga gave up, but whether it sold or undid is what the purchase itself says.
 *
 * @import { Answer, Problem, Purchase, PurchaseRequest, Seat } from './api.js'
 *
 * @typedef {'sending' | 'checking' | 'unsent' | 'confirmed' | 'failed'} Phase
 *
 * @typedef {object} Attempt
 * @property {string} key the idempotency key, and so the purchase id
 * @property {PurchaseRequest} request
 * @property {readonly Seat[]} seats the order as the buyer saw it, to be shown again after a reload
 * @property {Phase} phase
 * @property {number} sentAt milliseconds since the epoch
 * @property {boolean} answered the server has had the request: it is not on its way any more
 * @property {Purchase} [purchase] as last seen
 * @property {Problem} [problem] what went wrong, in the server's words
 */

/**
 * Milliseconds after which a request that got no answer cannot arrive any more. Above the 29 s of API Gateway and the
 * time-out of the API client.
 */
const ON_ITS_WAY = 40_000;

/** Refused before the saga or between two tries: it says nothing about the purchase. */
const PASSING = [408, 425, 429];

/**
 * @param {string} key
 * @param {PurchaseRequest} request
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
 * As found after a reload: what was being sent has lost its answer.
 *
 * @param {Attempt} attempt
 * @returns {Attempt}
 */
export function resumed(attempt) {
  return attempt.phase === 'sending' ? { ...attempt, phase: 'checking' } : attempt;
}

/**
 * The answer to `POST /purchases`.
 *
 * @param {Attempt} attempt
 * @param {Answer} answer
 * @returns {Attempt}
 */
export function answered(attempt, { status, body }) {
  if (isSettled(attempt)) return attempt;
  if (status === 201 && body?.status === 'CONFIRMED') return confirmed(attempt, body);
  const refused = status >= 400 && status < 500 && !PASSING.includes(status);
  if (refused && body?.code !== 'PURCHASE_IN_PROGRESS') {
    return { ...attempt, phase: 'failed', problem: problemOf(body) };
  }
  const saysWhy = [502, 503, 429].includes(status);
  return {
    ...attempt,
    phase: 'checking',
    // A gateway time-out answers for a request that may still be under way behind it.
    answered: status !== 504,
    problem: saysWhy ? problemOf(body) : undefined,
  };
}

/**
 * No answer came: offline, connection cut, timed out.
 *
 * @param {Attempt} attempt
 * @returns {Attempt}
 */
export function unanswered(attempt) {
  return attempt.phase === 'sending' ? { ...attempt, phase: 'checking' } : attempt;
}

/**
 * The answer to `GET /purchases/{purchaseId}`.
 *
 * @param {Attempt} attempt
 * @param {Answer} answer
 * @param {number} now
 * @returns {Attempt}
 */
export function looked(attempt, { status, body }, now) {
  if (isSettled(attempt)) return attempt;
  if (status === 404 && body?.code === 'PURCHASE_NOT_FOUND') {
    const mayStillArrive = !attempt.answered && now - attempt.sentAt < ON_ITS_WAY;
    return attempt.phase === 'checking' && !mayStillArrive ? { ...attempt, phase: 'unsent' } : attempt;
  }
  // Anything else that is no purchase says nothing about it.
  if (status !== 200 || body?.purchaseId !== attempt.key) return attempt;
  if (body.status === 'CONFIRMED') return confirmed(attempt, body);
  if (body.status === 'FAILED') {
    const title = attempt.problem?.code === body.failure?.code ? attempt.problem?.title : undefined;
    const { amount, currency } = body;
    return {
      ...attempt,
      phase: 'failed',
      purchase: body,
      problem: problemOf({ title, amount, currency, ...body.failure }),
    };
  }
  return { ...attempt, phase: attempt.phase === 'unsent' ? 'checking' : attempt.phase, purchase: body };
}

/** @param {Attempt} attempt */
export function isSettled({ phase }) {
  return phase === 'confirmed' || phase === 'failed';
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
export function isRunning({ phase }) {
  return phase === 'sending' || phase === 'checking';
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
 * @param {any} body
 * @returns {Problem}
 */
function problemOf(body) {
  const { code, title, detail, amount, currency } = body ?? {};
  return { code, title, detail, ...(code === 'PRICE_CHANGED' && { amount, currency }) };
}
