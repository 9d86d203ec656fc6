/**
 * The storefront: finds out where it is served, what is on sale and what the buyer wants to see.
 *
 * @import { Attempt, OrderAttempt } from './attempt.js'
 */
import { Api, ApiError } from './api.js';
import { AttemptStorage } from './attempt-storage.js';
import { openCardField } from './card.js';
import { loadConfig } from './config.js';
import { Draft } from './draft.js';
import { element, part } from './element.js';
import { showEventList } from './event-list.js';
import { EventPage } from './event-page.js';
import { PurchasePage } from './purchase-page.js';
import { purchaseIdIn } from './purchase-route.js';
import { showUnfinished } from './unfinished.js';

const api = new Api('/api');

try {
  await open();
} catch (error) {
  showProblem(
    error instanceof ApiError ? error.message : 'The box office cannot be reached. Please reload the page.',
  );
}

async function open() {
  const purchaseId = purchaseIdIn(location.hash);
  addEventListener('hashchange', () => {
    // Other fragments are places of this page.
    if (purchaseIdIn(location.hash) !== purchaseId) location.reload();
  });
  const [tab, browser] = [() => sessionStorage, () => localStorage];
  /** @type {AttemptStorage<Attempt>} */
  const purchases = new AttemptStorage('purchase', tab, browser);
  /** @type {AttemptStorage<OrderAttempt>} */
  const orders = new AttemptStorage('order', tab, browser);
  if (purchaseId !== undefined) {
    const config = await loadConfig();
    if (config.localRun) showLocalBadge();
    const openCard = (/** @type {HTMLElement} */ box, /** @type {string} */ goods) =>
      openCardField(config, box, goods);
    return new PurchasePage({ api, purchaseId, purchases, orders, openCard }).open();
  }
  const [config, events] = await Promise.all([loadConfig(), api.listEvents()]);
  if (config.localRun) showLocalBadge();
  const unfinished = () =>
    [...purchases.listOpen(), ...orders.listOpen()].map(({ request }) => request.eventId);
  // What a closed tab left open comes first.
  const left = events.find(({ eventId }) => unfinished().includes(eventId));
  const first = left ?? events.find(({ status }) => status !== 'CANCELLED') ?? events[0];
  const wanted = new URLSearchParams(location.search).get('event') ?? first?.eventId;
  showEventList(events, wanted);
  if (wanted === undefined) return showProblem('There is nothing on sale at the moment.');
  showUnfinished(events, wanted, unfinished);
  const card = openCardField(config, part('cards', HTMLElement), 'seats');
  const page = new EventPage({
    ...{ api, purchases, orders, draft: new Draft(wanted, tab), event: await api.seatMap(wanted) },
    openExtrasCard: (box) => openCardField(config, box, 'extras'),
  });
  // Not waited for: the seats come from our own host, and the card's script from another, which may be slow.
  void card.then((field) => page.takeCardsBy(field));
  await page.open();
}

/** Says that nothing here is real, and leads behind the scenes. */
function showLocalBadge() {
  const badge = element(
    'a',
    { id: 'local-badge', class: 'local-badge', href: '/console/' },
    'Local run: console',
  );
  part('site-header', HTMLElement).append(badge);
}

/** @param {string} text */
function showProblem(text) {
  const problem = part('page-problem', HTMLElement);
  problem.textContent = text;
  problem.hidden = false;
}
