/**
 * Shows what the fragment of the address names: `#/events`, `#/events/<id>`, `#/events/<id>/purchases`.
 *
 * @import { DeskApi } from './desk-api.js'
 *
 * @typedef {object} ViewContext
 * @property {HTMLElement} main where the view goes
 * @property {DeskApi} api
 * @property {string} eventId empty where the view is of none
 * @property {AbortSignal} signal aborted when another view is shown
 *
 * @typedef {{ title: string, show: (context: ViewContext) => unknown }} View
 */
import { element } from '../element.js';
import { wordsOf } from './parts.js';

/** A new event has no id yet, and no event can have this one. */
const NEW = '+';

/**
 * @param {HTMLElement} main
 * @param {DeskApi} api
 * @param {{ list: View, create: View, event: Record<string, View> }} views those of an event by their names; the first is `''`
 * @param {AbortSignal} signal
 */
export function startRouter(main, api, views, signal) {
  let leaving = new AbortController();

  /** @returns {[view: View, eventId: string, name: string]} */
  function named() {
    const [, , id = '', name = ''] = location.hash.split('/').map(decoded);
    if (id === '') return [views.list, '', ''];
    if (id === NEW) return [views.create, '', ''];
    const view = views.event[name] ?? views.event[''];
    if (!view) throw new Error('There is no view of an event');
    return [view, id, views.event[name] ? name : ''];
  }

  async function route() {
    leaving.abort();
    leaving = new AbortController();
    const [view, eventId, name] = named();
    document.title = `${view.title} – Organiser’s desk`;
    const body = element('div', { class: 'view' });
    main.replaceChildren(...(eventId === '' ? [] : [navigation(eventId, name, views.event)]), body);
    try {
      await view.show({ main: body, api, eventId, signal: leaving.signal });
    } catch (error) {
      body.append(element('p', { class: 'page-problem', role: 'alert' }, wordsOf(error)));
    }
  }

  addEventListener(
    'hashchange',
    () => {
      void route();
      scrollTo(0, 0);
      main.focus({ preventScroll: true });
    },
    { signal },
  );
  signal.addEventListener('abort', () => leaving.abort());
  void route();
}

/** @param {string} [eventId] @param {string} [view] */
export function linkTo(eventId, view = '') {
  if (eventId === undefined) return `#/events/${NEW}`;
  return `#/events/${encodeURIComponent(eventId)}${view && `/${view}`}`;
}

/**
 * @param {string} eventId
 * @param {string} current
 * @param {Record<string, View>} views
 */
function navigation(eventId, current, views) {
  return element(
    'nav',
    { class: 'tabs', 'aria-label': `Event ${eventId}` },
    ...Object.entries(views).map(([name, { title }]) =>
      element('a', { href: linkTo(eventId, name), 'aria-current': name === current && 'page' }, title),
    ),
  );
}

/** A part of the address; as it stands, if somebody has typed what is not percent-encoded. @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
