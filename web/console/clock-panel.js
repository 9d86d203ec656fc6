/** @import { Store } from './store.js' */
import { announce } from '../announcer.js';
import { element } from '../element.js';
import { advanceClock, reset } from './control-routes.js';
import { confirmFirst } from './dialogs.js';
import { dateAndTime, duration } from './format.js';
import { button, card } from './page.js';
import { FAST_FORWARDS } from './purchase-adapter.js';

/** Milliseconds below which the clock is that of the machine. */
const NOTICEABLE = 2_000;

/**
 * The clock that every service and every function reads, and the way back to the beginning.
 *
 * @param {Store} store
 * @param {AbortSignal} signal
 */
export function clockPanel(store, signal) {
  const time = element('p', { class: 'time' });
  const draw = () => {
    const ahead = store.clockOffset > NOTICEABLE ? `${duration(store.clockOffset)} ahead` : 'real time';
    time.replaceChildren(
      dateAndTime(Date.now() + store.clockOffset),
      element('span', { class: 'note' }, ` ${ahead}`),
    );
  };
  store.on(['clock'], draw, signal);
  const ticking = setInterval(draw, 1_000);
  signal.addEventListener('abort', () => clearInterval(ticking));
  draw();

  return card(
    'Clock',
    {},
    time,
    element(
      'ul',
      { class: 'forwards' },
      ...FAST_FORWARDS.map(({ seconds, label, meaning }) =>
        element(
          'li',
          {},
          button(label, async () => {
            await advanceClock(seconds);
            announce(`The clock is ${label} ahead: ${meaning}.`);
          }),
          element('span', { class: 'note' }, meaning),
        ),
      ),
    ),
    button(
      'Reset the run',
      () =>
        confirmFirst({
          title: 'Reset the run?',
          text: 'Every execution, purchase, payment and message is forgotten, every fault disarmed, and the clock set back.',
          action: 'Reset',
          act: reset,
        }),
      { class: 'button danger' },
    ),
  );
}
