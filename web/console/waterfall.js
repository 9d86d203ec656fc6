/**
 * @import { ExecutionRecord } from './control-routes.js'
 * @import { Visit } from './visits.js'
 */
import { element } from '../element.js';
import { duration } from './format.js';
import { breakable, card } from './page.js';

/**
 * How long each state took, one below the other, and when its attempts failed.
 *
 * @param {ExecutionRecord} execution
 * @param {readonly Visit[]} visits
 * @param {ReadonlySet<string>} compensations
 */
export function waterfall({ startedAt, stoppedAt, events }, visits, compensations) {
  const start = Date.parse(startedAt);
  const end = Date.parse(stoppedAt ?? events.at(-1)?.timestamp ?? startedAt);
  const whole = Math.max(end - start, 1);
  const part = (/** @type {number} */ milliseconds) => `${((milliseconds / whole) * 100).toFixed(2)}%`;

  const rows = visits.map(({ state, status, enteredAt, leftAt, failures }) => {
    const entered = Date.parse(enteredAt);
    const left = leftAt ? Date.parse(leftAt) : end;
    const bar = element('span', { class: 'bar-of-state', 'data-status': status });
    if (compensations.has(state)) bar.dataset.compensation = '';
    bar.style.insetInlineStart = part(entered - start);
    bar.style.width = part(left - entered);
    const ticks = failures.map(({ failedAt }) => {
      const tick = element('span', { class: 'tick' });
      tick.style.insetInlineStart = part(Date.parse(failedAt) - start);
      return tick;
    });
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, ...breakable(state)),
      element(
        'td',
        { class: 'track' },
        element('span', { class: 'lane', 'aria-hidden': 'true' }, bar, ...ticks),
      ),
      element('td', { class: 'number' }, `+${duration(entered - start)}`),
      element('td', { class: 'number' }, duration(left - entered)),
    );
  });
  return card(
    'Durations',
    { note: `${duration(end - start)} in all` },
    element(
      'table',
      { class: 'waterfall' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...['State', 'Time line', 'Begins', 'Takes'].map((name) => element('th', { scope: 'col' }, name)),
        ),
      ),
      element('tbody', {}, ...rows),
    ),
  );
}
