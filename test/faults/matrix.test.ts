import { type FaultPlan, killPlans, pairPlans, singlePlans } from '../../faults/matrix/fault-matrix';
import { type PlanResults, runPlans } from '../../faults/matrix/run-plans';
import { sliceOf } from '../../faults/matrix/slice';
import { cloudAssembly } from '../support/cloud-assembly';
import { AGAIN, printSlice, SLICE_OF_FEWER, SLICE_OF_PAIRS } from '../support/fault-slice';

printSlice('matrix');

const SETS = [
  { set: 'every effect × every kind of fault', all: singlePlans(), part: SLICE_OF_FEWER },
  {
    set: 'executions killed after every state, functions at every await, recovery hit as well',
    all: killPlans(),
    part: SLICE_OF_FEWER,
  },
  { set: 'pairs of faults', all: pairPlans(), part: SLICE_OF_PAIRS },
].map((each) => ({ ...each, plans: sliceOf(each.all, each.part) }));

/** All of them share a local run: to start one, and to load every function six times, costs as much as a hundred purchases. */
let results: PlanResults;
beforeAll(async () => {
  const plans: FaultPlan[] = SETS.flatMap((each) => each.plans);
  results = await runPlans(plans, { assemblyDirectory: await cloudAssembly(), concurrency: 12 });
}, 900_000);

test.each(SETS)(`$set, slice $part.index/$part.of (${AGAIN}): each comes about`, ({ all, plans }) => {
  const names = new Set(plans.map(({ name }) => name));

  expect(plans.length).toBeGreaterThan(0);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  expect(results.unmet.filter((name) => names.has(name))).toEqual([]);
});

test(`nothing is lost (${AGAIN})`, () => {
  expect(results.violations).toEqual([]);
});
