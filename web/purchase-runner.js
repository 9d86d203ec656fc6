/**
 * @import { Api, PurchaseRequest, Seat } from './api.js'
 * @import { Attempt } from './purchase-attempt.js'
 * @import { AttemptStorage } from './attempt-storage.js'
 */
import {
  answered,
  begin,
  isRunning,
  isSettled,
  looked,
  resumed,
  sendAgain,
  unanswered,
} from './purchase-attempt.js';

/** Milliseconds between two looks at a purchase: quick for a saga's seconds, slow for the minutes of a recovery. */
const LOOK_INTERVALS = [600, 1_000, 1_000, 1_000, 2_000, 2_000, 2_000, 5_000];

/**
 * Carries an attempt to its definite answer: sends it, looks at the purchase while it runs, and keeps it in the storage
 * **before** anything leaves the page. There is at most one at a time.
 */
export class PurchaseRunner {
  #api;
  #storage;
  #onChange;
  #newKey;
  #now;
  #wait;
  /** @type {Attempt | undefined} */
  #attempt;

  /**
   * @param {object} ports
   * @param {Pick<Api, 'purchase' | 'findPurchase'>} ports.api
   * @param {AttemptStorage} ports.storage
   * @param {(attempt: Attempt | undefined) => void} ports.onChange
   * @param {() => string} [ports.newKey]
   * @param {() => number} [ports.now]
   * @param {(milliseconds: number) => Promise<void>} [ports.wait]
   */
  constructor({ api, storage, onChange, newKey, now, wait }) {
    this.#api = api;
    this.#storage = storage;
    this.#onChange = onChange;
    this.#newKey = newKey ?? (() => crypto.randomUUID());
    this.#now = now ?? (() => Date.now());
    this.#wait = wait ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)));
  }

  get attempt() {
    return this.#attempt;
  }

  /**
   * Buys, with a new key. Does nothing while an earlier attempt has no definite answer.
   *
   * @param {PurchaseRequest} request
   * @param {readonly Seat[]} seats those of the request, as the buyer sees them
   */
  async buy(request, seats) {
    if (this.#attempt && !isSettled(this.#attempt)) return;
    this.#set(begin(this.#newKey(), request, seats, this.#now()));
    await this.#run();
  }

  /** Sends a request that never arrived again, with its own key. */
  async sendAgain() {
    if (this.#attempt?.phase !== 'unsent') return;
    this.#set(sendAgain(this.#attempt, this.#now()));
    await this.#run();
  }

  /** Goes on with what a reload interrupted. */
  async resume() {
    const stored = this.#storage.load();
    if (!stored) return;
    this.#set(resumed(stored));
    await this.#look();
    await this.#keepLooking();
  }

  /** Forgets the attempt. One that may still become a purchase is not forgotten. */
  dismiss() {
    if (this.#attempt && isRunning(this.#attempt)) return;
    this.#set(undefined);
  }

  async #run() {
    await Promise.all([this.#send(), this.#keepLooking()]);
  }

  async #send() {
    const { key, request } = /** @type {Attempt} */ (this.#attempt);
    try {
      const answer = await this.#api.purchase(key, request);
      this.#apply(key, (attempt) => answered(attempt, answer));
    } catch {
      this.#apply(key, unanswered);
    }
    if (this.#attempt?.phase === 'checking') await this.#look();
  }

  /** While the attempt runs. The first look comes late enough that a purchase of the usual speed needs none. */
  async #keepLooking() {
    const key = this.#attempt?.key;
    for (let looks = 0; this.#attempt?.key === key && this.#attempt && isRunning(this.#attempt); looks++) {
      await this.#wait(LOOK_INTERVALS[Math.min(looks, LOOK_INTERVALS.length - 1)] ?? 0);
      if (this.#attempt?.key === key && isRunning(this.#attempt)) await this.#look();
    }
  }

  async #look() {
    const { key } = /** @type {Attempt} */ (this.#attempt);
    try {
      const answer = await this.#api.findPurchase(key);
      this.#apply(key, (attempt) => looked(attempt, answer, this.#now()));
    } catch {
      // No connection: the next look may have one.
    }
  }

  /**
   * @param {string} key of the attempt the news is about: it may have been dismissed meanwhile
   * @param {(attempt: Attempt) => Attempt} transition
   */
  #apply(key, transition) {
    if (this.#attempt?.key !== key) return;
    const next = transition(this.#attempt);
    if (next !== this.#attempt) this.#set(next);
  }

  /** @param {Attempt | undefined} attempt */
  #set(attempt) {
    this.#attempt = attempt;
    // A refusal needs no memory: the next attempt has a key of its own.
    if (!attempt || attempt.phase === 'failed') this.#storage.clear();
    else this.#storage.save(attempt);
    this.#onChange(attempt);
  }
}
