/**
 * What an execution means for a purchase or an order, and how to buy. With `sale-*.js`, which know what is stored, it is all that
 * the console knows of EventPro: everything else here knows AWS alone.
 *
 * @import { Execution, ExecutionRecord, StateMachine } from './control-routes.js'
 * @import { Visit } from './visits.js'
 *
 * @typedef {StateMachine['definition']['States']} States
 *
 * @typedef {'good' | 'warn' | 'bad' | 'busy' | 'undo' | 'wait'} Tone
 *
 * @typedef {object} Description
 * @property {string} title whose execution it is: its seats, its order
 * @property {string} outcome one of `OUTCOMES`
 * @property {Tone} tone
 * @property {string[]} facts in order: `payment declined`, `seats released`
 * @property {string} [kind] what it is of, where that is no purchase: `order`
 * @property {string} [standing] how the purchase stands, where that is not how the execution ended
 *
 * @typedef {{ kind: 'purchase' | 'order', id: string }} Sale
 */
import { Api } from '../api.js';
import { money } from './format.js';
import { visitsOf } from './visits.js';

const api = new Api('/api');

/** The event that is there at start. */
const EVENT_ID = 'demo';

/** Filters of the list, by `Description.outcome`; orders are found by their kind, too. */
export const OUTCOMES = [
  { outcome: 'running', label: 'Running' },
  { outcome: 'confirmed', label: 'Confirmed' },
  { outcome: 'waiting', label: 'Waiting' },
  { outcome: 'abandoned', label: 'Given up' },
  { outcome: 'declined', label: 'Declined' },
  { outcome: 'refused', label: 'Refused' },
  { outcome: 'failed', label: 'Failed' },
  { outcome: 'died', label: 'Died' },
  { outcome: 'cancelled', label: 'Cancelled' },
  { outcome: 'order', label: 'Orders' },
  { outcome: 'recovery', label: 'Recovery' },
  { outcome: 'other', label: 'Other workflows' },
];

/** Tag of a state machine: what it is for. */
const ROLE_TAG = 'eventpro:role';

export const PAYS = 'pm_card_visa';

/** Payment methods to buy with, and what becomes of them. */
export const CARDS = [
  { paymentMethod: PAYS, label: 'Card that pays' },
  { paymentMethod: 'pm_card_chargeDeclined', label: 'Card that is declined' },
  { paymentMethod: 'pm_card_visa_chargeDeclinedInsufficientFunds', label: 'Card without funds' },
  { paymentMethod: 'pm_card_authenticationRequired', label: 'Card that needs 3-D Secure' },
];

/** Steps of the clock that mean something here. */
export const FAST_FORWARDS = [
  { seconds: 60, label: '+1 min', meaning: 'the reconciler looks once more' },
  { seconds: 420, label: '+7 min', meaning: 'an abandoned purchase is found and settled' },
  { seconds: 660, label: '+11 min', meaning: 'every hold has expired' },
];

/** What brings an execution that died to its end. */
export const RECOVERY_FAST_FORWARD = 420;

/** State before which an execution is killed with the most to undo: paid, and no ticket. */
export const KILL_BEFORE = 'GenerateTicket';

/** The comment of a compensation: what it undoes, and what is then true. */
const UNDOES = /^Undoes \w+: (.+) (\w+)$/;

/**
 * What an execution says, by the role of its workflow. One of another role says how it stands.
 *
 * @type {Record<string, (execution: Execution, visits: readonly Visit[], states: States) => Omit<Description, 'title'>>}
 */
const BY_ROLE = { checkout: outcomeOf, recovery, cancellation, order };

/** @param {Execution} execution */
function roleOf({ tags }) {
  return tags[ROLE_TAG] ?? '';
}

/**
 * The states that undo something: those whose failure is escalated, by a state named after them.
 *
 * @param {Pick<StateMachine, 'definition'>} stateMachine
 * @returns {ReadonlySet<string>}
 */
export function compensationsOf({ definition: { States } }) {
  return new Set(Object.keys(States).filter((state) => `Escalate${state}` in States));
}

/**
 * Whether the execution died with a purchase of which no recovery has begun, or with an order that no other has taken up.
 *
 * @param {Execution} execution
 * @param {readonly Execution[]} others of the same purchase or order
 */
export function isLeftBehind(execution, others) {
  const died = execution.status === 'ABORTED' || execution.status === 'TIMED_OUT';
  const role = roleOf(execution);
  if (!died) return false;
  if (role === 'order') return others.every(({ startedAt }) => startedAt < execution.startedAt);
  return ['checkout', 'cancellation'].includes(role) && others.every((other) => roleOf(other) !== 'recovery');
}

/**
 * Whether it ended and left the purchase waiting for its buyer, which another execution will go on with.
 *
 * @param {Execution} execution
 */
export function leftWaiting({ output }) {
  return /** @type {any} */ (output)?.status === 'AWAITING_AUTHENTICATION';
}

/**
 * @param {Execution} execution
 * @returns {string | undefined}
 */
export function purchaseIdOf({ input, output }) {
  const { purchaseId: named } = /** @type {any} */ (input) ?? {};
  // An organiser may cancel by the reference: then what has become of it has the id.
  const { purchaseId: id = named } = /** @type {any} */ (output) ?? {};
  return named && id;
}

/**
 * What the execution is of: a purchase, or an order.
 *
 * @param {Execution} execution
 * @returns {Sale | undefined}
 */
export function saleOf(execution) {
  const purchaseId = purchaseIdOf(execution);
  if (purchaseId) return { kind: 'purchase', id: purchaseId };
  const orderId = orderIdOf(execution);
  return orderId ? { kind: 'order', id: orderId } : undefined;
}

/**
 * @param {Execution} execution
 * @returns {string | undefined}
 */
export function orderIdOf(execution) {
  return roleOf(execution) === 'order' ? /** @type {any} */ (execution.input)?.orderId : undefined;
}

/**
 * What an execution means.
 *
 * @param {Execution} execution
 * @param {readonly Visit[]} visits
 * @param {{ executions: readonly Execution[], stateMachines: readonly Pick<StateMachine, 'arn' | 'definition'>[] }} known
 *   all executions, as recovery names a purchase without its seats, and the definitions, whose states say what they do
 * @returns {Description}
 */
export function describe(execution, visits, { executions, stateMachines }) {
  const known = seatsIn(execution);
  const asked = known.length > 0 ? known : requestedSeats(purchaseIdOf(execution), executions);
  const seats = asked.join(', ');
  const title = seats || orderTitle(execution) || execution.name;
  const machine = stateMachines.find(({ arn }) => arn === execution.stateMachineArn);
  const states = machine?.definition.States ?? {};
  const said = (BY_ROLE[roleOf(execution)] ?? plainly)(execution, visits, states);
  const undone = visits.flatMap(({ state, status }) => {
    const [, what, done] = UNDOES.exec(states[state]?.Comment ?? '') ?? [];
    if (!what || status === 'running' || status === 'stopped') return [];
    // A compensation that finds a sale leads to its confirmation: there was nothing to undo.
    if (status === 'caught' && visits.some((visit) => visit.state === 'SendConfirmation')) return [];
    return status === 'succeeded' ? `${what} ${done}` : `${what} not ${done}`;
  });
  const described = { title, ...said, facts: [...said.facts, ...undone] };
  const recovered = said.tone === 'bad' ? mendedBy(execution, executions) : undefined;
  if (!recovered) return described;
  const [, ...mended] = describe(recovered, visitsOf(recovered), { executions: [], stateMachines }).facts;
  const facts = [...said.facts, `mended by recovery${mended.length > 0 ? `: ${mended.join(' · ')}` : ''}`];
  return { ...described, facts, tone: 'undo', standing: 'mended' };
}

/**
 * The recovery that has settled what the execution left behind.
 *
 * @param {Execution} execution
 * @param {readonly Execution[]} others
 * @returns {ExecutionRecord | undefined}
 */
export function mendedBy(execution, others) {
  if (['RUNNING', 'SUCCEEDED'].includes(execution.status)) return undefined;
  const id = purchaseIdOf(execution);
  if (!id || !['checkout', 'cancellation'].includes(roleOf(execution))) return undefined;
  return others.filter(hasEvents).find(
    (other) =>
      purchaseIdOf(other) === id &&
      roleOf(other) === 'recovery' &&
      other.status === 'SUCCEEDED' &&
      other.startedAt >= execution.startedAt &&
      // Somebody else had the purchase then.
      other.events.every(({ state }) => state !== 'NothingDue'),
  );
}

/**
 * @param {Execution} execution
 * @returns {execution is ExecutionRecord}
 */
function hasEvents(execution) {
  return 'events' in execution;
}

/**
 * What a state is doing: `holding seats`, `seats being released`.
 *
 * @param {States} states
 * @param {string | undefined} state
 */
function doing(states, state = '') {
  const comment = states[state]?.Comment;
  return comment?.replace(UNDOES, '$1 being $2') ?? 'under way';
}

/**
 * Whether an error is a refusal: a catch names it, while a fault is caught with all others.
 *
 * @param {States} states
 * @param {string} error
 */
function isRefusal(states, error) {
  return Object.values(states).some(({ Catch = [] }) =>
    Catch.some(({ ErrorEquals }) => ErrorEquals.includes(error)),
  );
}

/** @param {string} name of a state or an error: `SeatUnavailable` */
function inWords(name) {
  return name
    .replaceAll(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}

/**
 * @param {Execution} execution
 * @param {readonly Visit[]} visits
 * @param {States} states
 * @returns {Omit<Description, 'title'>}
 */
function outcomeOf({ status, error = '', cause, output }, visits, states) {
  const last = visits.at(-1);
  switch (status) {
    case 'RUNNING':
      return { outcome: 'running', tone: 'busy', facts: [doing(states, last?.state)] };
    case 'SUCCEEDED': {
      const untold = visits.some((visit) => visit.state === 'SendConfirmation' && visit.status === 'caught');
      const { status: purchase, amount, currency } = /** @type {any} */ (output) ?? {};
      const paid = amount === undefined ? [] : [money(amount, currency)];
      if (purchase === 'AWAITING_AUTHENTICATION') {
        const facts = ['the bank asks for the buyer', ...paid];
        return { outcome: 'waiting', tone: 'wait', standing: 'waiting for the buyer', facts };
      }
      if (purchase === 'FAILED') {
        return { outcome: 'abandoned', tone: 'undo', standing: 'given up', facts: ['given up by the buyer'] };
      }
      return {
        outcome: 'confirmed',
        tone: 'good',
        facts: ['confirmed', ...paid, ...(untold ? ['confirmation not sent'] : [])],
      };
    }
    case 'FAILED': {
      const refusal = errorTypeOf(cause);
      if (!isRefusal(states, refusal)) return { outcome: 'failed', tone: 'bad', facts: [inWords(error)] };
      const outcome = /^(Payment|Authentication)/.test(refusal) ? 'declined' : 'refused';
      return { outcome, tone: 'warn', facts: [inWords(refusal)] };
    }
    default:
      return died(status, last);
  }
}

/**
 * @param {Execution} execution
 * @param {readonly Visit[]} visits
 * @param {States} states
 * @returns {Omit<Description, 'title'>}
 */
function order({ status, error = '' }, visits, states) {
  const kind = 'order';
  const last = visits.at(-1);
  switch (status) {
    case 'RUNNING':
      return last?.state === ASKS_BUYER
        ? {
            kind,
            outcome: 'waiting',
            tone: 'wait',
            standing: 'waiting for the buyer',
            facts: ['the bank asks for the buyer'],
          }
        : { kind, outcome: 'running', tone: 'busy', facts: [doing(states, last?.state)] };
    case 'SUCCEEDED':
      return ORDER_ENDS[last?.state ?? ''] ?? { ...plainly({ status }), kind };
    case 'FAILED': {
      const refusal = visits
        .flatMap(({ failures }) => failures.map((failure) => failure.error))
        .find((each) => isRefusal(states, each) && !STEERS.includes(each));
      const isShort = visits.some(({ state, next }) => state === ASKS_STOCK && next === 'NotifyFailure');
      if (isShort) return { kind, outcome: 'refused', tone: 'warn', facts: ['out of stock'] };
      if (!refusal) return { kind, outcome: 'failed', tone: 'bad', facts: [inWords(error)] };
      const outcome = /^(Payment|Authentication)/.test(refusal) ? 'declined' : 'refused';
      return { kind, outcome, tone: 'warn', facts: [inWords(refusal)] };
    }
    default:
      return { kind, ...died(status, last) };
  }
}

/**
 * @param {Execution['status']} status
 * @param {Visit | undefined} last
 * @returns {Omit<Description, 'title'>}
 */
function died(status, last) {
  const words = status === 'TIMED_OUT' ? 'timed out' : last ? `died after ${last.state}` : 'died at once';
  return { outcome: 'died', tone: 'bad', facts: [words] };
}

/** The state in which an order waits for its buyer, and the one that looks whether there is enough. */
const ASKS_BUYER = 'AwaitAuthentication';
const ASKS_STOCK = 'InventoryChoice';

/** What a step of an order throws to be led elsewhere: no refusal. */
const STEERS = [
  'AuthenticationAsked',
  'OrderLeft',
  'SaleStands',
  'OrderSettled',
  'OrderCancelled',
  'States.Timeout',
];

/** @type {Record<string, Omit<Description, 'title'>>} */
const ORDER_ENDS = {
  OrderConfirmed: { kind: 'order', outcome: 'confirmed', tone: 'good', facts: ['confirmed'] },
  OrderCancelled: {
    ...{ kind: 'order', outcome: 'cancelled', tone: 'undo', standing: 'cancelled' },
    facts: ['cancelled with its event'],
  },
};

/** @param {Execution} execution */
function orderTitle(execution) {
  const { reference } = /** @type {any} */ (execution.input) ?? {};
  return orderIdOf(execution) && reference ? `Order ${reference}` : '';
}

/**
 * @param {Execution} execution
 * @returns {Omit<Description, 'title'>}
 */
function recovery({ status }) {
  const facts = { RUNNING: 'recovering', SUCCEEDED: 'recovered' };
  const tone = status === 'SUCCEEDED' ? 'undo' : status === 'RUNNING' ? 'busy' : 'bad';
  return {
    outcome: 'recovery',
    tone,
    facts: [status === 'RUNNING' || status === 'SUCCEEDED' ? facts[status] : 'still unsettled'],
  };
}

/**
 * @param {Execution} execution
 * @param {readonly Visit[]} visits
 * @param {States} states
 * @returns {Omit<Description, 'title'>}
 */
function cancellation({ status, error, cause, output }, visits, states) {
  switch (status) {
    case 'RUNNING':
      return {
        outcome: 'running',
        tone: 'busy',
        standing: 'being cancelled',
        facts: [doing(states, visits.at(-1)?.state)],
      };
    case 'SUCCEEDED': {
      const { cancellation: agreed, currency } = /** @type {any} */ (output) ?? {};
      const facts = agreed
        ? ['cancelled', REASONS[agreed.reason] ?? agreed.reason, refundWords(agreed.refund, currency)]
        : ['cancelled'];
      return { outcome: 'cancelled', tone: 'undo', standing: 'cancelled', facts };
    }
    case 'FAILED':
      // By the claim: nothing of it was done.
      if (error === 'CancellationRefused')
        return { outcome: 'refused', tone: 'warn', facts: ['not cancelled', inWords(errorTypeOf(cause))] };
      return {
        ...{ outcome: 'failed', tone: 'bad', standing: 'being cancelled' },
        facts: ['cancellation not finished'],
      };
    default:
      return { outcome: 'died', tone: 'bad', facts: ['cancellation died'] };
  }
}

/** @type {Record<string, string>} */
export const REASONS = {
  BUYER_REQUEST: 'the buyer asked for it',
  ORGANISER: 'the organiser asked for it',
  DISPUTE: 'the payment is disputed',
  FRAUD: 'fraud',
  EVENT_CANCELLED: 'the event is cancelled',
  REFUNDED: 'all its money was given back by hand',
};

/** @type {Record<string, string>} */
const REFUNDS = {
  PENDING: 'on its way back',
  SUCCEEDED: 'given back',
  FAILED: 'could not be given back yet',
};

/**
 * @param {{ amount: number, status: string }} refund
 * @param {string} currency
 */
export function refundWords({ amount, status }, currency) {
  return status === 'NONE'
    ? 'nothing to give back'
    : `${money(amount, currency)} ${REFUNDS[status] ?? status}`;
}

/**
 * @param {Pick<Execution, 'status' | 'error'>} execution
 * @returns {Omit<Description, 'title'>}
 */
function plainly({ status, error }) {
  const tone = status === 'SUCCEEDED' ? 'good' : status === 'RUNNING' ? 'busy' : 'bad';
  const words = status.toLowerCase().replace('_', ' ');
  return { outcome: 'other', tone, facts: [error ? `${words}: ${error}` : words] };
}

/**
 * The seats that were asked for. Recovery names a purchase without them.
 *
 * @param {string | undefined} purchaseId
 * @param {readonly Execution[]} executions
 * @returns {string[]}
 */
export function requestedSeats(purchaseId, executions) {
  if (!purchaseId) return [];
  const first = executions.findLast((each) => purchaseIdOf(each) === purchaseId && seatsIn(each).length > 0);
  return first ? seatsIn(first) : [];
}

/**
 * @param {Execution} execution
 * @returns {string[]}
 */
function seatsIn({ input }) {
  const { request } = /** @type {any} */ (input) ?? {};
  return Array.isArray(request?.seats) ? request.seats : [];
}

/** @param {string | undefined} cause of a failed function: JSON */
function errorTypeOf(cause) {
  try {
    return String(JSON.parse(cause ?? '').errorType);
  } catch {
    return '';
  }
}

/**
 * What can be sent again: the request of a purchase, or nothing.
 *
 * @param {Execution} execution
 */
export function payloadOf(execution) {
  return roleOf(execution) === 'checkout' ? /** @type {any} */ (execution.input)?.request : undefined;
}

/** @type {Record<number, string>} */
const ANSWERED = { 201: 'confirmed', 202: 'waiting: the bank asks for the buyer' };

/**
 * Sends a purchase with a key of its own.
 *
 * @param {any} payload the body of `POST /purchases`
 * @returns {{ purchaseId: string, answer: Promise<{ status: number, words: string }> }}
 */
export function send(payload) {
  const purchaseId = crypto.randomUUID();
  const answer = api.purchases.send(purchaseId, payload).then(({ status, body }) => ({
    status,
    words: ANSWERED[status] ?? `${body?.title ?? 'No answer'}. ${body?.detail ?? ''}`,
  }));
  return { purchaseId, answer };
}

/**
 * The body of a purchase of the next free seats.
 *
 * @param {{ seats: number, paymentMethod: string }} order
 */
export async function freshOrder({ seats, paymentMethod }) {
  return payload(await freeSeats(seats), 'Ann Lee', paymentMethod);
}

/** Two buyers want the same seat at the same moment. */
export async function race() {
  const seats = await freeSeats(1);
  const sent = ['Ann Lee', 'Bob Ray'].map((name) => send(payload(seats, name, PAYS)));
  const answers = await Promise.all(sent.map(({ answer }) => answer));
  const won = answers.filter(({ status }) => status === 201).length;
  return `${seats[0]}: ${won} of 2 buyers got it, the other one: ${answers.find(({ status }) => status !== 201)?.words ?? 'nobody'}`;
}

/**
 * @param {string[]} seats
 * @param {string} name
 * @param {string} paymentMethod
 */
function payload(seats, name, paymentMethod) {
  const email = `${name.split(' ')[0]?.toLowerCase()}@example.com`;
  return { eventId: EVENT_ID, seats, buyer: { name, email, phone: '+4915112345678' }, paymentMethod };
}

/** @param {number} count of the next available seats */
async function freeSeats(count) {
  const { seats } = await api.seatMap(EVENT_ID);
  const free = seats.filter(({ status }) => status === 'AVAILABLE').map(({ seatId }) => seatId);
  if (free.length < count) throw new Error('The event is sold out. Reset the run to start again.');
  return free.slice(0, count);
}
