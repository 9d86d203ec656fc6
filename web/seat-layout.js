/**
 * @import { Seat, SeatMap } from './api.js'
 *
 * @typedef {{ row: string, tier: string, price: number, seats: Seat[] }} Row
 * @typedef {{ section: string, rows: Row[] }} Section
 */

/**
 * Whether two answers are of one hall: whether nothing differs but what changes while seats are sold and marked. By comparing, as a text
 * of 20,000 seats takes longer to write than all else that a refresh does.
 *
 * @param {SeatMap} one
 * @param {SeatMap} other
 */
export function isSameHall(one, other) {
  return (
    one.currency === other.currency &&
    areSame(one.tiers, other.tiers, (a, b) => a.tier === b.tier && a.price === b.price) &&
    areSame(one.seats, other.seats, isSamePlace)
  );
}

/**
 * @template Item
 * @param {readonly Item[]} some
 * @param {readonly Item[]} others
 * @param {(one: Item, other: Item) => boolean} isSame
 */
function areSame(some, others, isSame) {
  return (
    some.length === others.length &&
    some.every((one, index) => {
      const other = others[index];
      return other !== undefined && (one === other || isSame(one, other));
    })
  );
}

/**
 * @param {Seat} one
 * @param {Seat} other
 */
function isSamePlace(one, other) {
  return (
    one.seatId === other.seatId &&
    one.section === other.section &&
    one.row === other.row &&
    one.number === other.number &&
    one.tier === other.tier &&
    one.price === other.price
  );
}

/**
 * The seats as the hall has them: sections, rows, seats, in the order of the API.
 *
 * @param {readonly Seat[]} seats
 * @returns {Section[]}
 */
export function sectionsOf(seats) {
  /** @type {Map<string, Map<string, Row>>} */
  const sections = new Map();
  for (const seat of seats) {
    const rows = sections.get(seat.section) ?? new Map();
    sections.set(seat.section, rows);
    const row = rows.get(seat.row) ?? { row: seat.row, tier: seat.tier, price: seat.price, seats: [] };
    rows.set(seat.row, row);
    row.seats.push(seat);
  }
  return [...sections].map(([section, rows]) => ({ section, rows: [...rows.values()] }));
}
