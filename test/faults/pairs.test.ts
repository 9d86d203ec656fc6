import { cloudAssembly } from '../support/cloud-assembly';
import { pairPlans } from '../../faults/fault-matrix';
import { runPlans } from '../../faults/run-plans';

test('every pair of faults: nothing is lost', async () => {
  const plans = pairPlans();

  const { violations } = await runPlans(plans, { assemblyDirectory: await cloudAssembly() });

  expect(new Set(plans.map(({ name }) => name)).size).toBe(plans.length);
  expect(violations).toEqual([]);
}, 900_000);
