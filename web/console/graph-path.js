/**
 * @import { ExecutionStatus, GraphEdge } from './control-routes.js'
 * @import { Visit } from './visits.js'
 */
import { isSamePath } from './visits.js';

/**
 * Whether the execution died on this way: it had left one state and never entered the next.
 *
 * @param {GraphEdge} edge
 * @param {readonly Visit[]} visits
 * @param {ExecutionStatus} status
 */
export function isBroken({ from, to, kind }, visits, status) {
  return (
    (status === 'ABORTED' || status === 'TIMED_OUT') &&
    visits.some(
      (visit, index) =>
        visit.state === from &&
        visit.next === to &&
        (visit.status === 'caught') === (kind === 'catch') &&
        !after(index, visits),
    )
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
      after(index, visits)?.state === to,
  );
}

/**
 * What came next on the same way: other branches go on meanwhile.
 *
 * @param {number} index
 * @param {readonly Visit[]} visits
 */
function after(index, visits) {
  const visit = visits[index];
  return visit && visits.slice(index + 1).find((later) => isSamePath(later, visit));
}
