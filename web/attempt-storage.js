/**
 * The attempt to buy, kept in two places for two purposes:
 *
 * - The session storage has all of it, outlives a reload, stays in its tab and goes with it. From there a request that
 *   never arrived is sent again, and the form is filled.
 * - The local storage has what a closed tab must leave behind to be found again, and what a second tab must know: the key,
 *   the seats and their price, until the purchase is settled. Neither a name, an address nor a card: whoever uses this
 *   browser next would find them, and what the server has had needs no sending again.
 *
 * @import { Attempt } from './purchase-attempt.js'
 *
 * @typedef {Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>} Store
 */
import { isOpen } from './purchase-attempt.js';

const KEY = 'eventpro.purchase';
const OPEN = `${KEY}.`;

export class AttemptStorage {
  #tab;
  #browser;

  /**
   * Where the browser keeps nothing (it may refuse, or be full) a purchase goes on, and is not found again.
   *
   * @param {() => Store} tab
   * @param {() => Store} browser
   */
  constructor(tab, browser) {
    this.#tab = tab;
    this.#browser = browser;
  }

  /**
   * This tab's own, or the newest open one of the event in this browser.
   *
   * @param {string} eventId
   * @returns {Attempt | undefined}
   */
  load(eventId) {
    return (
      read(this.#tab, KEY) ??
      this.listOpen()
        .filter(({ request }) => request.eventId === eventId)
        .sort((a, b) => b.sentAt - a.sentAt)[0]
    );
  }

  /** @returns {Attempt[]} of all tabs, without who buys */
  listOpen() {
    return attempted(() => {
      const browser = this.#browser();
      const names = Array.from({ length: browser.length }, (_, index) => browser.key(index) ?? '');
      return names.filter((name) => name.startsWith(OPEN)).flatMap((name) => read(this.#browser, name) ?? []);
    }, []);
  }

  /** @param {Attempt} attempt */
  save(attempt) {
    write(this.#tab, KEY, attempt);
    if (isOpen(attempt)) write(this.#browser, OPEN + attempt.key, toBeFound(attempt));
    else remove(this.#browser, OPEN + attempt.key);
  }

  /** @param {Attempt} attempt */
  forget({ key }) {
    remove(this.#tab, KEY);
    remove(this.#browser, OPEN + key);
  }
}

/**
 * @param {Attempt} attempt
 * @returns {Attempt}
 */
function toBeFound({ key, request: { eventId, seats, expectedTotal }, seats: shown, sentAt, answered }) {
  return {
    key,
    request: { eventId, seats, expectedTotal },
    seats: shown,
    phase: 'checking',
    sentAt,
    answered,
  };
}

/**
 * @param {() => Store} store
 * @param {string} name
 * @returns {Attempt | undefined} also when what is there is not ours
 */
function read(store, name) {
  return attempted(() => {
    const found = JSON.parse(store().getItem(name) ?? 'null');
    return typeof found?.key === 'string' && Array.isArray(found.request?.seats) ? found : undefined;
  }, undefined);
}

/**
 * Other tabs hear of each change: what is the same is not written again.
 *
 * @param {() => Store} store
 * @param {string} name
 * @param {Attempt} attempt
 */
function write(store, name, attempt) {
  const text = JSON.stringify(attempt);
  attempted(() => store().getItem(name) !== text && store().setItem(name, text), undefined);
}

/**
 * @param {() => Store} store
 * @param {string} name
 */
function remove(store, name) {
  attempted(() => store().removeItem(name), undefined);
}

/**
 * @template Result
 * @param {() => Result} action
 * @param {Result} otherwise
 */
function attempted(action, otherwise) {
  try {
    return action();
  } catch {
    return otherwise;
  }
}
