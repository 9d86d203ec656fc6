/**
 * The list of executions, newest first, beside what there is to try.
 *
 * @import { ViewContext } from './router.js'
 */
import { element } from '../element.js';
import { ExecutionRow } from './execution-row.js';
import { getExecution } from './control-routes.js';
import { labPanels } from './lab-view.js';
import { arrange, button, download, empty, onNextFrame } from './page.js';
import { OUTCOMES } from './purchase-adapter.js';

/** Rows that are shown at once. */
const PAGE = 50;

/** Wide enough for the lab beside the list; else it is a view of its own. */
const WIDE = '(width >= 70rem)';

/** The filter outlives a look at an execution. */
let filter = '';

/** @param {ViewContext} context */
export function showExecutions({ main, store, signal }) {
  let shown = PAGE;
  /** @type {Map<string, ExecutionRow>} */
  let rows = new Map();
  const filters = element('div', { class: 'filters', role: 'group', 'aria-label': 'Outcome' });
  const list = element('ul', { class: 'executions', 'aria-label': 'Executions' });
  const nothing = empty('');
  const more = button('Show more', () => {
    shown += PAGE;
    draw();
  });
  const older = button('Load older ones', () => store.loadOlder());
  const note = element('p', { class: 'note' });
  const exportAll = button('Export JSON', async () => {
    const chosen = described().filter(isWanted);
    const executions = await Promise.all(chosen.map(({ execution }) => getExecution(execution.id)));
    download('executions.json', { executions });
  });

  main.append(
    element(
      'div',
      { class: 'with-rail' },
      element(
        'section',
        { class: 'main-column' },
        element('header', { class: 'view-header' }, element('h1', {}, 'Executions'), exportAll),
        ...[filters, list, nothing, element('p', { class: 'more' }, more, older), note],
      ),
      rail(),
    ),
  );
  store.on(['executions'], onNextFrame(draw, signal), signal);
  draw();

  function described() {
    return store.executions.map((execution) => {
      const row = rows.get(execution.executionArn) ?? new ExecutionRow(execution);
      const { outcome, kind = '' } = row.update(store);
      return { execution, row, filters: [outcome, kind] };
    });
  }

  function draw() {
    const all = described();
    rows = new Map(all.map(({ execution, row }) => [execution.executionArn, row]));
    const found = all.filter(isWanted);
    drawFilters(
      all.flatMap(({ filters: each }) => each),
      all.length,
    );
    arrange(
      list,
      found.slice(0, shown).map(({ row }) => row.draw()),
    );
    nothing.textContent = !store.loaded
      ? 'Loading …'
      : all.length === 0
        ? 'No execution yet. Buy a seat, or try one of the scenarios.'
        : 'No execution with this outcome.';
    nothing.hidden = found.length > 0;
    more.hidden = found.length <= shown;
    older.hidden = !store.older;
    exportAll.disabled = found.length === 0;
    note.textContent = `The last ${store.kept.toLocaleString('en-GB')} executions are kept.`;
    note.hidden = !store.loaded;
  }

  /** @param {{ filters: string[] }} execution */
  function isWanted({ filters: its }) {
    return !filter || its.includes(filter);
  }

  /**
   * @param {string[]} found
   * @param {number} all
   */
  function drawFilters(found, all) {
    if (filters.childElementCount === 0) {
      filters.append(...[{ outcome: '', label: 'All' }, ...OUTCOMES].map(filterButton));
    }
    for (const each of filters.querySelectorAll('button')) {
      const { outcome = '' } = each.dataset;
      const count = outcome ? found.filter((other) => other === outcome).length : all;
      each.setAttribute('aria-pressed', String(outcome === filter));
      const counter = each.querySelector('.count');
      if (counter) counter.textContent = String(count);
      // The filter for workflows without words of their own is shown only when there are such executions.
      each.hidden = outcome === 'other' && count === 0;
    }
  }

  /** @param {{ outcome: string, label: string }} choice */
  function filterButton({ outcome, label }) {
    const made = button(
      `${label} `,
      () => {
        filter = outcome;
        shown = PAGE;
        draw();
      },
      { class: 'filter', 'data-outcome': outcome },
    );
    made.append(element('span', { class: 'count' }));
    return made;
  }

  /** The lab, where there is room for it. */
  function rail() {
    const aside = element('aside', { class: 'rail', 'aria-label': 'Lab' });
    const wide = matchMedia(WIDE);
    const fill = () => {
      if (wide.matches && aside.childElementCount === 0) aside.append(...labPanels(store, signal));
      if (!wide.matches) aside.replaceChildren();
    };
    wide.addEventListener('change', fill, { signal });
    fill();
    return aside;
  }
}
