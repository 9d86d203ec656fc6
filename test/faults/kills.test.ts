import { cloudAssembly } from '../support/cloud-assembly';
import { killPlans } from '../../faults/matrix/fault-matrix';
import { runPlans } from '../../faults/matrix/run-plans';

test('executions killed after every state, functions at every await, recovery hit as well: nothing is lost', async () => {
  const plans = killPlans();

  const { violations, unmet } = await runPlans(plans, { assemblyDirectory: await cloudAssembly() });

  expect(new Set(plans.map(({ name }) => name)).size).toBe(plans.length);
  expect(unmet).toEqual([]);
  expect(violations).toEqual([]);
}, 900_000);
