/**
 * How an event sells: seats by tier and by section, and what was paid for them.
 *
 * @import { Seat } from '../api.js'
 * @import { DeskApi } from './desk-api.js'
 * @import { ViewContext } from './router.js'
 * @import { Count } from './sales.js'
 */
import { element } from '../element.js';
import { money } from '../wording.js';
import { button, notice, panel, wordsOf } from './parts.js';
import { countSeats, sharesOf } from './sales.js';

/** @param {ViewContext} context */
export async function showSales({ main, api, eventId, signal }) {
  const title = element('h1', {}, 'Sales');
  const { box, say } = notice();
  const tables = element('div', { class: 'sales' });
  const again = button('Count again', () => void count());
  main.append(element('div', { class: 'heading' }, title, again), box, tables);
  await count();

  async function count() {
    say('Counting …', 'busy');
    again.ariaDisabled = 'true';
    try {
      const { name, currency, tiers, seats } = await everySeat(api, eventId, signal);
      if (signal.aborted) return;
      title.textContent = `Sales of ${name}`;
      const byTier = countSeats(seats, ({ tier }) => tier);
      const bySection = countSeats(seats, ({ section }) => section);
      /** @param {ReadonlyMap<string, number>} [paid] */
      const show = (paid) =>
        tables.replaceChildren(
          panel('By price tier', tierTable({ tiers, byTier, currency, ...(paid && { paid }) })),
          panel('By section', sectionTable(bySection)),
        );
      show();
      const paid = await paidByTier(api, eventId, seats, signal, (purchases) =>
        say(`Counting … ${purchases.toLocaleString('en-GB')} purchases`, 'busy'),
      );
      if (signal.aborted) return;
      show(paid);
      say('');
    } catch (error) {
      if (!signal.aborted) say(wordsOf(error));
    } finally {
      again.ariaDisabled = 'false';
    }
  }
}

/**
 * A large hall comes a section at a time.
 *
 * @param {DeskApi} api
 * @param {string} eventId
 * @param {AbortSignal} signal
 */
async function everySeat(api, eventId, signal) {
  // A text of our own, so that no cache in between answers.
  const after = crypto.randomUUID();
  const map = await api.public.seatMap(eventId, { after });
  const others =
    map.section === undefined ? [] : map.sections.filter(({ section }) => section !== map.section);
  for (const { section } of others) {
    if (signal.aborted) break;
    // Not by a spread into `push`: a section may have more seats than a call may have arguments.
    map.seats = map.seats.concat((await api.public.seatMap(eventId, { after, section })).seats);
  }
  return map;
}

/**
 * @param {DeskApi} api
 * @param {string} eventId
 * @param {readonly Seat[]} seats
 * @param {AbortSignal} signal
 * @param {(purchases: number) => void} onPage
 */
async function paidByTier(api, eventId, seats, signal, onPage) {
  const known = new Map(seats.map((seat) => [seat.seatId, seat]));
  /** @type {Map<string, number>} */
  const paid = new Map();
  let count = 0;
  /** @type {string | undefined} */
  let cursor;
  do {
    const page = await api.purchases(eventId, cursor === undefined ? {} : { cursor });
    for (const purchase of page.purchases) {
      for (const [tier, share] of sharesOf(purchase, known)) paid.set(tier, (paid.get(tier) ?? 0) + share);
    }
    count += page.purchases.length;
    cursor = page.nextCursor;
    onPage(count);
  } while (cursor !== undefined && !signal.aborted);
  return paid;
}

/**
 * @param {{ tiers: readonly { tier: string, price: number }[], byTier: Map<string, Count>, currency: string,
 *   paid?: ReadonlyMap<string, number> }} figures  `paid` once it is counted
 */
function tierTable({ tiers, byTier, currency, paid }) {
  const gone = paid?.get('');
  const sum = (/** @type {Iterable<number>} */ amounts) =>
    [...amounts].reduce((one, other) => one + other, 0);
  const amount = (/** @type {number} */ minor) => (minor === 0 ? '–' : money(minor, currency));
  const paidFor = (/** @type {string} */ tier) => (paid ? amount(paid.get(tier) ?? 0) : '…');
  return table(
    ['Price tier', 'Price', 'Sold', 'Held', 'Free', 'Blocked', 'Revenue'],
    [
      ...tiers.map(({ tier, price }) => [
        tier,
        money(price, currency),
        ...counted(byTier.get(tier)),
        paidFor(tier),
      ]),
      ...(gone ? [['Seats that are gone', '', '', '', '', '', amount(gone)]] : []),
    ],
    ['All', '', ...counted(total(byTier.values())), paid ? amount(sum(paid.values())) : '…'],
    'Revenue is what was paid, less what was given back. A purchase of several tiers is shared out by their present prices.',
  );
}

/** @param {Map<string, Count>} bySection */
function sectionTable(bySection) {
  return table(
    ['Section', 'Sold', 'Held', 'Free', 'Blocked'],
    [...bySection].map(([section, count]) => [section, ...counted(count)]),
    ['All', ...counted(total(bySection.values()))],
  );
}

/** @param {Count} [count] */
function counted(count) {
  const { sold, held, free, blocked } = count ?? { sold: 0, held: 0, free: 0, blocked: 0 };
  return [sold, held, free, blocked].map((each) => each.toLocaleString('en-GB'));
}

/** @param {Iterable<Count>} counts */
function total(counts) {
  const all = { sold: 0, held: 0, free: 0, blocked: 0 };
  for (const { sold, held, free, blocked } of counts) {
    all.sold += sold;
    all.held += held;
    all.free += free;
    all.blocked += blocked;
  }
  return all;
}

/**
 * @param {string[]} columns
 * @param {string[][]} rows
 * @param {string[]} totals
 * @param {string} [caption]
 */
function table(columns, rows, totals, caption) {
  const row = (/** @type {string[]} */ [first = '', ...others]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, first),
      ...others.map((text) => element('td', {}, text)),
    );
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${columns[0]}, as a table` },
    element(
      'table',
      {},
      ...(caption ? [element('caption', {}, caption)] : []),
      element(
        'thead',
        {},
        element('tr', {}, ...columns.map((name) => element('th', { scope: 'col' }, name))),
      ),
      element('tbody', {}, ...rows.map(row)),
      element('tfoot', {}, row(totals)),
    ),
  );
}
