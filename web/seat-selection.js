/** @import { Seat } from './api.js' */

/** The API's limit for one purchase. */
export const MAX_SEATS_PER_PURCHASE = 8;

/**
 * The seats the buyer has chosen, in the order of choosing. Prices are those of the latest seat map.
 */
export class SeatSelection {
  /** @type {Map<string, Seat>} */
  #seats = new Map();

  get seats() {
    return [...this.#seats.values()];
  }

  get seatIds() {
    return [...this.#seats.keys()];
  }

  /** Minor currency units. */
  get total() {
    return this.seats.reduce((total, { price }) => total + price, 0);
  }

  /** @param {string} seatId */
  has(seatId) {
    return this.#seats.has(seatId);
  }

  /**
   * @param {Seat} seat
   * @returns {'added' | 'removed' | 'not-available' | 'full'}
   */
  toggle(seat) {
    if (this.#seats.delete(seat.seatId)) return 'removed';
    if (seat.status !== 'AVAILABLE') return 'not-available';
    if (this.#seats.size >= MAX_SEATS_PER_PURCHASE) return 'full';
    this.#seats.set(seat.seatId, seat);
    return 'added';
  }

  /**
   * Takes over a fresh seat map.
   *
   * @param {readonly Seat[]} seats
   * @param {string} [section] the one the map is of; the whole hall's when undefined
   * @returns {Seat[]} the chosen seats that somebody else has taken meanwhile: they are no longer chosen
   */
  refresh(seats, section) {
    if (this.#seats.size === 0) return [];
    const known = new Map(seats.map((seat) => [seat.seatId, seat]));
    const lost = [];
    for (const [seatId, chosen] of this.#seats) {
      if (section !== undefined && chosen.section !== section) continue;
      const seat = known.get(seatId);
      if (seat?.status === 'AVAILABLE') this.#seats.set(seatId, seat);
      else {
        this.#seats.delete(seatId);
        lost.push(seat ?? chosen);
      }
    }
    return lost;
  }

  /**
   * Chooses these instead of what was chosen before.
   *
   * @param {readonly Seat[]} seats
   */
  replace(seats) {
    this.#seats = new Map(seats.map((seat) => [seat.seatId, seat]));
  }

  clear() {
    this.#seats.clear();
  }
}
