/** @import { Store } from './store.js' */
import { advanceClock } from './control-routes.js';
import { duration } from './format.js';
import { button } from './page.js';
import { LOOKS_EVERY } from './sale-state.js';

/**
 * A button that lets the time of the next attempt come: who tries goes by the clock, and finds what is due.
 *
 * @param {Store} store
 * @param {number} at milliseconds
 * @param {string} [of] whose attempt, for who does not see what is beside it
 */
export function attemptNow(store, at, of) {
  const name = 'Make it now';
  const made = button(
    name,
    () => {
      const wait = Math.max(0, at - (Date.now() + store.clockOffset));
      return advanceClock(Math.ceil(wait / 1000) + LOOKS_EVERY);
    },
    {
      title: `Moves the clock of the run forward, by ${duration(Math.max(0, at - (Date.now() + store.clockOffset)))}`,
      ...(of && { 'aria-label': `${name}: ${of}` }),
    },
  );
  return made;
}
