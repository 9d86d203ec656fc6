/**
 * @import { ExecutionStatus, GraphEdge, StateMachine } from './control-routes.js'
 * @import { Visit } from './visits.js'
 */

/** What a Task that calls a function has as its resource, whether the app names the function or the integration. */
const FUNCTION_RESOURCE = /:lambda:/;

/**
 * The states that undo something: Tasks that call a function and that a saga, an Express workflow, reaches after an
 * error alone. The workflow that recovers what a saga left behind calls the same states in its ordinary way.
 *
 * @param {readonly StateMachine[]} stateMachines
 * @returns {ReadonlySet<string>}
 */
export function compensationsOf(stateMachines) {
  const sagas = stateMachines.filter(({ type }) => type === 'EXPRESS');
  return new Set(
    sagas.flatMap(({ definition, graph }) =>
      graph.nodes
        .filter(({ state, type, afterError }) => {
          return (
            afterError && type === 'Task' && FUNCTION_RESOURCE.test(definition.States[state]?.Resource ?? '')
          );
        })
        .map(({ state }) => state),
    ),
  );
}

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
