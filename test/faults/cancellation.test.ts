import { killPlans } from '../../faults/matrix/fault-matrix';
import { runPlans } from '../../faults/matrix/run-plans';
import { CANCELLATION } from '../../faults/work/cancellation';
import { cloudAssembly } from '../support/cloud-assembly';

test('a cancellation that is killed before any of its states is brought to its end, or never began', async () => {
  const plans = killPlans([CANCELLATION]);

  const { violations, unmet, outcomes } = await runPlans(plans, { assemblyDirectory: await cloudAssembly() });

  expect(unmet).toEqual([]);
  expect(violations).toEqual([]);
  // Before the claim nothing has changed; after it there is one end.
  expect(outcomes).toEqual(['CONFIRMED', ...plans.slice(1).map(() => 'CANCELLED')]);
}, 120_000);
