import { coarser, FAULT_SLICE, type Slice, sliceOf, sliceOfRun } from '../../faults/matrix/slice';

/** In so many runs of the suite each pair of faults is run once; every night all are. */
const SLICES = 60;
/** Singles, kills and controls are fewer, and find more. A divisor, so that their slices take turns, too. */
const SLICES_OF_FEWER = 20;
/** Of the tables of where a function dies. */
const SLICES_OF_DEATHS = 3;

const slice = sliceOfRun(SLICES);
const picked = `${slice.index}/${slice.of}`;

/** The part of the pairs that this run of the suite has. */
export const SLICE_OF_PAIRS: Slice = slice;
/** Its part of everything else that grows with the matrix. */
export const SLICE_OF_FEWER: Slice = coarser(slice, SLICES_OF_FEWER);
/** The rows of a table of where a function dies that this run of the suite has. */
export const deathsOfSlice = <Row>(table: readonly Row[]): Row[] =>
  sliceOf(table, coarser(slice, SLICES_OF_DEATHS));
/** For a name: which slice it is, and how to get it again, or all of them. */
export const AGAIN = `${FAULT_SLICE}=${picked}; all of them: ${FAULT_SLICE}=all`;

/** Says which slice it is where somebody reads it who has no failure to look at. */
export function printSlice(file: string): void {
  process.stdout.write(`Faults: slice ${picked}. Again: ${FAULT_SLICE}=${picked} npm test -- ${file}\n`);
}
