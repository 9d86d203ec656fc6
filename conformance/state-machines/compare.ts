import { synthesizedApp } from '../app';
import { type Compared, type Comparison } from '../comparison';
import { comparisonOf, KEPT } from './golden-file';
import { machineScenarios } from './machine-scenarios';
import { compared } from './compared';
import { playInLocalStack } from './localstack';
import { NAMED } from './named-differences';
import { play } from './play';
import { type Scenario } from './scenario';

/** Time-outs are waited for. */
const AT_ONCE = 100;

export const APP_STATE_MACHINES = stateMachines(
  'app',
  "the app's state machines, with mocked results",
  async () =>
    (
      await Promise.all(
        Object.entries(synthesizedApp().machines).map(([name, machine]) => machineScenarios(name, machine)),
      )
    ).flat(),
);
export const LANGUAGE = stateMachines(
  'language',
  'Amazon States Language, a question a scenario',
  KEPT.language,
);
export const SEEDS = stateMachines(
  'seeds',
  'every definition of the documents that this project started from, with mocked results',
  KEPT.seeds,
);

function stateMachines(
  name: string,
  about: string,
  scenariosOf: () => Promise<readonly Scenario[]>,
): Comparison {
  return {
    name: comparisonOf(name),
    about: `${about}, in LocalStack's engine`,
    named: NAMED,
    async compare({ signal, progress }) {
      progress('making scenarios');
      const scenarios = await scenariosOf();
      const theirs = await playInLocalStack(scenarios, signal, progress);
      const cases: Compared[] = [];
      for (let begun = 0; begun < scenarios.length; begun += AT_ONCE) {
        if (signal.aborted) throw signal.reason;
        const ours = await Promise.all(scenarios.slice(begun, begun + AT_ONCE).map(play));
        for (const [index, outcome] of ours.entries()) {
          cases.push(compared(scenarios[begun + index]!, outcome, theirs[begun + index]!));
        }
      }
      return { against: 'LocalStack 4.10.0', cases };
    },
  };
}
