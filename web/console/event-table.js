/** @import { ExecutionEvent, ExecutionRecord } from './control-routes.js' */
import { element } from '../element.js';
import { preciseTime } from './format.js';
import { card, code } from './page.js';

const COLUMNS = ['#', 'Time', 'Event', 'State', 'Details'];

/**
 * The event log, as it was written. A row opens to all that its event says.
 *
 * @param {ExecutionRecord} execution
 * @param {Set<number>} unfolded ids of the events that are open, kept by the caller while the table is made anew
 */
export function eventTable({ events }, unfolded) {
  const body = element('tbody');
  for (const event of events) {
    const row = eventRow(event, unfolded.has(event.id), () => {
      const isOpen = unfolded.has(event.id);
      if (isOpen) unfolded.delete(event.id);
      else unfolded.add(event.id);
      row.querySelector('button')?.setAttribute('aria-expanded', String(!isOpen));
      if (isOpen) row.nextElementSibling?.remove();
      else row.after(wholeRow(event));
    });
    body.append(row, ...(unfolded.has(event.id) ? [wholeRow(event)] : []));
  }
  const table = element(
    'table',
    { class: 'events' },
    element('thead', {}, element('tr', {}, ...COLUMNS.map((name) => element('th', { scope: 'col' }, name)))),
    body,
  );
  // It is wider than a phone, and scrolls by itself.
  const box = element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Event log' },
    table,
  );
  return card('Events', { note: String(events.length) }, box);
}

/**
 * @param {ExecutionEvent} event
 * @param {boolean} isOpen
 * @param {() => void} toggle
 */
function eventRow(event, isOpen, toggle) {
  const opener = element(
    'button',
    {
      ...{ type: 'button', class: 'opener', 'aria-expanded': String(isOpen) },
      'aria-label': `Event ${event.id}, ${event.type}`,
    },
    String(event.id),
  );
  opener.addEventListener('click', toggle);
  return element(
    'tr',
    { 'data-event': event.type },
    element('td', { class: 'number' }, opener),
    element('td', { class: 'number' }, preciseTime(event.timestamp)),
    element('td', {}, event.type),
    element('td', {}, event.state ?? ''),
    element('td', {}, detailsOf(event)),
  );
}

/** @param {ExecutionEvent} event */
function wholeRow(event) {
  return element(
    'tr',
    { 'data-whole': String(event.id) },
    element('td', { colspan: String(COLUMNS.length) }, code(`Event ${event.id}, whole`, event)),
  );
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
