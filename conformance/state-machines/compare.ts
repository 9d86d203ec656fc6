import { synthesizedApp } from '../app';
import { type Compared, type Comparison } from '../comparison';
import { appScenarios } from './app-scenarios';
import { LANGUAGE_SCENARIOS } from './language-scenarios';
import { compared } from './compared';
import { playInLocalStack } from './localstack';
import { NAMED } from './named-differences';
import { play } from './play';
import { type Scenario } from './scenario';

export const APP_STATE_MACHINES = stateMachines('app', "the app's state machines, with mocked results", () =>
  appScenarios(synthesizedApp()),
);
export const LANGUAGE = stateMachines(
  'language',
  'Amazon States Language, a question a scenario',
  () => LANGUAGE_SCENARIOS,
);

function stateMachines(name: string, about: string, scenariosOf: () => readonly Scenario[]): Comparison {
  return {
    name: `state-machines-${name}`,
    about: `${about}, in LocalStack's engine`,
    named: NAMED,
    async compare({ signal, progress }) {
      progress('making scenarios');
      const scenarios = scenariosOf();
      const theirs = await playInLocalStack(scenarios, signal, progress);
      const cases: Compared[] = [];
      for (const [index, scenario] of scenarios.entries()) {
        if (signal.aborted) throw signal.reason;
        cases.push(compared(scenario, await play(scenario), theirs[index]!));
      }
      return { against: 'LocalStack 4.10.0', cases };
    },
  };
}
