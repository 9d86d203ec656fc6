/**
 * @import { ExecutionEvent, ExecutionStatus } from './control-routes.js'
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
 *   `waiting`: the execution ended here, and another one will go on
 * @property {string} enteredAt ISO 8601
 * @property {string} [leftAt]
 * @property {Attempt[]} failures
 * @property {unknown} [input]
 * @property {unknown} [output]
 * @property {string} [next]
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
    const { type, state, timestamp } = event;
    if (state === undefined) continue;
    if (type.endsWith('StateEntered')) {
      visits.push({
        ...{ state, type: type.replace('StateEntered', ''), status: 'running', enteredAt: timestamp },
        ...{ failures: [], input: event.input },
      });
      continue;
    }
    const visit = visits.findLast((each) => each.state === state);
    if (visit) happened(visit, event);
  }
  const last = visits.at(-1);
  if (last?.status === 'running' && status !== 'RUNNING') {
    Object.assign(last, { status: status === 'FAILED' ? 'failed' : 'stopped', leftAt: stoppedAt });
  }
  return visits;
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
