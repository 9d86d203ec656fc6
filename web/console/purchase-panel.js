/**
 * @import { Sale } from './purchase-adapter.js'
 * @import { FactSheet } from './sale-records.js'
 * @import { Store } from './store.js'
 */
import { element } from '../element.js';
import { code, empty, facts } from './page.js';
import { factSheets } from './sale-records.js';

/** Milliseconds between two looks into the tables: an execution changes many things in a row. */
const PAUSE = 200;

/** What is there of a purchase or an order, side by side. */
export class PurchasePanel {
  element = element('section', { class: 'sheets', 'aria-label': 'The purchase or order' });
  #store;
  #shown = '';
  #waiting = false;
  /** @type {Set<string>} */
  #unfolded = new Set();

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  /** @param {Sale | undefined} sale none: there is nothing to show */
  refresh(sale) {
    if (this.#waiting || !sale) return;
    this.#waiting = true;
    setTimeout(async () => {
      this.#waiting = false;
      const { executions, payments, inbox, clockOffset } = this.#store;
      const now = Date.now() + clockOffset;
      const sheets = await factSheets(sale, { executions, payments, inbox, now });
      const shown = JSON.stringify(sheets);
      if (shown === this.#shown) return;
      this.#shown = shown;
      this.element.replaceChildren(...sheets.map((sheet) => this.#sheet(sheet)));
    }, PAUSE);
  }

  /** @param {FactSheet} sheet */
  #sheet({ title, rows, raw }) {
    const details = element(
      'details',
      { open: this.#unfolded.has(title) },
      element('summary', {}, 'JSON'),
      code(`${title}, JSON`, raw),
    );
    details.addEventListener('toggle', () => {
      if (details.open) this.#unfolded.add(title);
      else this.#unfolded.delete(title);
    });
    return element(
      'section',
      { class: 'card sheet', 'aria-label': title, 'data-sheet': title },
      element('header', {}, element('h2', {}, title)),
      ...(rows.length === 0
        ? [empty('None')]
        : [
            facts(rows.map(([term, value]) => [term, typeof value === 'string' ? value : link(value)])),
            details,
          ]),
    );
  }
}

/** @param {{ text: string, href: string }} target */
function link({ text, href }) {
  return element('a', { href, ...(href.startsWith('#') ? {} : { target: '_blank' }) }, text);
}
