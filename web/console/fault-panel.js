/** @import { Store } from './store.js' */
import { disarmAll } from './control-routes.js';
import { FaultSwitch } from './fault-switch.js';
import { element } from '../element.js';
import { arrange, button, card } from './page.js';

/**
 * A switch for each Task of the state machines.
 *
 * @param {Store} store
 * @param {AbortSignal} signal
 */
export function faultPanel(store, signal) {
  /** @type {Map<string, FaultSwitch>} */
  const switches = new Map();
  const rows = element('div', { class: 'switches' });
  const disarm = button('Disarm all', disarmAll);
  const draw = () => {
    for (const [state, errors] of tasksOf(store)) {
      if (!switches.has(state)) switches.set(state, new FaultSwitch(state, [...errors]));
    }
    arrange(
      rows,
      [...switches].map(([state, each]) => each.show(store.interference.faults[state])),
    );
    const { faults, kills } = store.interference;
    disarm.disabled = Object.keys(faults).length + Object.keys(kills).length === 0;
  };
  store.on(
    ['executions', 'interference'],
    (topic) => (topic === 'interference' || switches.size === 0) && draw(),
    signal,
  );
  draw();
  return card('Faults', { note: 'A Task that fails, before or after its effect.' }, rows, disarm);
}

/**
 * The Tasks, and the errors that a Retry or a Catch of theirs names.
 *
 * @param {Store} store
 */
function tasksOf({ stateMachines }) {
  /** @type {Map<string, Set<string>>} */
  const tasks = new Map();
  for (const { definition } of stateMachines) {
    for (const [name, { Type, Retry = [], Catch = [] }] of Object.entries(definition.States)) {
      if (Type !== 'Task') continue;
      const errors = tasks.get(name) ?? new Set();
      const named = [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals);
      // Step Functions' own names are no Task's: of those there is the mode `timeout`.
      for (const error of named) if (!error.startsWith('States.')) errors.add(error);
      tasks.set(name, errors);
    }
  }
  return tasks;
}
