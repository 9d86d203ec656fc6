/**
 * How a sale stands: what of its money is owed, and when recovery tries next.
 *
 * @import { Execution, Payment } from './control-routes.js'
 * @import { Sale, Tone } from './purchase-adapter.js'
 * @import { SaleRecord } from './sale-records.js'
 *
 * @typedef {object} SaleState
 * @property {string} status of the record; empty without one
 * @property {Tone} tone
 * @property {string} words about its money
 * @property {number} owed to the buyer, in minor units
 * @property {boolean} isOpen whether something is still to be done, and nobody is at it
 * @property {number} [nextAttemptAt] when recovery tries again, in milliseconds
 */
import { money } from './format.js';
import { saleOf } from './purchase-adapter.js';
import { paymentsOf } from './sale-records.js';

/** Attributes of a record that `stateOf` asks for. */
export const STATE_FIELDS = [
  ...[
    'status',
    'amount',
    'currency',
    'cancellation',
    'dueAt',
    'createdAt',
    'seats',
    'items',
    'eventId',
    'failure',
  ],
];

/** Seconds after its due time at which recovery tries a sale; from the last on it tries every hour. As in `reconcile.ts`. */
const ATTEMPTS = [0, 360, 1_080, 2_520];
const HOUR = 3_600;

/** Seconds between two looks of the reconciler. */
export const LOOKS_EVERY = 60;

/** Statuses in which an execution is at work, or has died. */
const UNDER_WAY = ['PENDING', 'PAID', 'COMPENSATING', 'CANCELLING'];

/** @type {Record<string, Tone>} */
const TONES = {
  ...{ CONFIRMED: 'good', FAILED: 'warn', CANCELLED: 'undo', AWAITING_AUTHENTICATION: 'wait' },
  ...{ COMPENSATING: 'bad', CANCELLING: 'undo' },
};

/**
 * When recovery tries next.
 *
 * @param {number} dueAt seconds since the epoch, as are all times here
 * @param {number} now
 */
export function nextAttemptAt(dueAt, now) {
  const overdue = now - dueAt;
  const next = ATTEMPTS.find((seconds) => seconds > overdue);
  if (next !== undefined) return dueAt + next;
  const last = ATTEMPTS.at(-1) ?? 0;
  return dueAt + last + (Math.floor((overdue - last) / HOUR) + 1) * HOUR;
}

/**
 * @param {Sale} sale
 * @param {SaleRecord | undefined} record none: the purchase was never opened, or is forgotten
 * @param {{ executions: readonly Execution[], payments: readonly Payment[], now: number }} known `now` in milliseconds
 * @returns {SaleState}
 */
export function stateOf(sale, record, { executions, payments, now }) {
  const { status = '', dueAt } = record ?? {};
  const paid = paymentsOf(payments, sale);
  const captured = paid.reduce((sum, payment) => sum + payment.captured, 0);
  const refunded = paid.reduce((sum, payment) => sum + payment.refunded, 0);
  const currency = paid[0]?.currency ?? record?.currency ?? 'XXX';
  const owed = Math.max(0, captured - refunded - keptOf(record, captured));
  const isOverdue = dueAt !== undefined && dueAt * 1000 <= now;
  const isRun = executions.some((each) => each.status === 'RUNNING' && isSame(saleOf(each), sale));
  const isOpen = dueAt !== undefined && (isOverdue || (UNDER_WAY.includes(status) && !isRun));
  return {
    ...{ status, owed, isOpen, words: moneyWords({ captured, refunded, owed, currency, status }) },
    tone: owed > 0 ? 'bad' : isOpen ? 'warn' : (TONES[status] ?? 'busy'),
    ...(isOpen && { nextAttemptAt: nextAttemptAt(dueAt, Math.floor(now / 1000)) * 1000 }),
  };
}

/**
 * What of the money taken is the seller's: all of it as long as nothing is decided, nothing of what failed.
 *
 * @param {SaleRecord | undefined} record
 * @param {number} captured
 */
function keptOf(record, captured) {
  if (!record) return 0;
  const { status, orderId, amount, cancellation } = record;
  if (status === 'CANCELLED' || status === 'CANCELLING')
    return orderId ? 0 : amount - (cancellation?.refund.amount ?? amount);
  return ['FAILED', 'COMPENSATING'].includes(status) ? 0 : captured;
}

/** @param {{ captured: number, refunded: number, owed: number, currency: string, status: string }} money */
function moneyWords({ captured, refunded, owed, currency, status }) {
  if (captured === 0) return 'No money was taken.';
  const taken = `${money(captured, currency)} was taken`;
  if (owed > 0) {
    const back = refunded > 0 ? `, ${money(refunded, currency)} given back` : '';
    return `${taken}${back}: ${money(owed, currency)} is owed to the buyer.`;
  }
  if (refunded === captured) return `${taken} and given back: nothing is owed.`;
  if (UNDER_WAY.includes(status)) return `${taken}, and it is not a sale yet.`;
  return refunded > 0 ? `${taken}, ${money(refunded, currency)} given back as agreed.` : `${taken}.`;
}

/**
 * @param {Sale | undefined} one
 * @param {Sale | undefined} other
 */
export function isSame(one, other) {
  return one !== undefined && one.kind === other?.kind && one.id === other.id;
}

/**
 * What a sale is of: `A-12, A-13`, `2 × Programme`.
 *
 * @param {SaleRecord | undefined} record
 */
export function contentsOf({ seats = [], items = [] } = {}) {
  return [
    ...seats.map((/** @type {{ seatId: string }} */ { seatId }) => seatId),
    ...items.map(
      (/** @type {{ quantity: number, name?: string, extraId: string }} */ { quantity, name, extraId }) =>
        `${quantity} × ${name ?? extraId}`,
    ),
  ].join(', ');
}
