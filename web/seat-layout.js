/**
 * @import { Seat, SeatMap } from './api.js'
 *
 * @typedef {{ row: string, tier: string, price: number, seats: Seat[] }} Row
 * @typedef {{ section: string, rows: Row[] }} Section
 */

/** Of each answer: the key of a large hall takes milliseconds. @type {WeakMap<SeatMap, string>} */
const KEYS = new WeakMap();

/**
 * Tells halls apart by all that does not change while seats are sold. Field by field: two answers of the API need not
 * have their fields in one order.
 *
 * @param {SeatMap} map
 */
export function layoutKey(map) {
  const key = KEYS.get(map) ?? keyOf(map);
  KEYS.set(map, key);
  return key;
}

/** @param {SeatMap} map */
function keyOf({ currency, tiers, seats }) {
  return JSON.stringify([
    currency,
    tiers.map(({ tier, price }) => [tier, price]),
    seats.map(({ seatId, section, row, number, tier, price, accessible = false }) => [
      ...[seatId, section, row, number, tier, price, accessible],
    ]),
  ]);
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
