/**
 * @import { Seat } from './api.js'
 *
 * @typedef {{ row: string, tier: string, price: number, seats: Seat[] }} Row
 * @typedef {{ section: string, rows: Row[] }} Section
 */

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
