import { type Fault } from './faults';
import { type Interruptions, type Kill } from './interruptions';
import { type StateMachine } from './state-machine';
import { BadRequest, bodyOf, json, NO_CONTENT, type Routes } from '../http/route';

interface FaultRoutesProps {
  readonly stateMachines: readonly StateMachine[];
  readonly interruptions: Interruptions;
}

/** What goes wrong on purpose: Tasks that fail, executions that die between two states, and the pace of it all. */
export function faultRoutes({ stateMachines, interruptions }: FaultRoutesProps): Routes {
  return {
    'GET /local/faults': () => json(200, armedFaults(stateMachines)),

    'PUT /local/faults/*': ([state = ''], request) => {
      const fault = bodyOf<Fault>(request) as Fault;
      // A compensation is a state of several machines: the fault is armed wherever the state is.
      const having = stateMachines.filter(({ faults }) => faults.isTask(state));
      const asked = having.length > 0 ? having : stateMachines;
      const refusals = asked.flatMap(({ faults }) => refusalOf(() => faults.set(state, fault)) ?? []);
      if (refusals.length === asked.length) throw new BadRequest([...new Set(refusals)].join(' '));
      return json(200, { state, ...fault });
    },

    'DELETE /local/faults/*': ([state = '']) => {
      for (const { faults } of stateMachines) faults.remove(state);
      return NO_CONTENT;
    },

    'DELETE /local/faults': () => {
      for (const { faults } of stateMachines) faults.clear();
      return NO_CONTENT;
    },

    'GET /local/kills': () => json(200, interruptions.listKills()),

    'PUT /local/kills/*': ([state = ''], request) => {
      const states = killableStates(stateMachines);
      if (!states.includes(state)) {
        throw new BadRequest(`${state} is no state of an Express workflow. There are: ${states.join(', ')}`);
      }
      const kill = bodyOf<Kill>(request);
      const refused = refusalOf(() => interruptions.setKill(state, kill));
      if (refused) throw new BadRequest(refused);
      return json(200, { state, ...kill });
    },

    'DELETE /local/kills/*': ([state = '']) => {
      interruptions.removeKill(state);
      return NO_CONTENT;
    },

    'DELETE /local/kills': () => {
      interruptions.clearKills();
      return NO_CONTENT;
    },

    'GET /local/pace': () => json(200, { secondsBeforeState: interruptions.secondsBeforeState }),

    'PUT /local/pace': (_, request) => {
      const { secondsBeforeState } = bodyOf<{ secondsBeforeState: number }>(request);
      const refused = refusalOf(() => interruptions.setPace(secondsBeforeState));
      if (refused) throw new BadRequest(refused);
      return json(200, { secondsBeforeState });
    },
  };
}

/** The faults in force, by state. */
export function armedFaults(stateMachines: readonly StateMachine[]): Readonly<Record<string, Fault>> {
  return Object.assign({}, ...stateMachines.map(({ faults }) => faults.list())) as Record<string, Fault>;
}

function killableStates(stateMachines: readonly StateMachine[]): string[] {
  return stateMachines.flatMap(({ type, definition }) =>
    type === 'EXPRESS' ? Object.keys((definition as { States: object }).States) : [],
  );
}

/** Why it was refused, or nothing when it was done. */
function refusalOf(act: () => void): string | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
