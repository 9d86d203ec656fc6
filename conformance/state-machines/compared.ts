import { isDeepStrictEqual } from 'node:util';
import { type Json } from '../../local/step-functions/asl/json';
import { allStatesOf, type Machine, machinesIn } from './machine';
import { type Compared } from '../comparison';
import { type PlayedScenario } from './named-differences';
import { type Outcome, type Scenario } from './scenario';
import { callee } from './services';

/** Both outcomes, without what differs by chance or by wording alone. */
export function compared(scenario: Scenario, ours: Outcome, theirs: Outcome): Compared {
  const states = new Map(allStatesOf(scenario.definition as Machine));
  const atOnce = [ours, theirs].some((outcome) =>
    outcome.states.some((name) => ['Parallel', 'Map'].includes(states.get(name)?.Type ?? '')),
  );
  const told: [Outcome, Outcome] = [comparable(ours, atOnce), comparable(theirs, atOnce)];
  const [one, other] = atOnce ? asFarAsBoth(told, scenario) : told;
  const sides = { ours: one, theirs: other, scenario };
  return { name: scenario.name, ...sides, equal: isDeepStrictEqual(one, other) } satisfies PlayedScenario;
}

/**
 * A branch that fails ends the others, wherever they are: what only one engine has come to in a branch is left out, where something
 * fails in one.
 */
function asFarAsBoth(
  [one, other]: [Outcome, Outcome],
  { definition, answers = {} }: Scenario,
): [Outcome, Outcome] {
  const outer = Object.values((definition as Machine).States);
  const inner = outer.flatMap(machinesIn).flatMap(allStatesOf);
  const callees = new Set(inner.flatMap(([, state]) => (state.Type === 'Task' ? [callee(state)] : [])));
  const fails = [...callees].some((name) => answers[name]?.some((answer) => !('ok' in answer)));
  if (!fails) return [one, other];
  const names = new Set(inner.map(([name]) => name));
  const both = (mine: Outcome, its: Outcome): Outcome => ({
    ...mine,
    states: shared(mine.states, its.states, (name) => names.has(name)),
    calls: shared(mine.calls, its.calls, ([name]) => callees.has(name)),
  });
  return [both(one, other), both(other, one)];
}

/** Without those that the others have not, as far as they can be left out. */
function shared<Item>(
  items: readonly Item[],
  others: readonly Item[],
  optional: (item: Item) => boolean,
): Item[] {
  const left = others.map((other) => JSON.stringify(other));
  return items.filter((item) => {
    const at = left.indexOf(JSON.stringify(item));
    if (at >= 0) left.splice(at, 1);
    return at >= 0 || !optional(item);
  });
}

/**
 * - Branches and iterations run at once: where there were some, states and calls are compared as sets.
 * - The cause of `States.Runtime` is for people, and worded otherwise.
 * - A cause may hold JSON, which is compared as such, and the id of a request.
 * - That an execution took too long says its status; the second engine has no error for it.
 * - A task token, and when the state was entered that has it, are by chance.
 */
function comparable(outcome: Outcome, atOnce: boolean): Outcome {
  const ordered = <Item>(items: readonly Item[]): readonly Item[] =>
    atOnce ? [...items].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)) : items;
  const { status, output, error, cause, states, calls } = outcome;
  return {
    status,
    ...(output === undefined ? {} : { output: plain(output) as Outcome['output'] }),
    ...(error === undefined || status === 'TIMED_OUT' ? {} : { error }),
    ...(cause === undefined || error === 'States.Runtime' ? {} : { cause: plain(cause) as string }),
    states: ordered(states),
    calls: ordered(calls.map(([name, payload]) => [name, plain(payload) as Json])),
  };
}

const BY_CHANCE = ['taskToken', 'enteredAt'];

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [
        name,
        BY_CHANCE.includes(name) && typeof each === 'string' && each !== '' ? `<${name}>` : plain(each),
      ]),
    );
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
