/**
 * What a buyer has chosen and typed and not sent yet, so that a reload loses none of it. It is in the session storage, which stays in its
 * tab and goes with it: whoever uses this browser next finds nobody's name. Nothing of a card is in it, and no consent: that is
 * given anew.
 *
 * @import { Seat } from './api.js'
 * @import { Store } from './kept.js'
 *
 * @typedef {{ name: string, email: string }} Person
 */
import { read, remove, write } from './kept.js';

const PERSON = 'eventpro.draft';

export class Draft {
  #tab;
  #seats;

  /**
   * @param {string} eventId of the seats; the person is the same whatever is bought
   * @param {() => Store} tab
   */
  constructor(eventId, tab) {
    this.#tab = tab;
    this.#seats = `${PERSON}.${eventId}`;
  }

  /** As they were when they were chosen. @returns {Seat[]} */
  get seats() {
    const seats = read(this.#tab, this.#seats);
    return Array.isArray(seats) ? seats.filter((seat) => typeof seat?.seatId === 'string') : [];
  }

  /** @param {readonly Seat[]} seats */
  keepSeats(seats) {
    if (seats.length > 0) write(this.#tab, this.#seats, seats);
    else remove(this.#tab, this.#seats);
  }

  /** @returns {Person} empty where nothing was typed */
  get person() {
    const { name, email } = read(this.#tab, PERSON) ?? {};
    return { name: typeof name === 'string' ? name : '', email: typeof email === 'string' ? email : '' };
  }

  /** @param {Person} person */
  keepPerson({ name, email }) {
    if (name || email) write(this.#tab, PERSON, { name, email });
    else remove(this.#tab, PERSON);
  }
}
