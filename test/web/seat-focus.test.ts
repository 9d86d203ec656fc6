import { nextPosition } from '../../web/seat-focus.js';

/** Four seats behind six, then three: drawn centred. */
const ROWS = [6, 4, 3];

test.each([
  ['ArrowRight', [0, 2], [0, 3]],
  ['ArrowRight', [0, 5], [0, 5]],
  ['ArrowLeft', [0, 2], [0, 1]],
  ['ArrowLeft', [1, 0], [1, 0]],
  ['ArrowDown', [0, 2], [1, 1]],
  ['ArrowDown', [0, 0], [1, 0]],
  ['ArrowDown', [0, 5], [1, 3]],
  ['ArrowDown', [1, 3], [2, 2]],
  ['ArrowDown', [2, 1], [2, 1]],
  ['ArrowUp', [1, 0], [0, 1]],
  ['ArrowUp', [1, 3], [0, 4]],
  ['ArrowUp', [0, 4], [0, 4]],
  ['Home', [1, 2], [1, 0]],
  ['End', [1, 2], [1, 3]],
])('%s goes from %j to %j', (key, [row, column], [toRow, toColumn]) => {
  expect(nextPosition(ROWS, { row: row!, column: column! }, key)).toEqual({ row: toRow, column: toColumn });
});

test.each([
  ['Home', { row: 0, column: 0 }],
  ['End', { row: 2, column: 2 }],
])('%s with Control goes to the end of the whole map', (key, end) => {
  expect(nextPosition(ROWS, { row: 1, column: 1 }, key, true)).toEqual(end);
});

test.each(['Tab', 'a', 'PageDown'])('%s is left to the browser', (key) => {
  expect(nextPosition(ROWS, { row: 1, column: 1 }, key)).toBeUndefined();
});

test('down and up again is where it began, between rows of equal parity', () => {
  const from = { row: 0, column: 3 };

  const down = nextPosition(ROWS, from, 'ArrowDown')!;

  expect(nextPosition(ROWS, down, 'ArrowUp')).toEqual(from);
});
