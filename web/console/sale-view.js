/**
 * A purchase, or an order: how it stands, what was done for it, and what is still owed.
 *
 * @import { ExecutionRecord } from './control-routes.js'
 * @import { Sale } from './purchase-adapter.js'
 * @import { SaleRecord } from './sale-records.js'
 * @import { ViewContext } from './router.js'
 */
import { element } from '../element.js';
import { attemptNow } from './attempt-now.js';
import { ExecutionRow } from './execution-row.js';
import { wordsOf } from './find-view.js';
import { dateAndTime } from './format.js';
import { arrange, badge, card, empty, oneAtATime, onNextFrame } from './page.js';
import { saleOf } from './purchase-adapter.js';
import { PurchasePanel } from './purchase-panel.js';
import { hashOf, referenceOfHash } from './reference.js';
import { findRecord, paymentsOf } from './sale-records.js';
import { contentsOf, isSame, stateOf } from './sale-state.js';

/** Milliseconds between two looks into the tables: an execution changes many things in a row. */
const PAUSE = 200;

/** @param {ViewContext} context */
export const showPurchase = (context) =>
  showSale({ kind: 'purchase', id: context.id.toLowerCase() }, context);

/** @param {ViewContext} context */
export const showOrder = (context) => showSale({ kind: 'order', id: context.id.toLowerCase() }, context);

/**
 * @param {Sale} sale
 * @param {ViewContext} context
 */
function showSale(sale, { main, store, signal }) {
  /** @type {SaleRecord | undefined} */
  let record;
  let reference = '';
  /** @type {Map<string, ExecutionRow>} */
  let rows = new Map();

  const title = element('h1');
  const standing = element('span', { class: 'slot-inline' });
  const moneyWords = element('p', { class: 'money' });
  const next = element('p', { class: 'callout' });
  const executions = element('ul', { class: 'executions', 'aria-label': 'Executions' });
  const noExecution = empty('None is remembered.');
  const events = element('ul', { class: 'events-of', 'aria-label': 'Events' });
  const panel = new PurchasePanel(store);
  const page = element(
    'div',
    { class: 'execution', 'data-sale': sale.id },
    element(
      'header',
      { class: 'execution-header' },
      element('div', { class: 'view-header' }, element('div', { class: 'title' }, title, standing)),
      ...[moneyWords, next],
    ),
    card('What was done', {}, executions, noExecution),
    panel.element,
    card('Told on the bus', {}, events),
  );
  main.append(empty('Loading …'));

  const look = oneAtATime(async () => {
    await store.whenLoaded;
    record = await findRecord(sale).catch(() => record);
    reference ||= referenceOfHash(await hashOf(sale.id));
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }, signal);
  const drawSoon = onNextFrame(draw, signal);
  store.on(
    ['executions', 'payments', 'inbox', 'bus', 'clock'],
    (_, execution) => {
      // Without a detail it is not known whose have changed.
      if (!execution || isSame(saleOf(execution), sale)) void load();
    },
    signal,
  );
  void load();

  async function load() {
    if (!(await look()) || signal.aborted) return;
    panel.refresh(sale);
    drawSoon();
  }

  function draw() {
    const mine = store.executions.filter((each) => isSame(saleOf(each), sale));
    const paid = paymentsOf(store.payments, sale);
    if (!record && mine.length === 0 && paid.length === 0) {
      main.replaceChildren(
        empty(
          store.loaded ? `There is no ${sale.kind} ${sale.id}. The run may have been reset.` : 'Loading …',
        ),
      );
      return;
    }
    if (!page.isConnected) main.replaceChildren(page);
    const now = Date.now() + store.clockOffset;
    const state = stateOf(sale, record, { ...store, now });
    const kind = sale.kind === 'order' ? 'Order' : 'Purchase';
    title.textContent = [`${kind} ${reference}`, contentsOf(record)].filter(Boolean).join(' · ');
    document.title = `${kind} ${reference} – Saga console`;
    standing.replaceChildren(badge(state.tone, wordsOf(state.status)));
    moneyWords.textContent = state.words;
    next.hidden = state.nextAttemptAt === undefined;
    if (state.nextAttemptAt !== undefined) {
      next.replaceChildren(
        `Nobody is at it. Recovery tries again at ${dateAndTime(state.nextAttemptAt)}. `,
        attemptNow(store, state.nextAttemptAt),
      );
    }
    rows = new Map(
      mine.map((each) => [each.executionArn, rows.get(each.executionArn) ?? new ExecutionRow(each)]),
    );
    arrange(
      executions,
      mine.map((each) => rowOf(each)),
    );
    noExecution.hidden = mine.length > 0;
    drawEvents();
  }

  /** @param {ExecutionRecord} execution */
  function rowOf(execution) {
    const row = rows.get(execution.executionArn) ?? new ExecutionRow(execution);
    row.update(store);
    return row.draw();
  }

  function drawEvents() {
    const mine = store.bus.filter(({ detail }) => detail.reference === reference);
    events.replaceChildren(
      ...mine.map((event) =>
        element(
          'li',
          {},
          element('a', { href: `#/events/${encodeURIComponent(event.id)}` }, event['detail-type']),
          element('span', { class: 'note' }, ` ${dateAndTime(event.time)}`),
        ),
      ),
    );
    events.parentElement?.toggleAttribute('hidden', mine.length === 0);
  }
}
