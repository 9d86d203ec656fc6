/**
 * @import { ExecutionRecord } from './control-routes.js'
 * @import { Description } from './purchase-adapter.js'
 */
import { element } from '../element.js';
import { counted, duration, logicalName, timeOfDay } from './format.js';
import { badge } from './page.js';
import { describe, mendedBy } from './purchase-adapter.js';
import { retriesOf, visitsOf } from './visits.js';

const STATUS_WORDS = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
  ABORTED: 'aborted',
};

/** An execution in the list. It is described and drawn again only when it has changed. */
export class ExecutionRow {
  #execution;
  #item = element('li');
  #version = '';
  #drawn = '';
  /** @type {Description} */
  #description = { title: '', outcome: '', tone: 'busy', facts: [] };
  #retries = 0;

  /** @param {ExecutionRecord} execution */
  constructor(execution) {
    this.#execution = execution;
  }

  /** @param {Parameters<typeof describe>[2]} known */
  update(known) {
    const { status, events } = this.#execution;
    // Its words change when it is mended.
    const mended = mendedBy(this.#execution, known.executions)?.id ?? '';
    const version = `${status} ${events.length} ${mended}`;
    if (version !== this.#version) {
      this.#version = version;
      const visits = visitsOf(this.#execution);
      this.#description = describe(this.#execution, visits, known);
      this.#retries = visits.reduce((sum, visit) => sum + retriesOf(visit), 0);
    }
    return this.#description;
  }

  draw() {
    if (this.#drawn === this.#version) return this.#item;
    this.#drawn = this.#version;
    const { id, stateMachine, status, startedAt, stoppedAt } = this.#execution;
    const { title, tone, facts, standing = STATUS_WORDS[status] } = this.#description;
    const took = stoppedAt ? duration(Date.parse(stoppedAt) - Date.parse(startedAt)) : '…';
    const retries = this.#retries > 0 ? `, ${counted(this.#retries, 'retry', 'retries')}` : '';
    // Its text may change under the reader: the link stays, so that it keeps the focus.
    const link =
      this.#item.querySelector('a') ?? element('a', { href: `#/executions/${encodeURIComponent(id)}` });
    link.replaceChildren(
      badge(tone, standing),
      element('span', { class: 'summary' }, element('strong', {}, title), ` · ${facts.join(' · ')}`),
      element('span', { class: 'note' }, `${logicalName(stateMachine)}${retries}`),
      element('span', { class: 'numbers' }, `${timeOfDay(startedAt)} · ${took}`),
    );
    this.#item.dataset.id = id;
    this.#item.append(link);
    return this.#item;
  }
}
