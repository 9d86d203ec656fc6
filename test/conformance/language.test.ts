import { tally } from '../../conformance/comparison';
import { compared } from '../../conformance/state-machines/compared';
import { readGolden } from '../../conformance/state-machines/golden-file';
import { LANGUAGE_SCENARIOS } from '../../conformance/state-machines/language-scenarios';
import { NAMED } from '../../conformance/state-machines/named-differences';
import { play } from '../../conformance/state-machines/play';
import { type Outcome } from '../../conformance/state-machines/scenario';

const golden = readGolden();

test('the second engine has played every scenario of the language, and no other', () => {
  expect([...golden.keys()]).toEqual(LANGUAGE_SCENARIOS.map(({ name }) => name));
});

test('the interpreter answers as the second engine did, but for the differences that are named', async () => {
  const cases = await Promise.all(
    LANGUAGE_SCENARIOS.map(async (scenario) =>
      compared(scenario, await play(scenario), golden.get(scenario.name)!),
    ),
  );

  const { equal, named, unexplained } = tally(cases, NAMED);

  expect(unexplained).toEqual([]);
  expect(equal + [...named.values()].reduce((sum, count) => sum + count, 0)).toBe(golden.size);
  expect(equal).toBeGreaterThan(golden.size * 0.9);
});

test('an interpreter that answered otherwise would be noticed', async () => {
  const [scenario] = LANGUAGE_SCENARIOS;
  const ours = await play(scenario!);

  const changed = compared(scenario!, { ...ours, output: 'another' }, golden.get(scenario!.name)!);

  expect(tally([changed], NAMED).unexplained).toHaveLength(1);
});

describe('a path that points at nothing', () => {
  const [rule] = NAMED.filter(({ name }) => name.startsWith('Nothing catches a path'));
  const state = (next: string) => ({
    Type: 'Task',
    Next: next,
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
  });
  const definition = { States: { One: state('Two'), Two: state('Three'), Three: { Type: 'Pass' } } };
  const ours: Outcome = { status: 'FAILED', error: 'States.Runtime', states: ['One', 'Two'], calls: [] };
  const explains = (states: readonly string[], calls: Outcome['calls'] = []) =>
    rule!.explains(
      compared(
        { name: '', definition, input: {} },
        { ...ours, calls: [['f', 1]] },
        { ...ours, states, calls },
      ),
    );

  test('is named where the second engine went on from the catch of the state where ours ended', () => {
    expect(explains(['One', 'Two', 'Caught'], [['f', 1]])).toBe(true);
  });

  test.each([
    ['another state', ['One', 'Two', 'Three'], 1],
    ['no state', ['One', 'Two'], 1],
    ['an earlier catch', ['One', 'Caught'], 1],
    ['other calls', ['One', 'Two', 'Caught'], 2],
  ])('is not named where it went on to %s', (_, states, payload) => {
    expect(explains(states, [['f', payload]])).toBe(false);
  });
});
