/**
 * The storefront: finds out where it is served, what is on sale and what the buyer wants to see.
 *
 * @import { Attempt, OrderAttempt } from './attempt.js'
 */
import { ApiError } from './api.js';
import { AttemptStorage } from './attempt-storage.js';
import { openCardField } from './card.js';
import { loadConfig } from './config.js';
import { Draft } from './draft.js';
import { element, part } from './element.js';
import { showEventList } from './event-list.js';
import { EventPage } from './event-page.js';
import { api, firstAnswers, named } from './first-answers.js';
import { orderIdIn, purchaseIdIn } from './purchase-route.js';
import { showUnfinished } from './unfinished.js';

try {
  await open();
} catch (error) {
  const words = 'The box office cannot be reached. Please reload the page.';
  showProblem(error instanceof ApiError ? error.message : words);
  // What could not be loaded is loaded when the connection is back.
  addEventListener('online', () => location.reload());
}

async function open() {
  const [purchaseId, orderId] = [purchaseIdIn(location.hash), orderIdIn(location.hash)];
  addEventListener('hashchange', () => {
    // Other fragments are places of this page.
    if (purchaseIdIn(location.hash) !== purchaseId || orderIdIn(location.hash) !== orderId) location.reload();
  });
  showConnection();
  const [tab, browser] = [() => sessionStorage, () => localStorage];
  /** @type {AttemptStorage<Attempt>} */
  const purchases = new AttemptStorage('purchase', tab, browser);
  /** @type {AttemptStorage<OrderAttempt>} */
  const orders = new AttemptStorage('order', tab, browser);
  const config = configured();
  const openCard = async (/** @type {HTMLElement} */ box, /** @type {string} */ goods) =>
    openCardField(await config, box, goods);
  if (purchaseId !== undefined) {
    const { PurchasePage } = await import('./purchase-page.js');
    return new PurchasePage({ api, purchaseId, orderId, purchases, orders, openCard }).open();
  }
  const events = await (firstAnswers?.events ?? api.listEvents());
  const unfinished = () =>
    [...purchases.listOpen(), ...orders.listOpen()].map(({ request }) => request.eventId);
  // What a closed tab left open comes first.
  const left = events.find(({ eventId }) => unfinished().includes(eventId));
  const first = left ?? events.find(({ status }) => status !== 'CANCELLED') ?? events[0];
  const wanted = named ?? first?.eventId;
  if (wanted === undefined) return showProblem('There is nothing on sale at the moment.');
  const map = firstAnswers?.map ?? api.seatMap(wanted);
  // While the seats are on their way: dates take a phone a tenth of a second.
  showEventList(events, wanted);
  showUnfinished(events, wanted, unfinished);
  const event = await map;
  const page = new EventPage({
    ...{ api, purchases, orders, draft: new Draft(wanted, tab), event },
    openExtrasCard: (box) => openCard(box, 'extras'),
  });
  // Not waited for: the seats come from our own host, and the card's script from another, which may be slow.
  void openCard(part('cards', HTMLElement), 'seats').then((field) => page.takeCardsBy(field));
  await page.open();
}

async function configured() {
  const config = await loadConfig();
  if (config.localRun) showLocalBadge();
  return config;
}

/** Says that there is none as long as there is none. */
function showConnection() {
  const show = () => (part('offline', HTMLElement).hidden = navigator.onLine);
  for (const type of ['online', 'offline']) addEventListener(type, show);
  show();
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
