/**
 * @import { Store } from './store.js'
 *
 * @typedef {object} ViewContext
 * @property {HTMLElement} main where the view goes
 * @property {Store} store
 * @property {string} id of the one thing that is shown, or empty
 * @property {AbortSignal} signal aborted when another view is shown
 *
 * @typedef {(context: ViewContext) => void} View
 */
import { part } from '../element.js';

/**
 * Shows the view that the fragment of the address names: `#/executions`, `#/executions/<id>`.
 *
 * @param {HTMLElement} main
 * @param {Store} store
 * @param {Record<string, { title: string, show: View, showOne?: View }>} views the first is shown where none is named
 */
export function startRouter(main, store, views) {
  let leaving = new AbortController();

  function route() {
    const [, name = '', id = ''] = location.hash.split('/').map(decodeURIComponent);
    const known = views[name] ? name : (Object.keys(views)[0] ?? '');
    const view = views[known];
    if (!view) return;
    leaving.abort();
    leaving = new AbortController();
    main.replaceChildren();
    document.title = `${view.title} – Saga console`;
    for (const link of part('views', HTMLElement).querySelectorAll('a')) {
      if (link.hash === `#/${known}`) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    const show = (id && view.showOne) || view.show;
    show({ main, store, id, signal: leaving.signal });
  }

  addEventListener('hashchange', () => {
    route();
    scrollTo(0, 0);
    // For users of screen readers and keyboards: the focus goes to the beginning of the new view.
    main.focus({ preventScroll: true });
  });
  route();
}
