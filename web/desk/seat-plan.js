/**
 * The seats of an event that is being edited, for the map, as the API will make them of it.
 *
 * @import { Seat, SeatMap, SeatStatus } from '../api.js'
 * @import { Layout } from './desk-api.js'
 */

/** The API takes no longer row, and a wrong figure must not fill the page. */
const LONGEST_ROW = 500;

/**
 * @param {Layout} layout rows whose number of seats is none have no seats
 * @param {string} [only] this section alone
 * @returns {SeatMap} all of it free
 */
export function hallOf(layout, only) {
  const { name, venue, startsAt, timeZone = 'UTC', currency, tiers, sections } = layout;
  const prices = new Map(tiers.map(({ tier, price }) => [tier, Number(price) || 0]));
  /** @type {Seat[]} */
  const seats = sections
    .filter(({ section }) => only === undefined || section === only)
    .flatMap(({ section, code, rows }) =>
      rows.flatMap(({ row, tier, seats: count }) =>
        Array.from({ length: seatsIn(count) }, (_, index) => ({
          ...{ seatId: `${rowId(code, row)}-${index + 1}`, section, row, number: index + 1, tier },
          ...{ price: prices.get(tier) ?? 0, status: /** @type {const} */ ('AVAILABLE') },
        })),
      ),
    );
  return {
    ...{ eventId: '', name, venue, startsAt, timeZone, saleClosesAt: startsAt, status: 'ON_SALE', currency },
    ...{ tiers, seats, ...(only !== undefined && { section: only }) },
    sections: sections.map(({ section, rows }) => ({ section, seats: seatCount(rows) })),
  };
}

/**
 * The seats as they are now. Of thousands few are taken or marked: the others are those of the hall, which costs next to nothing.
 *
 * @param {SeatMap} hall
 * @param {object} now
 * @param {readonly string[]} [now.blocked]
 * @param {readonly string[]} [now.accessible]
 * @param {(seatId: string) => SeatStatus | undefined} [now.statusOf] of a seat that is taken
 * @returns {SeatMap}
 */
export function asTheyAre(hall, { blocked, accessible, statusOf = () => undefined }) {
  const [house, ramps] = [new Set(blocked), new Set(accessible)];
  const seats = hall.seats.map((seat) => {
    const { seatId } = seat;
    const status = statusOf(seatId) ?? (house.has(seatId) ? 'BLOCKED' : 'AVAILABLE');
    const isAccessible = ramps.has(seatId);
    if (status === 'AVAILABLE' && !isAccessible) return seat;
    return { ...seat, ...(isAccessible && { accessible: /** @type {const} */ (true) }), status };
  });
  return { ...hall, seats };
}

/**
 * Says of an id whether there is such a seat: by its row, as a stadium has too many to list them.
 *
 * @param {Layout['sections']} sections
 * @returns {(seatId: string) => boolean}
 */
export function seatFinder(sections) {
  const sizes = new Map(
    sections.flatMap(({ code, rows }) => rows.map(({ row, seats }) => [rowId(code, row), seatsIn(seats)])),
  );
  return (seatId) => {
    const end = seatId.lastIndexOf('-');
    return Number(seatId.slice(end + 1)) <= (sizes.get(seatId.slice(0, end)) ?? 0);
  };
}

/** @param {readonly { seats: number }[]} rows */
export function seatCount(rows) {
  return rows.reduce((sum, { seats }) => sum + seatsIn(seats), 0);
}

/**
 * What the ids of a row's seats begin with: `A`, or `B-A` in a section with the code `B`.
 *
 * @param {string | undefined} code
 * @param {string} row
 */
export function rowId(code, row) {
  return code === undefined ? row : `${code}-${row}`;
}

/** @param {number} count */
function seatsIn(count) {
  return Number.isInteger(count) ? Math.min(count, LONGEST_ROW) : 0;
}
