/**
 * @import { ExecutionEvent } from './control.js'
 *
 * @typedef {object} VisitedState
 * @property {string} state
 * @property {'running' | 'succeeded' | 'failed'} status
 * @property {number} retries
 * @property {string} [error] the last one, also of a state that succeeded in the end
 */

/**
 * The states an execution went through, in order: its events, folded to one entry for each visit of a state.
 *
 * @param {readonly ExecutionEvent[]} events
 * @returns {VisitedState[]}
 */
export function pathOf(events) {
  /** @type {VisitedState[]} */
  const path = [];
  for (const { type, state, error } of events) {
    if (type.endsWith('StateEntered')) {
      // A Fail state is entered and never left.
      const status = type === 'FailStateEntered' ? 'failed' : 'running';
      path.push({ state: state ?? '', status, retries: 0 });
      continue;
    }
    const visited = path.findLast((each) => each.state === state);
    if (!visited) continue;
    if (type.endsWith('StateExited')) visited.status = 'succeeded';
    if (type === 'TaskRetryScheduled') visited.retries++;
    if (type === 'CatchTaken') visited.status = 'failed';
    if (error) visited.error = error;
  }
  return path;
}

/**
 * `CheckoutSaga`, of `EventPro-dev-Checkout-CheckoutSaga4520151D-2ac66dfc`: without the stack, the construct's hash and
 * the suffix of the physical name.
 *
 * @param {string} physicalName
 */
export function logicalName(physicalName) {
  const logical = physicalName.replace(/-[0-9a-f]+$/, '').split('-');
  return (logical.at(-1) ?? '').replace(/[0-9A-F]{8}$/, '');
}
