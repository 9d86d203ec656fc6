import { graphOf, type StateMachineDefinition } from './state-graph';
import { type StateMachine } from './state-machine';

/**
 * The functions that somebody waits for whenever a workflow is called: those of the synchronous ones, as long as nothing
 * fails. Each thread takes 10 MB or more, so the others load when they are needed.
 */
export function awaitedFunctions(machines: readonly StateMachine[]): string[] {
  return machines
    .filter(({ type }) => type === 'EXPRESS')
    .flatMap((machine) => {
      const definition = machine.definition as StateMachineDefinition;
      const ordinary = graphOf(definition).nodes.filter(({ afterError }) => !afterError);
      return ordinary.flatMap(({ state }) => definition.States[state]?.Parameters?.FunctionName ?? []);
    });
}
