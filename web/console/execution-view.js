/**
 * One execution: its way through the state machine, what each state was given and gave, and what became of the purchase.
 *
 * @import { ExecutionRecord, LogLine } from './control-routes.js'
 * @import { ViewContext } from './router.js'
 */
import { element } from '../element.js';
import { getExecution, listLogLines } from './control-routes.js';
import { eventTable } from './event-table.js';
import { ExecutionHeader } from './execution-header.js';
import { compensationsOf, leftWaiting, saleOf } from './purchase-adapter.js';
import { PurchasePanel } from './purchase-panel.js';
import { StateGraph } from './state-graph.js';
import { linesOf, stateInspector } from './state-inspector.js';
import { card, empty, oneAtATime, onNextFrame } from './page.js';
import { visitsOf } from './visits.js';
import { TaskPanel, tasksOf } from './task-panel.js';
import { waterfall } from './waterfall.js';

/** @param {ViewContext} context */
export function showExecution({ main, store, id, signal }) {
  /** @type {ExecutionRecord | undefined} */
  let execution;
  /** The state that the reader has chosen; until then the one that matters most. */
  let chosen = '';
  /** @type {readonly LogLine[]} */
  let lines = [];
  /** Events whose rows are open. @type {Set<number>} */
  const unfolded = new Set();

  const header = new ExecutionHeader(store);
  const graph = new StateGraph((state) => {
    chosen = state;
    draw();
  });
  const purchase = new PurchasePanel(store);
  const tasks = new TaskPanel(store);
  const inspector = element('div', { class: 'slot' });
  const timing = element('div', { class: 'slot' });
  const events = element('div', { class: 'slot' });
  const page = element(
    'div',
    { class: 'execution' },
    header.element,
    tasks.element,
    element('div', { class: 'pair' }, card('State machine', {}, graph.element), inspector),
    purchase.element,
    timing,
    events,
  );
  main.append(empty('Loading …'));

  const ask = oneAtATime(async () => {
    execution = isForgotten() ? undefined : await getExecution(id).catch(() => undefined);
    if (execution) lines = await listLogLines(execution.executionArn).catch(() => lines);
  }, signal);
  const drawSoon = onNextFrame(draw, signal);
  const refreshPurchase = onNextFrame(() => execution && purchase.refresh(saleOf(execution)), signal);
  store.on(
    ['executions'],
    (_, changed) => {
      // Its events in full are the server's: what the list was told is brief. Without a detail the list was loaded.
      if (!changed || changed.id === execution?.id || changed.id === id) void load();
      else drawSoon();
      refreshPurchase();
    },
    signal,
  );
  store.on(['payments', 'inbox', 'clock'], refreshPurchase, signal);
  store.on(['tasks'], drawSoon, signal);
  void load();

  async function load() {
    if (!(await ask()) || signal.aborted) return;
    drawSoon();
    refreshPurchase();
  }

  /** After a reset, for one. What is not in the list may still be one of the older ones. */
  function isForgotten() {
    return store.loaded && !store.older && !store.execution(id);
  }

  function draw() {
    if (!execution) {
      main.replaceChildren(
        empty('This execution is not there. It may have been forgotten, or the run was reset.'),
        element('p', {}, element('a', { href: '#/executions' }, 'All executions')),
      );
      return;
    }
    if (!page.isConnected) main.replaceChildren(page);
    const visits = visitsOf(execution);
    const last = visits.at(-1);
    if (last && leftWaiting(execution)) last.status = 'waiting';
    tasks.show(execution);
    const awaited = new Set(tasksOf(execution, store).map(({ state }) => state));
    for (const visit of visits)
      if (visit.status === 'running' && awaited.has(visit.state)) visit.status = 'waiting';
    const selected = visits.some(({ state }) => state === chosen) ? chosen : mostTelling(visits);
    header.show(execution, visits);
    const { stateMachineArn } = execution;
    const machine = store.stateMachines.find(({ arn }) => arn === stateMachineArn);
    const compensations = machine ? compensationsOf(machine) : new Set();
    if (machine) graph.show(machine, execution, visits, selected, compensations);
    const node = machine?.graph.nodes.find(({ state }) => state === selected);
    replace(inspector, stateInspector(visits, selected, node, linesOf(lines, selected)));
    replace(timing, waterfall(execution, visits, compensations));
    replace(events, eventTable(execution, unfolded));
  }
}

/**
 * Redraws a part, unless the reader is in the middle of it.
 *
 * @param {HTMLElement} slot
 * @param {HTMLElement} content
 */
function replace(slot, content) {
  if (slot.firstElementChild?.isEqualNode(content)) return;
  slot.replaceChildren(content);
}

/**
 * The state that waits for an answer, that failed first, or the last one.
 *
 * @param {readonly import('./visits.js').Visit[]} visits
 */
function mostTelling(visits) {
  const waiting = visits.find(({ status }) => status === 'waiting');
  const failed = visits.find(({ status }) => status === 'caught' || status === 'failed');
  return (waiting ?? failed ?? visits.at(-1))?.state ?? '';
}
