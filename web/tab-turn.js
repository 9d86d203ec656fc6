/**
 * One tab at a time has the bank's question of a purchase open, and asks what the bank has said. A tab that is closed, or
 * dies, gives its turn back: the browser sees to that.
 *
 * @typedef {(lost: AbortSignal) => Promise<void>} Work
 */
export class TabTurns {
  #locks;

  /** @param {Pick<LockManager, 'request'>} locks */
  constructor(locks) {
    this.#locks = locks;
  }

  /**
   * @param {string} key of the purchase
   * @param {Work} work ends early when another tab takes the turn away, which `lost` tells
   * @param {boolean} takeAway from the tab that has it: the buyer wants to go on here
   * @returns {Promise<boolean>} whether this tab had its turn, to its end
   */
  async take(key, work, takeAway) {
    const lost = new AbortController();
    /** @type {Promise<void> | undefined} */
    let working;
    try {
      const options = takeAway ? { steal: true } : { ifAvailable: true };
      await this.#locks.request(`eventpro.purchase.${key}`, options, (lock) => {
        if (lock) working = work(lost.signal);
        return working;
      });
      return working !== undefined;
    } catch (error) {
      lost.abort();
      await working;
      // A lock that is stolen ends with an `AbortError` for whom it was stolen from.
      if (error instanceof DOMException && error.name === 'AbortError') return false;
      throw error;
    }
  }
}
