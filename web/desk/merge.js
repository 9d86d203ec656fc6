/**
 * What becomes of an edit when somebody else has saved the event meanwhile.
 *
 * @import { Layout } from './desk-api.js'
 *
 * @typedef {keyof Layout} Field
 * @typedef {{ field: Field, before: unknown, theirs: unknown }} Change
 * @typedef {{ merged: Layout, takenOver: Change[], disputed: Change[] }} Merge  `takenOver` is what they alone have changed;
 *   `disputed` what both have: there the merged event has what is mine.
 */

/** @type {readonly Field[]} */
const FIELDS = [
  ...['name', 'venue', 'startsAt', 'timeZone', 'doorsOpenAt', 'endsAt', 'saleOpensAt', 'saleClosesAt'],
  ...['currency', 'tiers', 'sections', 'blocked', 'accessible'],
].map((name) => /** @type {Field} */ (name));

/** @type {readonly Field[]} */
const SETS = ['blocked', 'accessible'];

/**
 * @param {Layout} base what was read
 * @param {Layout} mine what was made of it
 * @param {Layout} theirs what is stored now
 * @returns {Merge}
 */
export function merge(base, mine, theirs) {
  /** @type {Record<string, unknown>} */
  const merged = { ...mine };
  /** @type {Change[]} */
  const takenOver = [];
  /** @type {Change[]} */
  const disputed = [];
  for (const field of FIELDS) {
    const change = { field, before: base[field], theirs: theirs[field] };
    if (isSame(base[field], theirs[field]) || isSame(mine[field], theirs[field])) continue;
    const isMine = !isSame(base[field], mine[field]);
    (isMine && !SETS.includes(field) ? disputed : takenOver).push(change);
    if (SETS.includes(field)) merged[field] = mergedSets(base[field], mine[field], theirs[field]);
    else if (!isMine) merged[field] = theirs[field];
  }
  for (const field of FIELDS) if (merged[field] === undefined) delete merged[field];
  return { merged: /** @type {Layout} */ (/** @type {unknown} */ (merged)), takenOver, disputed };
}

/**
 * Seats are marked one by one, so what one has marked does not contradict what the other has.
 *
 * @param {...unknown} marks of base, mine and theirs
 */
function mergedSets(...marks) {
  const [base, mine, theirs] = marks.map((each) => new Set(/** @type {string[]} */ (each ?? [])));
  const added = [...(mine ?? [])].filter((seatId) => !base?.has(seatId));
  const kept = [...(theirs ?? [])].filter((seatId) => !(base?.has(seatId) && !mine?.has(seatId)));
  const all = [...new Set([...kept, ...added])];
  return all.length === 0 ? undefined : all;
}

/**
 * @param {unknown} one
 * @param {unknown} other
 */
export function isSame(one, other) {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

/** Fields by their names: two answers need not have them in one order. @param {unknown} value @returns {unknown} */
function inOrder(value) {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, each]) => [name, inOrder(each)]),
  );
}
