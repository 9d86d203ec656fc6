/**
 * The best seats that are free together.
 *
 * @import { Seat } from './api.js'
 */
import { sectionsOf } from './seat-layout.js';

/** Between the stage and the first row, in rows. */
const STAGE_DISTANCE = 3;
/** A seat is narrower than a row is deep. */
const SEAT_WIDTH = 0.6;

/**
 * Neighbouring free seats of one row, the group nearest to the middle of the stage first; at most one group a row, so
 * that there is something to choose from.
 *
 * @param {readonly Seat[]} seats of the whole hall, in its order
 * @param {{ count: number, tier?: string, accessible?: boolean, limit?: number }} wish with `accessible`, at least one seat of
 *   the group is: who needs it comes with others
 * @returns {Seat[][]}
 */
export function bestTogether(seats, { count, tier, accessible = false, limit = 4 }) {
  const rows = sectionsOf(seats).flatMap((section) => section.rows);
  return rows
    .flatMap((row, index) => {
      if (tier !== undefined && row.tier !== tier) return [];
      const middle = (row.seats.length - 1) / 2;
      const groups = row.seats
        .map((_, first) => ({
          group: row.seats.slice(first, first + count),
          distance: Math.hypot(STAGE_DISTANCE + index, SEAT_WIDTH * (first + (count - 1) / 2 - middle)),
        }))
        .filter(
          ({ group }) =>
            group.length === count &&
            isFreeTogether(group) &&
            (!accessible || group.some((seat) => seat.accessible)),
        );
      return groups.sort(nearestFirst).slice(0, 1);
    })
    .sort(nearestFirst)
    .slice(0, limit)
    .map(({ group }) => group);
}

/** @param {Seat[]} group */
function isFreeTogether(group) {
  return group.every(
    ({ status, number }, index) => status === 'AVAILABLE' && number === (group[0]?.number ?? 0) + index,
  );
}

/**
 * @param {{ distance: number }} a
 * @param {{ distance: number }} b
 */
function nearestFirst(a, b) {
  return a.distance - b.distance;
}
