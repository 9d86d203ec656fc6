/**
 * What needs attention, and when it is tried again by itself.
 *
 * @import { Matter } from './attention.js'
 * @import { ViewContext } from './router.js'
 */
import { element } from '../element.js';
import { attemptNow } from './attempt-now.js';
import { dateAndTime } from './format.js';
import { arrange, badge, empty, onNextFrame } from './page.js';

/** @param {ViewContext} context */
export function showAttention({ main, store, signal }) {
  const list = element('ul', { class: 'matters', 'aria-label': 'What needs attention' });
  const nothing = empty('');
  nothing.setAttribute('role', 'status');
  /** @type {Map<string, { shown: string, item: HTMLElement }>} */
  let items = new Map();
  main.append(
    element('header', { class: 'view-header' }, element('h1', {}, 'Needs attention')),
    list,
    nothing,
  );
  store.on(['attention'], onNextFrame(draw, signal), signal);
  draw();

  function draw() {
    const { matters } = store;
    items = new Map((matters ?? []).map((matter) => [matter.key, itemOf(matter)]));
    arrange(
      list,
      [...items.values()].map(({ item }) => item),
    );
    nothing.hidden = items.size > 0;
    nothing.textContent = matters
      ? 'Nothing. Every purchase is settled, no money is owed, and nothing was given up.'
      : 'Loading …';
  }

  /**
   * The one that is there, if it says the same: it keeps the focus.
   *
   * @param {Matter} matter
   */
  function itemOf(matter) {
    const shown = JSON.stringify(matter);
    const there = items.get(matter.key);
    if (there?.shown === shown) return there;
    const { href, kind, nextAt, queueHref, title, tone, words } = matter;
    const item = element(
      'li',
      { 'data-kind': kind },
      badge(tone, kind),
      element(
        'div',
        { class: 'matter' },
        element('a', { href }, title),
        element('p', {}, words),
        ...(queueHref ? [element('a', { href: queueHref }, 'Its queue')] : []),
        ...(nextAt === undefined
          ? []
          : [element('p', { class: 'note' }, `Tried again at ${dateAndTime(nextAt)}`)]),
      ),
      ...(nextAt === undefined ? [] : [attemptNow(store, nextAt, title)]),
    );
    return { shown, item };
  }
}
