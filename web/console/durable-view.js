/**
 * Executions of durable functions: what each has done, what it waits for, and how often it was replayed.
 *
 * @import { DurableExecution, DurableOperation, DurableRecord, EndedInvocation } from './control-routes.js'
 * @import { ViewContext } from './router.js'
 */
import { element } from '../element.js';
import { getDurableExecution } from './control-routes.js';
import { counted, dateAndTime, duration, preciseTime, logicalName } from './format.js';
import { badge, card, code, empty, facts, onNextFrame, table, tryTo } from './page.js';

/** @param {ViewContext} context */
export function showDurableExecutions({ main, store, signal }) {
  const nothing = empty('No durable execution yet.');
  const columns = ['Execution', 'Status', 'Operations', 'Invocations'];
  const { box, body } = table('Durable executions', columns);
  box.classList.add('card');
  main.append(
    element('header', { class: 'view-header' }, element('h1', {}, 'Durable executions')),
    box,
    nothing,
  );

  const draw = () => {
    body.replaceChildren(...store.durable.map(executionRow));
    nothing.hidden = store.durable.length > 0;
    box.hidden = store.durable.length === 0;
  };
  store.on(['durable'], onNextFrame(draw, signal), signal);
  draw();
}

/** @param {ViewContext} context */
export function showDurableExecution({ main, store, id, signal }) {
  const content = element('div', { class: 'durable' });
  main.append(content);
  const draw = () =>
    tryTo(async () => {
      const execution = await getDurableExecution(id);
      if (!signal.aborted) content.replaceChildren(...parts(execution));
    });
  store.on(['durable', 'clock'], onNextFrame(draw, signal), signal);
  void draw();
}

/** @param {DurableExecution} execution */
function executionRow(execution) {
  const { arn, name, startedAt, operationsUsed } = execution;
  const link = element('a', { class: 'mono', href: `#/durable/${encodeURIComponent(arn)}` }, name);
  const about = element(
    'p',
    { class: 'note' },
    `${logicalName(execution.function)}, ${dateAndTime(startedAt)}`,
  );
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, link, about),
    element('td', {}, statusBadge(execution.status)),
    element('td', { class: 'number' }, String(operationsUsed)),
    element('td', { class: 'number' }, invocationsOf(execution)),
  );
}

/** @param {DurableRecord} execution */
function parts(execution) {
  const { name, status, startedAt, endedAt, operationsUsed, bytesWritten, input, result, error } = execution;
  const operations = table('Operations', ['Operation', 'Kind', 'Status', 'Attempts', 'Begun', 'Then']);
  // The first operation is the execution itself.
  const own = execution.operations.filter(({ type }) => type !== 'EXECUTION');
  operations.body.append(...inOrder(own).map(operationRow));
  const invocations = table('Invocations', ['Begun', 'Took', 'Ended']);
  invocations.body.append(...execution.endedInvocations.map(invocationRow));
  return [
    element('header', { class: 'view-header' }, element('h1', { class: 'mono' }, name), statusBadge(status)),
    card(
      'Execution',
      {},
      facts([
        ['Function', `${logicalName(execution.function)}, version ${execution.version}`],
        ['Begun', dateAndTime(startedAt)],
        ...(endedAt ? [/** @type {const} */ (['Ended', dateAndTime(endedAt)])] : []),
        ['Invocations', invocationsOf(execution)],
        ['Operations', `${operationsUsed} of 3,000`],
        ['Written', `${bytesWritten.toLocaleString('en-GB')} bytes`],
      ]),
      code('Input', input),
      ...(result === undefined ? [] : [code('Result', result)]),
      ...(error ? [code('Error', error)] : []),
    ),
    card('Operations', {}, operations.box),
    card('Invocations', { note: 'Each but the first replays what is recorded.' }, invocations.box),
  ];
}

/** @param {DurableExecution} execution */
function invocationsOf({ invocations, replays }) {
  return replays > 0 ? `${invocations}, of which ${counted(replays, 'replay')}` : String(invocations);
}

/**
 * Each operation after the context that it belongs to, with how deep it is.
 *
 * @param {readonly DurableOperation[]} operations
 * @param {string | undefined} [parentId]
 * @param {number} [depth]
 * @returns {{ operation: DurableOperation, depth: number }[]}
 */
function inOrder(operations, parentId = undefined, depth = 0) {
  return operations
    .filter((operation) => operation.parentId === parentId)
    .flatMap((operation) => [{ operation, depth }, ...inOrder(operations, operation.id, depth + 1)]);
}

/** @param {{ operation: DurableOperation, depth: number }} placed */
function operationRow({ operation, depth }) {
  const { name, type, subType, status, attempts, startedAt } = operation;
  const indented = `${'\u2003'.repeat(depth)}${name ?? type.toLowerCase()}`;
  return element(
    'tr',
    { 'data-operation': name },
    element('th', { scope: 'row', class: 'mono' }, indented),
    element('td', {}, subType ?? type),
    element('td', {}, statusBadge(status)),
    element('td', { class: 'number' }, attempts ? String(attempts) : ''),
    element('td', {}, preciseTime(startedAt)),
    element('td', {}, whatThen(operation)),
  );
}

/** @param {DurableOperation} operation */
function whatThen({ startedAt, endedAt, retriesAt, waitsUntil, timesOutAt, invokes, error }) {
  const failure = error ? `${error.ErrorType ?? 'Error'}: ${error.ErrorMessage ?? ''}` : '';
  if (retriesAt) return `retried at ${dateAndTime(retriesAt)} · ${failure}`;
  if (endedAt)
    return [duration(Date.parse(endedAt) - Date.parse(startedAt)), failure].filter(Boolean).join(' · ');
  if (waitsUntil) return `waits until ${dateAndTime(waitsUntil)}`;
  if (timesOutAt) return `is answered until ${dateAndTime(timesOutAt)}`;
  return invokes ? `waits for ${logicalName(invokes)}` : '';
}

/** @param {EndedInvocation} invocation */
function invocationRow({ startedAt, endedAt, error }) {
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, preciseTime(startedAt)),
    element('td', { class: 'number' }, duration(Date.parse(endedAt) - Date.parse(startedAt))),
    element('td', {}, error ? `${error.ErrorType ?? 'Error'}: ${error.ErrorMessage ?? ''}` : 'answered'),
  );
}

/** @param {string} status of an execution or an operation */
function statusBadge(status) {
  const tones = { SUCCEEDED: 'good', FAILED: 'bad', TIMED_OUT: 'bad', STOPPED: 'undo', CANCELLED: 'undo' };
  const tone = /** @type {Record<string, string>} */ (tones)[status] ?? 'warn';
  return badge(tone, status.toLowerCase().replaceAll('_', ' '));
}
