import { tally } from '../../conformance/comparison';
import { compared } from '../../conformance/state-machines/compared';
import { readGolden } from '../../conformance/state-machines/golden-file';
import { NAMED } from '../../conformance/state-machines/named-differences';
import { play } from '../../conformance/state-machines/play';
import { type Scenario } from '../../conformance/state-machines/scenario';
import { seedScenarios } from '../../conformance/state-machines/seed-scenarios';

const golden = readGolden('seeds');
let scenarios: readonly Scenario[];

beforeAll(async () => {
  scenarios = await seedScenarios();
});

test('the second engine has played every scenario of the definitions, and no other', () => {
  expect([...golden.keys()]).toEqual(scenarios.map(({ name }) => name));
});

// What waits for a time-out is left to `npm run conformance`.
test('the definitions of the documents end here as in the second engine, but for the differences that are named', async () => {
  const quick = scenarios.filter(({ answers = {} }) => !JSON.stringify(answers).includes('"late"'));
  const cases = await Promise.all(
    quick.map(async (scenario) => compared(scenario, await play(scenario), golden.get(scenario.name)!)),
  );

  const { equal, unexplained } = tally(cases, NAMED);

  expect(unexplained).toEqual([]);
  expect(equal).toBeGreaterThan(quick.length * 0.8);
  expect(quick.length).toBeGreaterThan(200);
});
