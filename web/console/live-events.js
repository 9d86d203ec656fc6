import { EVENTS_PATH } from './control-routes.js';

/**
 * @typedef {object} LiveEventsOptions
 * @property {() => Promise<void>} load everything there is; called at each connection, as no event is sent twice
 * @property {Record<string, (data: any) => unknown>} events by their name
 * @property {(connected: boolean) => void} connected
 */

/**
 * The server-sent events, in their order. What comes while `load` still runs is told afterwards.
 *
 * A page in the background gives its connection back: a browser has but six for a server.
 */
export class LiveEvents {
  #options;
  /** @type {EventSource | undefined} */
  #source;

  /** @param {LiveEventsOptions} options */
  constructor(options) {
    this.#options = options;
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#close() : this.open()));
  }

  open() {
    this.#close();
    const { load, events, connected } = this.#options;
    const source = new EventSource(EVENTS_PATH);
    this.#source = source;
    /** @type {Promise<unknown>} */
    let told = Promise.resolve();
    source.addEventListener('open', () => {
      connected(true);
      // A server that goes away meanwhile is told by the event `error`.
      told = load().catch(() => undefined);
    });
    source.addEventListener('error', () => connected(false));
    for (const [name, hear] of Object.entries(events)) {
      source.addEventListener(name, (event) => {
        told = told.then(() => hear(JSON.parse(event.data))).catch(reportError);
      });
    }
  }

  #close() {
    this.#source?.close();
    this.#source = undefined;
  }
}
