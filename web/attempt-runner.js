/**
 * @import { Answer, SaleRoutes } from './api.js'
 * @import { AnyAttempt, Wanted } from './attempt.js'
 * @import { AttemptStorage } from './attempt-storage.js'
 * @import { TabTurns } from './tab-turn.js'
 */
import {
  answered,
  atBank,
  begin,
  connected,
  finished,
  finishing,
  givenUp,
  givingUp,
  isRunning,
  isSettled,
  looked,
  mayBeSentAgain,
  resumed,
  sendAgain,
  unanswered,
} from './attempt.js';

/** Milliseconds between two looks at the sale: quick for a workflow's seconds, slow for the minutes of a recovery. */
const LOOK_INTERVALS = [600, 1_000, 1_000, 1_000, 2_000, 2_000, 2_000, 5_000];

const UNTIL_WOKEN = Infinity;

/** Milliseconds between two questions whether the bank has answered: each starts an execution. */
const ASK_INTERVALS = [2_000, 4_000, 8_000, 15_000, 30_000];

/** Milliseconds between two looks while the bank's question is open: it may be answered, or given up, in another tab. */
const BANK_LOOK_INTERVAL = 15_000;

/** Milliseconds between two looks whether another tab still has the bank's question. */
const TURN_INTERVAL = 5_000;

/**
 * Carries an attempt to its definite answer: sends it, looks at the sale while it runs, leads the buyer to the bank,
 * and keeps it in the storage **before** anything leaves the page. There is at most one at a time.
 *
 * @template {AnyAttempt} Some
 */
export class AttemptRunner {
  #api;
  #storage;
  #askBank;
  #turns;
  #onChange;
  #isHidden;
  #isOffline;
  #newKey;
  #now;
  #wait;
  /** @type {Some | undefined} */
  #attempt;
  /** It was begun elsewhere or before a reload: the bank may have answered meanwhile. */
  #wasFound = false;
  /** The bank's question opens by itself once; after that the buyer asks for it. */
  #hasBeenAtBank = false;
  /** How often in a row the bank had not answered. */
  #asked = 0;
  /** The buyer has asked for the bank's question, here. */
  #wantsBank = false;
  /** @type {Set<() => void>} */
  #sleepers = new Set();

  /**
   * @param {object} ports
   * @param {SaleRoutes<Some['request']>} ports.api
   * @param {Pick<AttemptStorage<Some>, 'load' | 'save' | 'forget'>} ports.storage
   * @param {(clientSecret: string, closed: AbortSignal) => Promise<void>} ports.askBank shows the bank's question until it is
   *   answered, or closed
   * @param {Pick<TabTurns, 'take'>} ports.turns
   * @param {(attempt: Some | undefined) => void} ports.onChange
   * @param {() => boolean} [ports.isHidden] nobody sees the page: then nobody waits for a look
   * @param {() => boolean} [ports.isOffline] the browser knows that it has no connection
   * @param {() => string} [ports.newKey]
   * @param {() => number} [ports.now]
   * @param {(milliseconds: number) => Promise<void>} [ports.wait]
   */
  constructor({ api, storage, askBank, turns, onChange, isHidden, isOffline, newKey, now, wait }) {
    this.#api = api;
    this.#storage = storage;
    this.#askBank = askBank;
    this.#turns = turns;
    this.#onChange = onChange;
    this.#isHidden = isHidden ?? (() => document.hidden);
    this.#isOffline = isOffline ?? (() => navigator.onLine === false);
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
   * @param {Extract<Wanted, { of: Some['of'] }>} wanted
   */
  async buy(wanted) {
    if (this.#attempt && !isSettled(this.#attempt)) return;
    const begun = /** @type {unknown} */ (begin(this.#newKey(), wanted, this.#now()));
    this.#begin(/** @type {Some} */ (begun), false);
    await this.#run();
  }

  /** Sends a request that never arrived again, with its own key. */
  async sendAgain() {
    const { phase, request } = this.#attempt ?? {};
    if (!this.#attempt || phase !== 'unsent' || !request?.buyer) return;
    this.#set(sendAgain(this.#attempt, this.#now()));
    await this.#run();
  }

  /**
   * Goes on with what a reload interrupted, or another tab has begun.
   *
   * @param {string} eventId
   */
  async resume(eventId) {
    const stored = this.#storage.load(eventId);
    if (stored) await this.follow(stored);
  }

  /**
   * Goes on with an attempt that was found. One that is settled is looked at once more: it may have been cancelled.
   *
   * @param {Some} found
   */
  async follow(found) {
    this.#begin(resumed(found), true);
    await this.#look();
    await this.#follow();
  }

  /** Opens the bank's question, here. */
  goToBank() {
    this.#wantsBank = true;
    this.#wake();
  }

  /** Lets go what the bank has not agreed to yet: nothing is charged, the seats are free. */
  async giveUp() {
    const { key, phase } = this.#attempt ?? {};
    const { abandon } = this.#api;
    if (!key || !abandon || phase !== 'authenticating') return;
    this.#apply(key, givingUp);
    await this.#ask(key, () => abandon(key), givenUp);
  }

  /** Something may have happened: the connection is back, the page is looked at again, another tab was at work. */
  lookNow() {
    this.#wake();
  }

  /** Forgets the attempt. One that may still become a sale is not forgotten. */
  dismiss() {
    if (this.#attempt && isRunning(this.#attempt)) return;
    this.#set(undefined);
  }

  /**
   * @param {Some} attempt
   * @param {boolean} wasFound
   */
  #begin(attempt, wasFound) {
    this.#wasFound = wasFound;
    this.#hasBeenAtBank = false;
    this.#wantsBank = false;
    this.#asked = 0;
    this.#set(attempt);
  }

  async #run() {
    const { key, request } = /** @type {Some} */ (this.#attempt);
    await Promise.all([this.#ask(key, () => this.#api.send(key, request), answered), this.#follow()]);
  }

  /** While the attempt runs. The first look comes late enough that a purchase of the usual speed needs none. */
  async #follow() {
    const key = this.#attempt?.key ?? '';
    for (let looks = 0; this.#isRunning(key); looks++) {
      if (this.#isAuthenticating(key)) {
        await this.#authenticate(key);
        looks = -1;
      } else if (this.#isOffline()) {
        await this.#waitForConnection(key);
        looks = -1;
      } else {
        const interval = LOOK_INTERVALS[Math.min(looks, LOOK_INTERVALS.length - 1)] ?? 0;
        await this.#pause(this.#isHidden() ? UNTIL_WOKEN : interval);
        if (this.#isRunning(key) && !this.#isAuthenticating(key)) await this.#look();
      }
    }
  }

  /**
   * There is nobody to ask meanwhile. A request that may never have left is sent again, at once.
   *
   * @param {string} key
   */
  async #waitForConnection(key) {
    this.#apply(key, (attempt) => connected(attempt, true));
    // Whoever is online again wakes it.
    while (this.#isOffline() && this.#isRunning(key)) await this.#pause(UNTIL_WOKEN);
    this.#apply(key, (attempt) => connected(attempt, false));
    const { request } = this.#attempt ?? {};
    if (this.#attempt?.key === key && request && mayBeSentAgain(this.#attempt))
      await this.#ask(key, () => this.#api.send(key, request), answered);
    else if (this.#isRunning(key)) await this.#look();
  }

  /**
   * Until the sale no longer waits for its buyer.
   *
   * @param {string} key
   */
  async #authenticate(key) {
    while (this.#isAuthenticating(key)) {
      const wanted = this.#takeWish();
      const had = await this.#turns.take(key, (lost) => this.#atBank(key, lost, wanted), wanted);
      if (had || !this.#isAuthenticating(key)) continue;
      this.#apply(key, (attempt) => atBank(attempt, 'elsewhere'));
      await this.#pause(TURN_INTERVAL);
      if (!this.#wantsBank && this.#isAuthenticating(key)) await this.#look();
    }
  }

  /**
   * In this tab's turn: the bank's question, then whether it is answered, ever more rarely.
   *
   * @param {string} key
   * @param {AbortSignal} lost
   * @param {boolean} wanted the buyer has asked for the question
   */
  async #atBank(key, lost, wanted) {
    lost.addEventListener('abort', () => this.#wake());
    const isHere = () => this.#isAuthenticating(key) && !lost.aborted;
    // What the bank said in a closed tab comes first.
    let goes = wanted || !(this.#wasFound || this.#hasBeenAtBank);
    while (isHere()) {
      const isFirst = goes || this.#asked === 0;
      if (goes) await this.#openBank(key, isHere);
      else if (!isFirst) {
        this.#apply(key, (attempt) => (attempt.where === 'unshown' ? attempt : atBank(attempt, 'waiting')));
        const interval = ASK_INTERVALS[Math.min(this.#asked, ASK_INTERVALS.length) - 1] ?? 0;
        // When the time is over the server is asked once more, to say so.
        await this.#pause(this.#timeLeft() > 0 ? Math.min(interval, this.#timeLeft() + 1_000) : interval);
        goes = this.#takeWish();
        if (goes) continue;
      }
      if (!isHere()) return;
      // Later questions change nothing in the page until there is an answer.
      if (isFirst) this.#apply(key, finishing);
      this.#asked++;
      await this.#ask(key, () => this.#api.finishAuthentication(key), finished);
      goes = !this.#hasBeenAtBank || this.#takeWish();
    }
  }

  /**
   * @param {string} key
   * @param {() => boolean} isHere
   */
  async #openBank(key, isHere) {
    this.#hasBeenAtBank = true;
    this.#asked = 0;
    this.#apply(key, (attempt) => atBank(attempt, 'bank'));
    const closing = new AbortController();
    let isOpen = true;
    let isShown = true;
    const closed = this.#showBank(key, closing.signal)
      .catch(() => (isShown = false))
      .finally(() => {
        isOpen = false;
        this.#wake();
      });
    while (isOpen && isHere()) {
      // At its end the question is taken away: the bank's yes would come too late.
      await this.#pause(Math.min(BANK_LOOK_INTERVAL, this.#timeLeft() + 1_000));
      if (isOpen && isHere()) await this.#look();
    }
    closing.abort();
    await closed;
    if (!isShown) this.#apply(key, (attempt) => atBank(attempt, 'unshown'));
  }

  /**
   * @param {string} key
   * @param {AbortSignal} closed
   */
  async #showBank(key, closed) {
    const { status, body } = await this.#api.authentication(key);
    if (status !== 200) throw new Error(`There is no question of the bank: ${status}.`);
    if (!closed.aborted) await this.#askBank(body.clientSecret, closed);
  }

  async #look() {
    const { key } = /** @type {Some} */ (this.#attempt);
    try {
      const answer = await this.#api.find(key);
      this.#apply(key, (attempt) => looked(attempt, answer, this.#now()));
    } catch {
      // No connection: the next look may have one.
    }
  }

  /**
   * @param {string} key
   * @param {() => Promise<Answer>} call
   * @param {(attempt: Some, answer: Answer, now: number) => Some} transition
   */
  async #ask(key, call, transition) {
    try {
      const answer = await call();
      this.#apply(key, (attempt) => transition(attempt, answer, this.#now()));
    } catch {
      this.#apply(key, unanswered);
    }
  }

  /** @param {string} key */
  #isRunning(key) {
    return this.#attempt?.key === key && isRunning(this.#attempt);
  }

  /** @param {string} key */
  #isAuthenticating(key) {
    return this.#attempt?.key === key && this.#attempt.phase === 'authenticating';
  }

  /** Milliseconds in which the bank may still be answered. */
  #timeLeft() {
    return Math.max(0, (this.#attempt?.deadline ?? 0) - this.#now());
  }

  #takeWish() {
    const wanted = this.#wantsBank;
    this.#wantsBank = false;
    return wanted;
  }

  /** @param {number} milliseconds at most: whatever happens ends it */
  async #pause(milliseconds) {
    let wake = () => {};
    /** @type {Promise<void>} */
    const woken = new Promise((resolve) => (wake = resolve));
    this.#sleepers.add(wake);
    await Promise.race(milliseconds === UNTIL_WOKEN ? [woken] : [this.#wait(milliseconds), woken]);
    this.#sleepers.delete(wake);
  }

  #wake() {
    for (const wake of this.#sleepers) wake();
  }

  /**
   * @param {string} key of the attempt the news is about: it may have been dismissed meanwhile
   * @param {(attempt: Some) => Some} transition
   */
  #apply(key, transition) {
    if (this.#attempt?.key !== key) return;
    const next = transition(this.#attempt);
    if (next !== this.#attempt) this.#set(next);
  }

  /** @param {Some | undefined} attempt */
  #set(attempt) {
    const before = this.#attempt;
    this.#attempt = attempt;
    // A refusal needs no memory: the next attempt has a key of its own.
    if (attempt && attempt.phase !== 'failed') this.#storage.save(attempt);
    else if (attempt ?? before) this.#storage.forget(/** @type {Some} */ (attempt ?? before));
    if (attempt?.phase !== before?.phase) this.#wake();
    this.#onChange(attempt);
  }
}
