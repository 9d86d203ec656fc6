import { tally } from '../../conformance/comparison';
import { compared } from '../../conformance/state-machines/compared';
import { readGolden } from '../../conformance/state-machines/golden-file';
import { LANGUAGE_SCENARIOS } from '../../conformance/state-machines/language-scenarios';
import { NAMED } from '../../conformance/state-machines/named-differences';
import { play } from '../../conformance/state-machines/play';

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
