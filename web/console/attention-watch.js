/** @import { Store } from './store.js' */
import { part } from '../element.js';
import { mattersOf } from './attention.js';
import { oneAtATime } from './page.js';

/** Milliseconds between two looks at the least; a look that takes long is taken less often. */
const PAUSE = 500;
const LONGEST_PAUSE = 5_000;
const SHARE = 10;

/**
 * Looks, whenever something has changed, at what needs attention: tells the store, and the number to whoever is on another page.
 *
 * @param {Store} store
 */
export function watchAttention(store) {
  const forever = new AbortController().signal;
  const count = part('attention-count', HTMLElement);
  const look = oneAtATime(async () => {
    await store.whenLoaded;
    const began = performance.now();
    const matters = await mattersOf(store).catch(() => undefined);
    if (matters) {
      store.setMatters(matters);
      count.textContent = String(matters.length);
      count.hidden = matters.length === 0;
    }
    const pause = Math.min(LONGEST_PAUSE, Math.max(PAUSE, SHARE * (performance.now() - began)));
    await new Promise((resolve) => setTimeout(resolve, pause));
  });

  store.on(['executions', 'payments', 'queues', 'bus', 'schedules', 'clock'], () => void look(), forever);
  // What is due becomes overdue, with nothing said.
  setInterval(() => !document.hidden && void look(), 30_000);
  void look();
}
