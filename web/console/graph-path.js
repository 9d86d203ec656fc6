/**
 * @import { ExecutionStatus, GraphEdge } from './control-routes.js'
 * @import { Visit } from './visits.js'
 */

/**
 * Whether the execution died on this way: it had left one state and never entered the next.
 *
 * @param {GraphEdge} edge
 * @param {readonly Visit[]} visits
 * @param {ExecutionStatus} status
 */
export function isBroken({ from, to, kind }, visits, status) {
  const last = visits.at(-1);
  return (
    (status === 'ABORTED' || status === 'TIMED_OUT') &&
    last?.state === from &&
    last.next === to &&
    (last.status === 'caught') === (kind === 'catch')
  );
}

/**
 * Whether the execution went this way. A state that has both a catch and a next to the same state has two edges.
 *
 * @param {GraphEdge} edge
 * @param {readonly Visit[]} visits
 */
export function isTaken({ from, to, kind }, visits) {
  return visits.some(
    ({ state, next, status }, index) =>
      state === from &&
      next === to &&
      (status === 'caught') === (kind === 'catch') &&
      // The execution may have died before it got there.
      visits[index + 1]?.state === to,
  );
}
