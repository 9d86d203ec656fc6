/**
 * What somebody, or recovery, still has to do: read from what is stored, so that it goes when that is done.
 *
 * @import { BusEvent, Delivery, Queue } from './control-routes.js'
 * @import { Sale, Tone } from './purchase-adapter.js'
 * @import { SaleRecord } from './sale-records.js'
 * @import { Store } from './store.js'
 *
 * @typedef {object} Matter
 * @property {string} key
 * @property {string} title
 * @property {string} href where it is dealt with
 * @property {Tone} tone
 * @property {string} kind in a word: `owed`, `dead letters`
 * @property {string} words
 * @property {string} [queueHref] where it can be redriven, if that is elsewhere
 * @property {number} [nextAt] when it is tried again by itself, in milliseconds
 */
import { isEscalations, holdsWhatWasGivenUp, readEscalation } from './escalation.js';
import { counted, logicalName } from './format.js';
import { hrefOfSale, hrefOfSearch } from './links.js';
import { saleOf } from './purchase-adapter.js';
import { hashOf, referenceOfHash } from './reference.js';
import { saleOfItem, saleOfPayment, saleRecords } from './sale-records.js';
import { contentsOf, STATE_FIELDS, stateOf } from './sale-state.js';

/** @type {Record<string, string>} */
const LEFT_AS = {
  PENDING: 'Its execution has ended, and it is not settled.',
  PAID: 'Its execution has ended, and it is not settled.',
  COMPENSATING: 'It is not undone yet.',
  CANCELLING: 'Its cancellation is not finished.',
  CONFIRMED: 'Its buyer has not been told yet.',
  AWAITING_AUTHENTICATION: 'Its buyer has not come back from the bank.',
};

/**
 * @param {Store} store
 * @returns {Promise<Matter[]>} the worst first
 */
export async function mattersOf(store) {
  const records = await saleRecords(STATE_FIELDS);
  const [sales, escalations] = await Promise.all([
    salesOf(records, store),
    escalationsOf(records, store.queues),
  ]);
  return [...sales, ...escalations, ...deadLettersOf(store.queues), ...deliveriesOf(store.bus)];
}

/**
 * Sales that nobody is at, and money that is nobody's sale.
 *
 * @param {readonly SaleRecord[]} records
 * @param {Store} store
 */
async function salesOf(records, { clockOffset, executions, payments, schedules }) {
  const running = executions.filter(({ status }) => status === 'RUNNING');
  const paid = bySale(payments, saleOfPayment);
  const runs = bySale(running, saleOf);
  /** @type {Map<string, { sale: Sale, record?: SaleRecord }>} */
  const sales = new Map();
  for (const payment of payments) {
    const sale = saleOfPayment(payment);
    if (sale) sales.set(keyOf(sale), { sale });
  }
  for (const record of records) {
    const sale = saleOfItem(record);
    if (sale) sales.set(keyOf(sale), { sale, record });
  }
  const now = Date.now() + clockOffset;
  const audit = schedules.recurring.find(({ name }) => /Audit/.test(name));
  const found = [...sales].map(([key, { sale, record }]) => {
    const known = { executions: runs.get(key) ?? [], payments: paid.get(key) ?? [], now };
    return { key, sale, record, state: stateOf(sale, record, known), isRun: known.executions.length > 0 };
  });
  return Promise.all(
    found
      .filter(({ isRun, state }) => state.isOpen || (state.owed > 0 && !isRun))
      .map(async ({ key, sale, record, state }) => {
        const reference = referenceOfHash(await hashOf(sale.id));
        const left = record ? (state.isOpen ? LEFT_AS[state.status] : '') : 'There is no record of it.';
        const nextAt = state.nextAttemptAt ?? (audit && Date.parse(audit.nextAt));
        return {
          ...{ key, href: hrefOfSale(sale), tone: state.tone, kind: state.owed > 0 ? 'owed' : 'unsettled' },
          title: [contentsOf(record), `${sale.kind} ${reference}`].filter(Boolean).join(' · '),
          words: [left, state.words].filter(Boolean).join(' '),
          ...(nextAt !== undefined && { nextAt }),
        };
      }),
  );
}

/**
 * @param {readonly SaleRecord[]} records
 * @param {readonly Queue[]} queues
 * @returns {Promise<Matter[]>}
 */
async function escalationsOf(records, queues) {
  const escalated = queues.filter(isEscalations).flatMap(({ messages }) => messages);
  if (escalated.length === 0) return [];
  const statuses = new Map(
    await Promise.all(
      records.map(
        async (record) =>
          /** @type {const} */ ([await hashOf(saleOfItem(record)?.id ?? ''), String(record.status)]),
      ),
    ),
  );
  return escalated.map((message) => {
    const { hash, words } = readEscalation(message);
    const status = statuses.get(hash ?? '');
    const isMended = status !== undefined && SETTLED.includes(status);
    return {
      ...{ key: message.id, kind: 'escalation', tone: isMended ? 'undo' : 'bad' },
      title: hash ? `${words} · ${referenceOfHash(hash)}` : words,
      queueHref: '#/queues',
      href: hash ? hrefOfSearch(hash) : '#/queues',
      words: isMended
        ? `Mended since: it is ${status.toLowerCase()}. A redrive of the queue takes the message away.`
        : 'Its queue can be redriven when what made it fail is repaired.',
    };
  });
}

const SETTLED = ['CONFIRMED', 'FAILED', 'CANCELLED'];

/**
 * @param {readonly Queue[]} queues
 * @returns {Matter[]}
 */
function deadLettersOf(queues) {
  return queues
    .filter((queue) => !isEscalations(queue) && holdsWhatWasGivenUp(queue, queues))
    .filter(({ visible, inFlight, delayed }) => visible + inFlight + delayed > 0)
    .map(({ name, visible, inFlight, delayed }) => ({
      ...{ key: name, kind: 'dead letters', tone: 'bad', title: logicalName(name) },
      href: `#/queues/${encodeURIComponent(name)}`,
      words: `${counted(visible + inFlight + delayed, 'message')} given up.`,
    }));
}

/**
 * Deliveries that failed, or are being tried again. One is mended by a later one of the same event to the same rule.
 *
 * @param {readonly BusEvent[]} bus newest first
 * @returns {Matter[]}
 */
export function deliveriesOf(bus) {
  /** @type {Map<string, { event: BusEvent, delivery: Delivery }>} the last of each event to each rule */
  const last = new Map();
  for (const event of bus) {
    for (const delivery of event.deliveries) {
      const key = `${event.id} ${delivery.rule} ${delivery.target}`;
      if (!last.has(key)) last.set(key, { event, delivery });
    }
  }
  return [...last]
    .filter(
      ([, { delivery }]) =>
        delivery.status === 'failed' || (delivery.status === 'pending' && delivery.attempts > 0),
    )
    .map(([key, { event, delivery }]) => {
      const { error, retriesAt, status } = delivery;
      return {
        ...{ key, kind: 'event', tone: status === 'failed' ? 'bad' : 'warn' },
        title: `${event['detail-type']} for ${logicalName(delivery.rule)}`,
        href: `#/events/${encodeURIComponent(event.id)}`,
        words: `${status === 'failed' ? 'Given up' : 'Failed'} after ${counted(delivery.attempts, 'attempt')}: ${error?.message ?? error?.code ?? ''}`,
        ...(retriesAt && { nextAt: Date.parse(retriesAt) }),
      };
    });
}

/**
 * @template Thing
 * @param {readonly Thing[]} things
 * @param {(thing: Thing) => Sale | undefined} of
 */
function bySale(things, of) {
  /** @type {Map<string, Thing[]>} */
  const found = new Map();
  for (const thing of things) {
    const sale = of(thing);
    if (!sale) continue;
    const key = keyOf(sale);
    found.set(key, [...(found.get(key) ?? []), thing]);
  }
  return found;
}

/** @param {Sale} sale */
function keyOf({ kind, id }) {
  return `${kind} ${id}`;
}
