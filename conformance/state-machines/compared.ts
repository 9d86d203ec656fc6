import { isDeepStrictEqual } from 'node:util';
import { type Json } from '../../local/step-functions/asl/json';
import { type Compared } from '../comparison';
import { type PlayedScenario } from './named-differences';
import { type Outcome, type Scenario } from './scenario';

/** Both outcomes, without what differs by chance or by wording alone. */
export function compared(scenario: Scenario, ours: Outcome, theirs: Outcome): Compared {
  const sides = { ours: comparable(scenario, ours), theirs: comparable(scenario, theirs), scenario };
  const equal = isDeepStrictEqual(sides.ours, sides.theirs);
  return { name: scenario.name, ...sides, equal } satisfies PlayedScenario;
}

/**
 * - Branches and iterations run at once: their states and calls are compared as sets.
 * - The cause of `States.Runtime` is for people, and worded otherwise.
 * - A cause may hold JSON, which is compared as such, and the id of a request.
 */
function comparable({ definition }: Scenario, outcome: Outcome): Outcome {
  const text = JSON.stringify(definition);
  const parallel = text.includes('"Parallel"') || text.includes('"Map"');
  const ordered = <Item>(items: readonly Item[]): readonly Item[] =>
    parallel
      ? [...items].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
      : items;
  const { status, output, error, cause, states, calls } = outcome;
  return {
    status,
    ...(output === undefined ? {} : { output: plain(output) as Outcome['output'] }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined || error === 'States.Runtime' ? {} : { cause: plain(cause) as string }),
    states: ordered(states),
    calls: ordered(calls.map(([name, payload]) => [name, plain(payload) as Json])),
  };
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
  }
  if (typeof value !== 'string') return value;
  if (value.startsWith('arn:aws:states:')) return '<execution>';
  if (/^[{"[]/.test(value)) {
    try {
      return plain(JSON.parse(value));
    } catch {
      // A text that only looks like JSON.
    }
  }
  return value.replace(/Request ID: [\w-]+/, 'Request ID: <id>');
}
