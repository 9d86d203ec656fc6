import { graphOf, type StateMachineDefinition } from './state-graph';
import { type StateMachine } from './state-machine';
import { layOut } from './graph-layout';
import { json, type Routes } from '../http/route';

/** The state machines as they were synthesised, and how to draw them. */
export function stateMachineRoutes(stateMachines: readonly StateMachine[]): Routes {
  return {
    'GET /local/state-machines': () =>
      json(200, {
        stateMachines: stateMachines.map(({ arn, name, type, tags, definition }) => ({
          ...{ arn, name, type, tags, definition },
          graph: layOut(graphOf(definition as StateMachineDefinition)),
        })),
      }),
  };
}
