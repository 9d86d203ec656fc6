import { killPlans, pairPlans, singlePlans } from '../../faults/matrix/fault-matrix';
import { runPlans } from '../../faults/matrix/run-plans';
import { coarser, FAULT_SLICE, sliceOf, sliceOfRun } from '../../faults/matrix/slice';
import { cloudAssembly } from '../support/cloud-assembly';

/** In so many runs of the suite each pair is run once; every night all are. */
const SLICES = 24;
/** Singles and kills are fewer, and find more. */
const SLICES_OF_SINGLES = 4;

const slice = sliceOfRun(SLICES);
const larger = coarser(slice, SLICES_OF_SINGLES);
const picked = `${slice.index}/${slice.of}`;
process.stdout.write(`Faults: slice ${picked}. Again: ${FAULT_SLICE}=${picked} npm test -- matrix\n`);

test.each([
  { set: 'every effect × every kind of fault', all: singlePlans(), part: larger },
  {
    set: 'executions killed after every state, functions at every await, recovery hit as well',
    all: killPlans(),
    part: larger,
  },
  { set: 'pairs of faults', all: pairPlans(), part: slice },
])(
  `$set, slice $part.index/$part.of (${FAULT_SLICE}=${picked}; all of them: ${FAULT_SLICE}=all): nothing is lost`,
  async ({ all, part }) => {
    const plans = sliceOf(all, part);

    const { violations, unmet } = await runPlans(plans, { assemblyDirectory: await cloudAssembly() });

    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(unmet).toEqual([]);
    expect(violations).toEqual([]);
  },
  900_000,
);
