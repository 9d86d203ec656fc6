/** @import { ExecutionEvent, ExecutionRecord } from './control-routes.js' */
import { element } from '../element.js';
import { preciseTime } from './format.js';
import { card } from './page.js';

const COLUMNS = ['#', 'Time', 'Event', 'State', 'Details'];

/**
 * The event log, as it was written.
 *
 * @param {ExecutionRecord} execution
 */
export function eventTable({ events }) {
  const rows = events.map((event) =>
    element(
      'tr',
      { 'data-event': event.type },
      element('td', { class: 'number' }, String(event.id)),
      element('td', { class: 'number' }, preciseTime(event.timestamp)),
      element('td', {}, event.type),
      element('td', {}, event.state ?? ''),
      element('td', {}, detailsOf(event)),
    ),
  );
  const table = element(
    'table',
    { class: 'events' },
    element('thead', {}, element('tr', {}, ...COLUMNS.map((name) => element('th', { scope: 'col' }, name)))),
    element('tbody', {}, ...rows),
  );
  // It is wider than a phone, and scrolls by itself.
  const box = element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Event log' },
    table,
  );
  return card('Events', { note: String(events.length) }, box);
}

/** @param {ExecutionEvent} event */
function detailsOf({ error, attempt, retry, next }) {
  return [
    ...(error ? [error] : []),
    ...(attempt ? [`attempt ${attempt}`] : []),
    ...(retry ? [`retry ${retry.count} after ${retry.waitSeconds.toFixed(1)} s`] : []),
    ...(next ? [`→ ${next}`] : []),
  ].join(', ');
}
