/**
 * The attempt to buy, kept in two places for two purposes:
 *
 * - The session storage has all of it, outlives a reload, stays in its tab and goes with it. From there a request that
 *   never arrived is sent again, and the form is filled.
 * - The local storage has what a closed tab must leave behind to be found again, and what a second tab must know: the key,
 *   the seats or extras and their price, until it is settled. Neither a name, an address nor a card, nor the purchase that
 *   extras go with: whoever uses this browser next would find them, and what the server has had needs no sending again.
 *
 * @import { AnyAttempt } from './attempt.js'
 * @import { Store } from './kept.js'
 */
import { isOpen } from './attempt.js';
import { names, read, remove, write } from './kept.js';

/** What another tab may know of a request. */
const FOUND_AGAIN = ['eventId', 'seats', 'items', 'expectedTotal'];

/** @template {AnyAttempt} Some */
export class AttemptStorage {
  #of;
  #tab;
  #browser;

  /**
   * Where the browser keeps nothing (it may refuse, or be full) a purchase goes on, and is not found again.
   *
   * @param {Some['of']} of
   * @param {() => Store} tab
   * @param {() => Store} browser
   */
  constructor(of, tab, browser) {
    this.#of = of;
    this.#tab = tab;
    this.#browser = browser;
  }

  /**
   * This tab's own, or the newest open one of the event in this browser.
   *
   * @param {string} eventId
   * @returns {Some | undefined}
   */
  load(eventId) {
    return (
      this.#read(this.#tab, this.#key) ??
      this.listOpen()
        .filter(({ request }) => request.eventId === eventId)
        .sort((a, b) => b.sentAt - a.sentAt)[0]
    );
  }

  /** @returns {Some[]} of all tabs, without who buys */
  listOpen() {
    return names(this.#browser)
      .filter((name) => name.startsWith(`${this.#key}.`))
      .flatMap((name) => this.#read(this.#browser, name) ?? []);
  }

  /** @param {Some} attempt */
  save(attempt) {
    write(this.#tab, this.#key, attempt);
    this.#leave(attempt);
  }

  /** @param {Some} attempt */
  forget(attempt) {
    remove(this.#tab, this.#key);
    remove(this.#browser, this.#keyOf(attempt));
  }

  /**
   * The same for one attempt alone. This tab's own may be another one: that stays as it is.
   *
   * @param {string} key
   */
  only(key) {
    const isOwn = () => this.#read(this.#tab, this.#key)?.key === key;
    return {
      load: () =>
        isOwn() ? this.#read(this.#tab, this.#key) : this.#read(this.#browser, `${this.#key}.${key}`),
      save: (/** @type {Some} */ attempt) => (isOwn() ? this.save(attempt) : this.#leave(attempt)),
      forget: (/** @type {Some} */ attempt) =>
        isOwn() ? this.forget(attempt) : remove(this.#browser, this.#keyOf(attempt)),
    };
  }

  /**
   * What a closed tab leaves behind.
   *
   * @param {Some} attempt
   */
  #leave(attempt) {
    if (isOpen(attempt)) write(this.#browser, this.#keyOf(attempt), toBeFound(attempt));
    else remove(this.#browser, this.#keyOf(attempt));
  }

  get #key() {
    return `eventpro.${this.#of}`;
  }

  /** @param {Some} attempt */
  #keyOf({ key }) {
    return `${this.#key}.${key}`;
  }

  /**
   * @param {() => Store} store
   * @param {string} name
   * @returns {Some | undefined} also when what is there is not ours
   */
  #read(store, name) {
    const found = read(store, name);
    const { seats, items } = found?.request ?? {};
    const isOurs = typeof found?.key === 'string' && Array.isArray(seats ?? items);
    // Pages before this one called the sale a purchase, and knew no other.
    return isOurs ? { sale: found.purchase, ...found, of: this.#of } : undefined;
  }
}

/** @param {AnyAttempt} attempt */
function toBeFound({ key, request, sentAt, answered, ...attempt }) {
  const known = Object.entries(request).filter(([name]) => FOUND_AGAIN.includes(name));
  const shown = attempt.of === 'order' ? { extras: attempt.extras } : { seats: attempt.seats };
  return { key, request: Object.fromEntries(known), ...shown, phase: 'checking', sentAt, answered };
}
