/**
 * @import { ExecutionRecord } from './control-routes.js'
 * @import { Store } from './store.js'
 * @import { Visit } from './visits.js'
 */
import { element } from '../element.js';
import { advanceClock, killExecution, redriveExecution } from './control-routes.js';
import { dateAndTime, duration, logicalName } from './format.js';
import { hrefOfSale } from './links.js';
import { badge, button, download } from './page.js';
import { describe, isLeftBehind, payloadOf, RECOVERY_FAST_FORWARD, saleOf } from './purchase-adapter.js';
import { openReplay } from './replay-dialog.js';
import { paymentsOf, recordsOf } from './sale-records.js';
import { visitsOf } from './visits.js';

/** What an execution was, in a line, and what can be done with it. */
export class ExecutionHeader {
  element = element('header', { class: 'execution-header' });
  #store;
  /** @type {ExecutionRecord | undefined} */
  #execution;
  #title = element('h1');
  #badge = element('span', { class: 'slot-inline' });
  #facts = element('p', { class: 'note' });
  #others = element('p', { class: 'others' });
  #dead = element('p', { class: 'callout' });
  #kill = button('Kill this execution', () => this.#execution && killExecution(this.#execution.id), {
    class: 'button danger',
  });
  #redrive = button('Redrive', () => this.#execution && redriveExecution(this.#execution.id));
  #replay = button('Replay …', () => this.#execution && openReplay(this.#store, payloadOf(this.#execution)));

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
    this.#dead.append(
      'The execution is dead, and what it held, or took, is still there. A schedule looks for such sales: ',
      button('Fast-forward 7 minutes', () => advanceClock(RECOVERY_FAST_FORWARD)),
    );
    this.element.append(
      element('p', {}, element('a', { href: '#/executions', class: 'back' }, 'All executions')),
      element(
        'div',
        { class: 'view-header' },
        element('div', { class: 'title' }, this.#title, this.#badge),
        element(
          'p',
          { class: 'actions' },
          this.#kill,
          this.#redrive,
          this.#replay,
          button('Export JSON', () => this.#export()),
        ),
      ),
      ...[this.#facts, this.#others, this.#dead],
    );
  }

  /**
   * @param {ExecutionRecord} execution
   * @param {readonly Visit[]} visits
   */
  show(execution, visits) {
    this.#execution = execution;
    const { status, stateMachine, startedAt, stoppedAt, id, type } = execution;
    const ended = status.toLowerCase().replace('_', ' ');
    const { title, facts, tone, standing = ended } = describe(execution, visits, this.#store);
    const running = status === 'RUNNING';
    const others = this.#othersOf(execution);
    this.#title.textContent = [title, ...facts].join(' · ');
    this.#badge.replaceChildren(badge(tone, standing));
    const took = stoppedAt ? `, ${duration(Date.parse(stoppedAt) - Date.parse(startedAt))}` : '';
    this.#facts.textContent = `${logicalName(stateMachine)} (${type.toLowerCase()}), ${dateAndTime(startedAt)}${took}, ${id}`;
    this.#kill.hidden = !running;
    // Step Functions redrives Standard executions alone.
    this.#redrive.hidden = running || status === 'SUCCEEDED' || type !== 'STANDARD';
    this.#replay.hidden = !payloadOf(execution);
    this.#dead.hidden = !isLeftBehind(execution, others);
    const sale = saleOf(execution);
    this.#others.hidden = !sale;
    this.#others.replaceChildren(
      ...(sale ? [element('a', { href: hrefOfSale(sale) }, `The ${sale.kind}`)] : []),
      ...(others.length > 0 ? ['Its other executions: '] : []),
      ...others.map((other) =>
        element(
          'a',
          { href: `#/executions/${encodeURIComponent(other.id)}` },
          `${logicalName(other.stateMachine)}: ${describe(other, visitsOf(other), this.#store).facts[0]}`,
        ),
      ),
    );
  }

  /** @param {ExecutionRecord} execution */
  #othersOf(execution) {
    const saleId = saleOf(execution)?.id;
    return this.#store.executions.filter(
      (other) => saleId && other.id !== execution.id && saleOf(other)?.id === saleId,
    );
  }

  /** Everything about the execution in one file, to be sent to others. */
  async #export() {
    const execution = this.#execution;
    if (!execution) return;
    const { definition } =
      this.#store.stateMachines.find(({ arn }) => arn === execution.stateMachineArn) ?? {};
    const sale = saleOf(execution);
    const records = sale && (await recordsOf(sale));
    const payments = sale ? paymentsOf(this.#store.payments, sale) : [];
    download(`execution-${execution.id}.json`, { execution, definition, records, payments });
  }
}
