/**
 * Where the keyboard goes in the seat map, which is one tab stop (roving tabindex).
 *
 * @typedef {{ row: number, column: number }} Position  both from 0, rows counted through all sections
 */

/**
 * @param {readonly number[]} rowLengths seats in each row
 * @param {Position} from
 * @param {string} key a `KeyboardEvent.key`
 * @param {boolean} [wholeMap] with Control: Home and End go to the first and last seat of all
 * @returns {Position | undefined} undefined when the key does not move the focus
 */
export function nextPosition(rowLengths, from, key, wholeMap = false) {
  const last = { row: rowLengths.length - 1, column: lastOf(rowLengths, rowLengths.length - 1) };
  switch (key) {
    case 'ArrowLeft':
      return { row: from.row, column: Math.max(0, from.column - 1) };
    case 'ArrowRight':
      return { row: from.row, column: Math.min(lastOf(rowLengths, from.row), from.column + 1) };
    case 'ArrowUp':
      return inRow(rowLengths, from, Math.max(0, from.row - 1));
    case 'ArrowDown':
      return inRow(rowLengths, from, Math.min(last.row, from.row + 1));
    case 'Home':
      return wholeMap ? { row: 0, column: 0 } : { row: from.row, column: 0 };
    case 'End':
      return wholeMap ? last : { row: from.row, column: lastOf(rowLengths, from.row) };
    default:
      return undefined;
  }
}

/**
 * The seat right in front or behind. Rows are drawn centred, so a shorter row begins further in.
 *
 * @param {readonly number[]} rowLengths
 * @param {Position} from
 * @param {number} row
 * @returns {Position}
 */
function inRow(rowLengths, from, row) {
  const shift = (lastOf(rowLengths, row) - lastOf(rowLengths, from.row)) / 2;
  const column = Math.round(from.column + shift);
  return { row, column: Math.min(lastOf(rowLengths, row), Math.max(0, column)) };
}

/**
 * @param {readonly number[]} rowLengths
 * @param {number} row
 */
function lastOf(rowLengths, row) {
  return (rowLengths[row] ?? 1) - 1;
}
