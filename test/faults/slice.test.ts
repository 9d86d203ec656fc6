import { killPlans, pairPlans, singlePlans } from '../../faults/matrix/fault-matrix';
import { coarser, sliceOf, sliceOfRun } from '../../faults/matrix/slice';

const DAY = 86_400_000;

test.each([
  [
    'the runs of the workflow',
    (turn: number) => sliceOfRun(60, { GITHUB_RUN_NUMBER: String(977 + turn) }, 0),
  ],
  ['days', (turn: number) => sliceOfRun(60, {}, (20_000 + turn) * DAY)],
])('every pair is run once within 60 of %s in a row, and every single once within 20', (_, sliceOfTurn) => {
  const pairs = pairPlans().map(({ name }) => name);
  const singles = singlePlans().map(({ name }) => name);
  const turns = Array.from({ length: 60 }, (__, turn) => sliceOfTurn(turn));

  const pairsRun = turns.flatMap((slice) => sliceOf(pairs, slice));
  const singlesRun = turns.slice(0, 20).flatMap((slice) => sliceOf(singles, coarser(slice, 20)));

  expect(pairsRun.toSorted()).toEqual(pairs.toSorted());
  expect(singlesRun.toSorted()).toEqual(singles.toSorted());
});

test('a slice is as large as any other, and its pairs meet every effect and every kind of fault', () => {
  const plans = pairPlans();
  const words = (names: readonly { readonly row: string; readonly column: string }[]) =>
    new Set(names.flatMap(({ row, column }) => [row, column]));

  for (let index = 1; index <= 60; index++) {
    const slice = sliceOf(plans, { index, of: 60 });
    expect(Math.abs(slice.length - plans.length / 60)).toBeLessThanOrEqual(1);
    expect(words(slice)).toEqual(words(plans));
  }
});

test('all of them is all of them, however few the parts', () => {
  const all = sliceOfRun(24, { FAULT_SLICE: 'all' });

  expect(sliceOf(killPlans(), coarser(all, 4))).toEqual(killPlans());
});

test.each([
  ['3/24', { index: 3, of: 24 }],
  ['all', { index: 1, of: 1 }],
])('FAULT_SLICE=%s picks the slice', (named, slice) => {
  expect(sliceOfRun(24, { FAULT_SLICE: named, GITHUB_RUN_NUMBER: '5' }, 0)).toEqual(slice);
});

test.each(['25/24', '0/24', '3', '3/0', 'none'])('FAULT_SLICE=%s is refused', (named) => {
  expect(() => sliceOfRun(24, { FAULT_SLICE: named })).toThrow(`not ${named}`);
});
