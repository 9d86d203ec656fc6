/**
 * The control routes of the local run, `/local/…`.
 *
 * @typedef {{ id: string, channel: 'email' | 'sms' | 'push', to: string, subject?: string, text?: string,
 *   receivedAt: string }} InboxMessage
 *
 * @typedef {{ id: string, stateMachine: string, type: string, status: string, startedAt: string,
 *   input?: { request?: { seats?: string[] } } }} Execution
 *
 * @typedef {{ id: number, timestamp: string, type: string, state?: string, attempt?: number, error?: string,
 *   retry?: { count: number, waitSeconds: number } }} ExecutionEvent
 *
 * @typedef {{ mode: 'fail-before' | 'fail-after' | 'timeout', error?: string, times?: number }} Fault
 */
export class LocalControl {
  /** @returns {Promise<InboxMessage[]>} newest first */
  async inbox() {
    return (await this.#json('/local/inbox')).messages;
  }

  /** @returns {Promise<Execution[]>} newest first */
  async executions() {
    return (await this.#json('/local/executions')).executions;
  }

  /**
   * @param {string} id
   * @returns {Promise<Execution & { events: ExecutionEvent[] }>}
   */
  execution(id) {
    return this.#json(`/local/executions/${encodeURIComponent(id)}`);
  }

  /** @returns {Promise<Record<string, Fault>>} by state */
  faults() {
    return this.#json('/local/faults');
  }

  /**
   * @param {string} state
   * @param {Fault} fault
   */
  async arm(state, fault) {
    await this.#json(`/local/faults/${encodeURIComponent(state)}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(fault),
    });
  }

  /** @param {string} state */
  async disarm(state) {
    await this.#send(`/local/faults/${encodeURIComponent(state)}`, { method: 'DELETE' });
  }

  async disarmAll() {
    await this.#send('/local/faults', { method: 'DELETE' });
  }

  /**
   * @param {string} path
   * @param {RequestInit} [init]
   */
  async #json(path, init) {
    return (await this.#send(path, { ...init, cache: 'no-store' })).json();
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   */
  async #send(path, init) {
    const response = await fetch(path, init);
    if (!response.ok) throw new Error(`${path} answered ${response.status}.`);
    return response;
  }
}
