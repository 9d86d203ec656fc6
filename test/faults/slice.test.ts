import { pairPlans } from '../../faults/matrix/fault-matrix';
import { sliceOf, sliceOfRun } from '../../faults/matrix/slice';

const DAY = 86_400_000;

test.each([
  [
    'the runs of the workflow',
    (turn: number) => sliceOfRun(12, { GITHUB_RUN_NUMBER: String(977 + turn) }, 0),
  ],
  ['days', (turn: number) => sliceOfRun(12, {}, (20_000 + turn) * DAY)],
])('every pair is run once within twelve of %s in a row', (_, sliceOfTurn) => {
  const plans = pairPlans().map(({ name }) => name);

  const run = Array.from({ length: 12 }, (__, turn) => sliceOf(plans, sliceOfTurn(turn))).flat();

  expect(run.toSorted()).toEqual(plans.toSorted());
});

test('a slice is as large as any other, and meets every effect and every kind of fault', () => {
  const plans = pairPlans();
  const words = (names: readonly { readonly row: string; readonly column: string }[]) =>
    new Set(names.flatMap(({ row, column }) => [row, column]));

  for (let index = 1; index <= 12; index++) {
    const slice = sliceOf(plans, { index, of: 12 });
    expect(Math.abs(slice.length - plans.length / 12)).toBeLessThanOrEqual(1);
    expect(words(slice)).toEqual(words(plans));
  }
});

test.each([
  ['3/12', { index: 3, of: 12 }],
  ['all', { index: 1, of: 1 }],
])('FAULT_SLICE=%s picks the slice', (named, slice) => {
  expect(sliceOfRun(12, { FAULT_SLICE: named, GITHUB_RUN_NUMBER: '5' }, 0)).toEqual(slice);
});

test.each(['13/12', '0/12', '3', '3/0', 'none'])('FAULT_SLICE=%s is refused', (named) => {
  expect(() => sliceOfRun(12, { FAULT_SLICE: named })).toThrow(`not ${named}`);
});
