/**
 * What is stored of a purchase or an order, in words: its record, its seats or extras, its payment, its messages.
 *
 * @import { Execution, FoundItem, InboxMessage, Payment } from './control-routes.js'
 * @import { Sale } from './purchase-adapter.js'
 *
 * @typedef {string | { text: string, href: string }} FactValue
 * @typedef {{ title: string, rows: [string, FactValue][], raw?: unknown }} FactSheet
 * @typedef {Record<string, any>} SaleRecord of the table of purchases, or of orders
 */
import { Api } from '../api.js';
import { CHANNEL_NAMES, CHANNELS } from '../channels.js';
import { findItems, findRecords } from './control-routes.js';
import { dateAndTime, money } from './format.js';
import { hrefOfExecution, hrefOfPayment, hrefOfSale } from './links.js';
import { REASONS, refundWords, requestedSeats } from './purchase-adapter.js';
import { hashOf, PRINTED_REFERENCE, referenceOfHash } from './reference.js';

const api = new Api('/api');

/** By what the record of a sale is known from all else that is stored. */
const RECORD_MARK = 'fingerprint';

/**
 * The record of a sale among what is stored: seats, a revocation and orders name a purchase, too.
 *
 * @param {readonly FoundItem[]} items
 * @param {Sale} sale
 * @returns {SaleRecord | undefined}
 */
export function recordOf(items, { kind, id }) {
  return items
    .map(({ item }) => item)
    .find(
      (item) =>
        item[RECORD_MARK] && (kind === 'order' ? item.orderId : !item.orderId && item.purchaseId) === id,
    );
}

/** @param {Sale} sale */
export async function findRecord(sale) {
  return recordOf(await findItems({ attribute: RECORD_MARK, value: sale.id }), sale);
}

/**
 * The sale that an item is the record of, or part of.
 *
 * @param {SaleRecord} item
 * @returns {Sale | undefined}
 */
export function saleOfItem({ orderId, purchaseId }) {
  if (orderId) return { kind: 'order', id: orderId };
  return purchaseId ? { kind: 'purchase', id: purchaseId } : undefined;
}

/**
 * The records of all sales, with these of their attributes and their ids.
 *
 * @param {readonly string[]} fields
 * @returns {Promise<SaleRecord[]>}
 */
export async function saleRecords(fields) {
  const items = await findItems({ attribute: RECORD_MARK, fields: ['purchaseId', 'orderId', ...fields] });
  return items.map(({ item }) => item);
}

/**
 * What was paid for it.
 *
 * @param {Payment} payment
 * @returns {Sale | undefined}
 */
export function saleOfPayment({ metadata: { orderId, purchaseId } }) {
  return saleOfItem({ orderId, purchaseId });
}

/**
 * @param {readonly Payment[]} payments
 * @param {Sale} sale
 */
export function paymentsOf(payments, { kind, id }) {
  return payments.filter((payment) => {
    const of = saleOfPayment(payment);
    return of?.kind === kind && of.id === id;
  });
}

/**
 * What is there of a purchase or an order, side by side.
 *
 * @param {Sale} sale
 * @param {{ executions: readonly Execution[], payments: readonly Payment[], inbox: readonly InboxMessage[],
 *   now: number }} known `now` by the clock of the local run, in milliseconds
 * @returns {Promise<FactSheet[]>}
 */
export async function factSheets(sale, known) {
  const stored = await recordsOf(sale);
  return sale.kind === 'order' ? orderSheets(sale, known, stored) : purchaseSheets(sale, known, stored);
}

/**
 * @typedef {Awaited<ReturnType<typeof recordsOf>>} Stored
 *
 * @param {Sale} sale
 * @param {Parameters<typeof factSheets>[1]} known
 * @param {Stored} stored
 * @returns {FactSheet[]}
 */
function purchaseSheets(sale, { executions, payments, inbox, now }, { items, objects, reference }) {
  const { id } = sale;
  const found = items.map(({ item }) => item);
  const orders = found.filter((item) => item.orderId && item[RECORD_MARK]);
  const record = recordOf(items, sale);
  const held = new Map(found.filter(({ seatId }) => seatId).map((item) => [item.seatId, item]));
  const paid = paymentsOf(payments, sale);
  const tickets = objects.filter(({ key }) => key.endsWith('.pdf'));
  const bought = (record?.seats ?? []).map((/** @type {{ seatId: string }} */ { seatId }) => seatId);
  const wanted = [...new Set([...bought, ...requestedSeats(id, executions), ...held.keys()])];

  return [
    {
      title: 'Seats',
      rows: wanted.map((seatId) => [seatId, seatWords(held.get(seatId), now)]),
      raw: [...held.values()],
    },
    { title: 'Purchase record', rows: record ? recordRows(record) : [], raw: record },
    { title: 'Payment', rows: paid.flatMap(paymentRows), raw: paid },
    {
      title: 'Ticket',
      rows: tickets.map(({ key, size }) => [
        key.endsWith(`/${id}.pdf`) ? 'PDF, by an older version' : 'PDF',
        record?.status === 'CONFIRMED'
          ? { text: `open, ${Math.ceil(size / 1024)} KB`, href: api.ticketUrl(id) }
          : `${Math.ceil(size / 1024)} KB, not handed out`,
      ]),
      raw: tickets,
    },
    messageSheet(inbox.filter((message) => mentions(message, id) || mentions(message, reference))),
    ...(orders.length > 0
      ? [{ title: 'Orders', rows: orders.map(orderRow), raw: orders.map(withoutToken) }]
      : []),
  ];
}

const SALE_ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/**
 * The sale that a message is about: a purchase by the link to it, an order by what it adds to the link to its purchase, any by its
 * reference.
 *
 * @param {Pick<InboxMessage, 'text' | 'html' | 'raw'>} message
 * @returns {{ sale?: Sale, reference?: string }}
 */
export function saleNamedIn({ text, html, raw }) {
  const said = [text, html, raw].join('\n');
  const [, orderId] = new RegExp(`[?&]order=(${SALE_ID})`, 'i').exec(said) ?? [];
  if (orderId) return { sale: { kind: 'order', id: orderId.toLowerCase() } };
  const [, kind, id] = new RegExp(`/(purchase|order)s/(${SALE_ID})`, 'i').exec(said) ?? [];
  if (id) return { sale: { kind: kind === 'order' ? 'order' : 'purchase', id: id.toLowerCase() } };
  const [, reference] =
    new RegExp(`\\b(?:Reference:?|purchase|order)\\s+(${PRINTED_REFERENCE})\\b`).exec(said) ?? [];
  return reference ? { reference } : {};
}

/**
 * @param {InboxMessage} message
 * @param {string} name
 */
function mentions({ text, html, raw }, name) {
  return [text, html, raw].some((form) => form?.includes(name));
}

/**
 * @param {readonly InboxMessage[]} messages
 * @returns {FactSheet}
 */
function messageSheet(messages) {
  return {
    title: 'Messages',
    rows: messages.map(({ id, channel, to }) => [channel, { text: to, href: `#/inbox/${id}` }]),
    raw: messages.map(({ id, channel, to, receivedAt }) => ({ id, channel, to, receivedAt })),
  };
}

/**
 * @param {SaleRecord} order
 * @returns {FactSheet['rows'][number]}
 */
function orderRow({ orderId, items, status, amount, currency }) {
  const text = [...items.map(itemWords), ...(amount > 0 ? [money(amount, currency)] : [])].join(', ');
  return [status, { text, href: hrefOfSale({ kind: 'order', id: orderId }) }];
}

/**
 * @param {Sale} sale
 * @param {Parameters<typeof factSheets>[1]} known
 * @param {Stored} stored
 * @returns {FactSheet[]}
 */
function orderSheets(sale, { executions, payments, inbox }, { items, reference }) {
  const record = recordOf(items, sale);
  const paid = paymentsOf(payments, sale);
  const seats = requestedSeats(record?.purchaseId, executions).join(', ');
  return [
    {
      title: 'Extras',
      rows: (record?.items ?? []).map((/** @type {any} */ item) => [
        STOCK[record?.stock] ?? 'Not reserved',
        itemWords(item),
      ]),
      raw: record?.items,
    },
    {
      title: 'Order record',
      rows: record ? orderRows(record) : [],
      raw: record && withoutToken(record),
    },
    {
      title: 'Tickets',
      rows: record?.purchaseId
        ? [[seats, { text: 'the purchase', href: hrefOfSale({ kind: 'purchase', id: record.purchaseId }) }]]
        : [],
      raw: record?.purchaseId,
    },
    { title: 'Payment', rows: paid.flatMap(paymentRows), raw: paid },
    messageSheet(inbox.filter((message) => mentions(message, reference))),
  ];
}

/** @type {Record<string, string>} */
const STOCK = { RESERVED: 'Reserved', SOLD: 'Sold', RESTORED: 'Given back' };

/** @param {{ extraId: string, quantity: number, name?: string }} item */
function itemWords({ extraId, quantity, name }) {
  return `${quantity} × ${name ?? extraId}`;
}

/** @param {Record<string, any>} record the token is beside the task that waits for it, as long as it does */
function withoutToken({ taskToken: _, ...record }) {
  return record;
}

/**
 * @param {SaleRecord} record
 * @returns {FactSheet['rows']}
 */
function orderRows(record) {
  const { status, failure, amount, currency, paymentIntentId, createdAt, dueAt, authenticateBy } = record;
  return rowsWith([
    ['Status', status],
    [
      'Bank waits until',
      status === 'AWAITING_AUTHENTICATION' && authenticateBy && dateAndTime(authenticateBy * 1000),
    ],
    ['Failure', failure?.code],
    ['Amount', amount > 0 && money(amount, currency)],
    ['Given back by hand', record.refunded > 0 && money(record.refunded, currency)],
    ['Intent', paymentIntentId && { text: paymentIntentId, href: hrefOfPayment(paymentIntentId) }],
    ['Execution', executionRow(record)],
    ['Created', dateAndTime(createdAt * 1000)],
    ['Due', dueAt && dateAndTime(dueAt * 1000)],
  ]);
}

/**
 * @param {readonly (readonly [string, FactValue | false | 0 | '' | undefined])[]} rows
 * @returns {FactSheet['rows']}
 */
function rowsWith(rows) {
  return rows.flatMap(([term, value]) => (value ? [/** @type {[string, FactValue]} */ ([term, value])] : []));
}

/** @param {SaleRecord} record who has it is an ARN, or its last part */
function executionRow({ executionId }) {
  const id = executionId?.split(':').at(-1);
  return id && { text: id, href: hrefOfExecution({ id }) };
}

/**
 * What is stored of a sale: items by its id, objects by the hash of the id, or by the id itself in an older data folder.
 *
 * @param {Sale} sale
 */
export async function recordsOf({ id }) {
  const hash = await hashOf(id);
  const [byId, byHash] = await Promise.all([findRecords(id), findRecords(hash)]);
  return {
    items: byId.items,
    objects: [...byId.objects, ...byHash.objects],
    reference: referenceOfHash(hash),
  };
}

/**
 * @param {Record<string, any> | undefined} seat
 * @param {number} now
 */
function seatWords(seat, now) {
  if (!seat) return 'not held by this purchase';
  if (seat.status === 'SOLD') return 'sold to this purchase';
  const left = seat.expiresAt * 1000 - now;
  return left > 0 ? `held until ${dateAndTime(seat.expiresAt * 1000)}` : 'held, but the hold has expired';
}

/**
 * @param {SaleRecord} record
 * @returns {FactSheet['rows']}
 */
export function recordRows(record) {
  const { status, failure, amount, currency, paymentIntentId, createdAt, dueAt, reference, authenticateBy } =
    record;
  return [
    ...rowsWith([
      ['Status', status],
      [
        'Bank waits until',
        status === 'AWAITING_AUTHENTICATION' && authenticateBy && dateAndTime(authenticateBy * 1000),
      ],
      ['Failure', failure?.code],
    ]),
    ...cancellationRows(record),
    ...admissionRows(record),
    ...handRows(record),
    ...rowsWith([
      ['Amount', amount > 0 && money(amount, currency)],
      ['Intent', paymentIntentId && { text: paymentIntentId, href: hrefOfPayment(paymentIntentId) }],
      ['Execution', executionRow(record)],
      ['Created', dateAndTime(createdAt * 1000)],
      ['Due', dueAt && dateAndTime(dueAt * 1000)],
    ]),
    ...deliveryRows(record),
    // Purchases in a data folder from before there were references have none.
    ...rowsWith([['Reference', reference]]),
  ];
}

/**
 * @param {Record<string, any>} record
 * @returns {[string, string][]}
 */
function cancellationRows({ cancellation: agreed, currency }) {
  if (!agreed) return [];
  return [
    ['Cancelled', `${REASONS[agreed.reason] ?? agreed.reason}, ${dateAndTime(agreed.at * 1000)}`],
    ['Refund', refundWords(agreed.refund, currency)],
  ];
}

/**
 * What Stripe has told of a sale's payment: money given back by hand, a dispute.
 *
 * @param {Record<string, any>} record
 * @returns {[string, string][]}
 */
function handRows({ refunded, dispute, currency }) {
  return [
    ...(refunded
      ? [/** @type {[string, string]} */ (['Given back by hand', money(refunded, currency)])]
      : []),
    ...(dispute
      ? [/** @type {[string, string]} */ (['Dispute', `${dispute.status}, ${dispute.reason}`])]
      : []),
    ...(dispute?.dueBy
      ? [/** @type {[string, string]} */ (['Evidence until', dateAndTime(dispute.dueBy * 1000)])]
      : []),
  ];
}

/**
 * Whom its tickets have let in: an attribute a seat.
 *
 * @param {Record<string, any>} record
 * @returns {[string, string][]}
 */
function admissionRows(record) {
  return Object.keys(record)
    .filter((attribute) => attribute.startsWith(ADMISSION))
    .map((attribute) => {
      const { gate, at } = record[attribute];
      return [`Let in, ${attribute.slice(ADMISSION.length)}`, `${gate}, ${dateAndTime(at * 1000)}`];
    });
}

const ADMISSION = 'admission_';

/** @type {Record<string, string>} */
const DELIVERIES = {
  SENDING: 'being sent, or tried again later',
  SENT: 'sent',
  UNKNOWN: 'given up: two attempts had no answer',
};

/** @type {[string, string][]} worst first */
const MAIL_EVENTS = [
  ['mail_complained', 'reported as spam'],
  ['mail_bounced', 'bounced: the address takes no mail'],
  ['mail_rejected', 'rejected by SES'],
  ['mail_undelivered', 'came back, or was answered automatically'],
  ['mail_delayed', 'delayed'],
];

/**
 * How far each channel has come, and what became of the e-mail afterwards.
 *
 * @param {Record<string, any>} record
 * @returns {[string, string][]}
 */
export function deliveryRows(record) {
  return [
    ...CHANNEL_NAMES.flatMap((channel) => {
      const state = record[`delivery_${channel}`]?.state;
      const told = DELIVERIES[state] ?? state;
      return state ? [/** @type {[string, string]} */ ([CHANNELS[channel].label, told])] : [];
    }),
    ...MAIL_EVENTS.flatMap(([attribute, words]) => {
      const event = record[attribute];
      if (!event) return [];
      const said = `${words} (${event.reason}, ${dateAndTime(event.at * 1000)})`;
      return [/** @type {[string, string]} */ (['After sending', said])];
    }),
  ];
}

/**
 * @param {Payment} payment
 * @returns {FactSheet['rows']}
 */
function paymentRows({
  paymentIntentId,
  status,
  captured,
  refunded,
  currency,
  paymentMethod,
  idempotencyKeys,
}) {
  return [
    ['Intent', { text: paymentIntentId, href: hrefOfPayment(paymentIntentId) }],
    ['Status', status],
    ['Captured', money(captured, currency)],
    ['Refunded', money(refunded, currency)],
    ['Method', paymentMethod ?? 'none'],
    ['Requests', String(idempotencyKeys.length)],
  ];
}
