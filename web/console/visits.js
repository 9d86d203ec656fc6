/**
 * @import { Branch, ExecutionEvent, ExecutionStatus } from './control-routes.js'
 *
 * @typedef {object} Attempt  A call of a Task that failed.
 * @property {number} number 1 is the first call
 * @property {string} failedAt ISO 8601
 * @property {string} error
 * @property {string} [cause]
 * @property {number} [retryAfter] seconds until the next one; none if it was the last
 *
 * @typedef {object} Visit  One passage through a state.
 * @property {string} state
 * @property {string} type as in ASL
 * @property {'running' | 'succeeded' | 'caught' | 'failed' | 'stopped' | 'waiting'} status `caught`: failed, and the execution
 *   went on elsewhere; `failed`: a Fail state, or an error that nothing caught; `stopped`: the execution ended under it;
 *   `waiting`: for somebody's answer. The execution has ended here, and another one will go on; or a token is awaited
 * @property {string} enteredAt ISO 8601
 * @property {string} [leftAt]
 * @property {Attempt[]} failures
 * @property {unknown} [input]
 * @property {unknown} [output]
 * @property {string} [next]
 * @property {readonly Branch[]} within in which branches and iterations, the outermost first
 */

/**
 * The events of an execution, folded to the passages through its states, in order.
 *
 * @param {{ status: ExecutionStatus, stoppedAt?: string, events: readonly ExecutionEvent[] }} execution
 * @returns {Visit[]}
 */
export function visitsOf({ status, stoppedAt, events }) {
  /** @type {Visit[]} */
  const visits = [];
  for (const event of events) {
    const { type, state, timestamp, within = [] } = event;
    if (state === undefined) {
      const end = ENDS[type];
      if (end) endAll(visits, end, timestamp);
      continue;
    }
    if (type.endsWith('StateEntered')) {
      visits.push({
        ...{ state, type: type.replace('StateEntered', ''), status: 'running', enteredAt: timestamp },
        ...{ failures: [], input: event.input, within },
      });
      continue;
    }
    const visit = visits.findLast((each) => each.state === state && isSamePath(each, { within }));
    if (visit) happened(visit, event);
    if (type === 'CatchTaken') endWithin(visits, state, timestamp);
  }
  if (status !== 'RUNNING') endAll(visits, status === 'FAILED' ? 'failed' : 'stopped', stoppedAt);
  return visits;
}

/** @type {Record<string, Visit['status']>} */
const ENDS = { ExecutionFailed: 'failed', ExecutionAborted: 'stopped', ExecutionTimedOut: 'stopped' };

/**
 * The execution has ended under what was still running. It may be redriven.
 *
 * @param {readonly Visit[]} visits
 * @param {Visit['status']} status
 * @param {string | undefined} leftAt
 */
function endAll(visits, status, leftAt) {
  for (const visit of visits) if (visit.status === 'running') Object.assign(visit, { status, leftAt });
}

/**
 * Of branches or iterations one has failed, and that has ended the others.
 *
 * @param {readonly Visit[]} visits
 * @param {string} state
 * @param {string} leftAt
 */
function endWithin(visits, state, leftAt) {
  const inside = visits.filter(({ within }) => within.some((branch) => branch.state === state));
  const failed = inside.filter(
    ({ failures }) => failures.at(-1)?.retryAfter === undefined && failures.length > 0,
  );
  endAll(failed, 'failed', leftAt);
  endAll(inside, 'stopped', leftAt);
}

/**
 * Whether both are on one way through the states: of two branches or iterations each has its own.
 *
 * @param {Pick<Visit, 'within'>} one
 * @param {Pick<Visit, 'within'>} other
 */
export function isSamePath({ within: one }, { within: other }) {
  return one.length === other.length && one.every((each, depth) => isSame(each, other[depth]));
}

/**
 * `branch 2`, `iteration 1`, of the innermost; none at the top.
 *
 * @param {Visit} visit
 * @param {readonly Visit[]} visits
 */
export function placeOf({ within }, visits) {
  return within
    .map(({ state, index }) => {
      const kind = visits.find((each) => each.state === state)?.type === 'Map' ? 'iteration' : 'branch';
      return `${kind} ${index + 1}`;
    })
    .join(', ');
}

/**
 * @param {Branch} one
 * @param {Branch | undefined} other
 */
function isSame(one, other) {
  return one.state === other?.state && one.index === other.index;
}

/**
 * @param {Visit} visit
 * @param {ExecutionEvent} event
 */
function happened(visit, { type, timestamp, attempt = 1, error = '', cause, retry, output, next }) {
  if (type === 'TaskFailed') visit.failures.push({ number: attempt, failedAt: timestamp, error, cause });
  const failure = visit.failures.at(-1);
  if (type === 'TaskRetryScheduled' && failure) failure.retryAfter = retry?.waitSeconds;
  if (type.endsWith('StateExited'))
    Object.assign(visit, { status: 'succeeded', leftAt: timestamp, output, next });
  if (type === 'CatchTaken') Object.assign(visit, { status: 'caught', leftAt: timestamp, output, next });
}

/** @param {Visit} visit */
export function retriesOf({ failures }) {
  return failures.filter(({ retryAfter }) => retryAfter !== undefined).length;
}

/**
 * Calls of the Task, the one that succeeded or still runs among them.
 *
 * @param {Visit} visit
 */
export function attemptsOf(visit) {
  if (visit.type !== 'Task') return 0;
  return visit.status === 'succeeded' || visit.failures.length === 0
    ? visit.failures.length + 1
    : Math.max(visit.failures.length, retriesOf(visit) + 1);
}
