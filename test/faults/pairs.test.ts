import { pairPlans } from '../../faults/matrix/fault-matrix';
import { runPlans } from '../../faults/matrix/run-plans';
import { FAULT_SLICE, sliceOf, sliceOfRun } from '../../faults/matrix/slice';
import { cloudAssembly } from '../support/cloud-assembly';

/** A pair is run once in so many runs of the suite; every night all are. */
const SLICES = 12;

const slice = sliceOfRun(SLICES);
const picked = `${slice.index}/${slice.of}`;

test(`pairs of faults, slice ${picked} (${FAULT_SLICE}=${picked}; all of them: ${FAULT_SLICE}=all): nothing is lost`, async () => {
  process.stdout.write(
    `Pairs of faults: slice ${picked}. Again: ${FAULT_SLICE}=${picked} npm test -- pairs\n`,
  );
  const plans = pairPlans();

  const { violations } = await runPlans(sliceOf(plans, slice), { assemblyDirectory: await cloudAssembly() });

  expect(new Set(plans.map(({ name }) => name)).size).toBe(plans.length);
  expect(violations).toEqual([]);
}, 900_000);
