/**
 * What is called by a text: one search for all names.
 *
 * @import { FoundSale } from './sale-search.js'
 * @import { ViewContext } from './router.js'
 */
import { element } from '../element.js';
import { dateAndTime } from './format.js';
import { hrefOfExecution, hrefOfSale, hrefOfSearch } from './links.js';
import { arrange, badge, empty, onNextFrame, tryTo } from './page.js';
import { find } from './sale-search.js';
import { contentsOf, stateOf } from './sale-state.js';

/** A search that finds more is no search for one of them. */
const SHOWN = 100;

/** @param {HTMLFormElement} form of the page's bar */
export function startSearch(form) {
  const text = form.querySelector('input');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const wanted = text?.value.trim();
    if (!wanted) return;
    const hash = hrefOfSearch(wanted);
    // The same again is no change of the address, and may find more than before.
    if (location.hash === hash) dispatchEvent(new Event('hashchange'));
    else location.hash = hash;
  });
}

/** @param {ViewContext} context */
export function showFound({ main, store, id: text, signal }) {
  const title = element('h1', {}, text ? `Found: ${text}` : 'Search');
  const list = element('ul', { class: 'executions', 'aria-label': 'Found' });
  const words = empty(text ? 'Looking …' : '');
  words.setAttribute('role', 'status');
  main.append(element('header', { class: 'view-header' }, title), list, words);
  if (!text) {
    words.textContent = HELP;
    return;
  }
  /** @type {readonly FoundSale[]} */
  let found = [];
  const redraw = onNextFrame(draw, signal);
  store.on(['executions', 'payments', 'clock'], redraw, signal);
  void tryTo(async () => {
    await store.whenLoaded;
    const { sales, execution } = await find(text, store);
    if (signal.aborted) return;
    const [only] = sales;
    // Not `location.hash`: the way back does not lead into the search again.
    if (only && sales.length === 1) return void location.replace(hrefOfSale(only.sale));
    if (execution && sales.length === 0) return void location.replace(hrefOfExecution(execution));
    found = sales.slice(0, SHOWN);
    words.textContent =
      sales.length === 0
        ? `Nothing is called ${text}. ${HELP}`
        : `${sales.length} purchases and orders${sales.length > SHOWN ? `, the newest ${SHOWN} of them are listed` : ''}.`;
    redraw();
  });

  function draw() {
    const entries = new Map([...list.children].map((each) => [each.getAttribute('data-sale'), each]));
    arrange(
      list,
      found.map((each) => {
        const made = entry(each);
        const there = entries.get(each.sale.id);
        return there?.isEqualNode(made) ? there : made;
      }),
    );
  }

  /** @param {FoundSale} found */
  function entry({ sale, reference, record }) {
    const now = Date.now() + store.clockOffset;
    const state = stateOf(sale, record, { ...store, now });
    const contents = contentsOf(record);
    return element(
      'li',
      { 'data-sale': sale.id },
      element(
        'a',
        { href: hrefOfSale(sale) },
        badge(state.tone, wordsOf(state.status)),
        element(
          'span',
          { class: 'summary' },
          element('strong', {}, contents || reference),
          ` · ${state.words}`,
        ),
        element('span', { class: 'note' }, [sale.kind, reference, record?.eventId].filter(Boolean).join(' ')),
        element('span', { class: 'numbers' }, record ? dateAndTime(record.createdAt * 1000) : ''),
      ),
    );
  }
}

const HELP =
  'Find by reference, purchase or order id, execution, seat, e-mail address, phone number, hash, or Stripe’s id (pi_…, ch_…, re_…).';

/** @param {string} status `AWAITING_AUTHENTICATION` */
export function wordsOf(status) {
  return status.toLowerCase().replaceAll('_', ' ') || 'no record';
}
