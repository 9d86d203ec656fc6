/**
 * The attempt to buy, in the session storage: it outlives a reload, stays in its tab and goes with it.
 *
 * @import { Attempt } from './purchase-attempt.js'
 */
const KEY = 'eventpro.purchase';

export class AttemptStorage {
  #storage;

  /** @param {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} storage */
  constructor(storage) {
    this.#storage = storage;
  }

  /** @returns {Attempt | undefined} */
  load() {
    return JSON.parse(this.#storage.getItem(KEY) ?? 'null') ?? undefined;
  }

  /** @param {Attempt} attempt */
  save(attempt) {
    this.#storage.setItem(KEY, JSON.stringify(attempt));
  }

  clear() {
    this.#storage.removeItem(KEY);
  }
}
