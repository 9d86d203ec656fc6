/**
 * What is always in sight: the faults that are armed, the clock, and whether the page is live.
 *
 * @import { Interference } from './control-routes.js'
 * @import { Store } from './store.js'
 */
import { part } from '../element.js';
import { counted, duration, timeOfDay } from './format.js';

/** An offset below is the way of the answer, in milliseconds. */
const NOTICEABLE = 2_000;

/** @param {Store} store */
export function showSigns(store) {
  const forever = new AbortController().signal;
  const armed = part('armed', HTMLAnchorElement);
  const live = part('live', HTMLElement);
  const clock = part('clock', HTMLElement);

  const showClock = () => {
    const ahead = store.clockOffset > NOTICEABLE;
    clock.textContent =
      timeOfDay(Date.now() + store.clockOffset) + (ahead ? `, +${duration(store.clockOffset)}` : '');
    clock.toggleAttribute('data-ahead', ahead);
  };
  setInterval(showClock, 1_000);
  showClock();
  store.on(['clock'], showClock, forever);
  store.on(
    ['interference'],
    () => {
      const names = armedNames(store.interference);
      armed.textContent = names.length === 0 ? 'No fault armed' : `Armed: ${names.join(', ')}`;
      armed.toggleAttribute('data-armed', names.length > 0);
    },
    forever,
  );
  store.on(
    ['connection'],
    () => {
      live.textContent = store.connected ? 'Live' : 'Reconnecting';
      live.toggleAttribute('data-live', store.connected);
    },
    forever,
  );
}

/** @param {Interference} interference */
export function armedNames({ faults, kills, secondsBeforeState }) {
  const times = (/** @type {number | undefined} */ left) => (left ? ` ×${left}` : '');
  return [
    ...Object.entries(faults).map(([state, { mode, times: left }]) => `${state} ${mode}${times(left)}`),
    ...Object.entries(kills).map(([state, { times: left }]) => `kill before ${state}${times(left)}`),
    ...(secondsBeforeState > 0 ? [`slow motion, ${counted(secondsBeforeState, 'second')} a state`] : []),
  ];
}
