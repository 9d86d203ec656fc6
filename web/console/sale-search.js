/**
 * Finds purchases and orders by whatever names them: reference, id, hash, execution, payment, seat, address of the buyer.
 *
 * @import { Execution, FoundItem, Payment } from './control-routes.js'
 * @import { Sale } from './purchase-adapter.js'
 * @import { Store } from './store.js'
 * @import { SaleRecord } from './sale-records.js'
 *
 * @typedef {{ sale: Sale, reference: string, record: SaleRecord | undefined }} FoundSale
 */
import { findItems, listExecutions } from './control-routes.js';
import { saleOf } from './purchase-adapter.js';
import { hashOf, parseReference, referenceOfHash } from './reference.js';
import { findRecord, recordOf, saleOfItem, saleOfPayment, saleRecords } from './sale-records.js';

/**
 * @param {string} typed
 * @param {Pick<Store, 'executions' | 'kept' | 'older' | 'payments'>} known
 * @returns {Promise<{ sales: FoundSale[], execution: Execution | undefined }>} the sales, the newest first; the execution of that name
 */
export async function find(typed, known) {
  const text = typed.trim();
  const reference = parseReference(text);
  const values = [...new Set([text, ...(reference ? [reference] : [])])];
  const [execution, ...found] = await Promise.all([
    executionNamed(text, known),
    ...values.map((value) => findItems({ value })),
  ]);
  const items = found.flat();
  const sales = [
    ...items.map(({ item }) => saleOfItem(item)),
    execution && saleOf(execution),
    ...known.payments.filter((payment) => isCalled(payment, text)).map(saleOfPayment),
    ...(await byHash(text, reference)),
  ];
  const distinct = new Map(sales.flatMap((sale) => (sale ? [[`${sale.kind} ${sale.id}`, sale]] : [])));
  const described = await Promise.all([...distinct.values()].map((sale) => describe(sale, items)));
  return { sales: described.toSorted((one, other) => openedAt(other) - openedAt(one)), execution };
}

/**
 * @param {string} name id, name or ARN
 * @param {Pick<Store, 'executions' | 'kept' | 'older'>} known
 * @returns {Promise<Execution | undefined>}
 */
async function executionNamed(name, { executions, kept, older }) {
  const isCalled = (/** @type {Execution} */ execution) =>
    [execution.id, execution.name, execution.executionArn].includes(name);
  const found = executions.find(isCalled);
  if (found || !older) return found;
  return (await listExecutions(kept)).executions.find(isCalled);
}

/**
 * Orders, and purchases of an old data folder, do not say their reference: all ids are looked through.
 *
 * @param {string} text
 * @param {string | undefined} reference
 * @returns {Promise<(Sale | undefined)[]>}
 */
async function byHash(text, reference) {
  const [wanted] = /[0-9a-f]{64}/i.exec(text) ?? [];
  if (!wanted && !reference) return [];
  const records = await saleRecords([]);
  const sales = await Promise.all(
    records.map(async (record) => {
      const sale = saleOfItem(record);
      const hash = sale && (await hashOf(sale.id));
      const isWanted = hash && (wanted ? hash === wanted.toLowerCase() : referenceOfHash(hash) === reference);
      return isWanted ? sale : undefined;
    }),
  );
  return sales;
}

/**
 * @param {Payment} payment
 * @param {string} id Stripe's, of the payment or of something of it
 */
function isCalled({ paymentIntentId, charges, refunds }, id) {
  return paymentIntentId === id || [...charges, ...refunds].some((each) => each.id === id);
}

/**
 * @param {Sale} sale
 * @param {readonly FoundItem[]} items that were found already
 * @returns {Promise<FoundSale>}
 */
async function describe(sale, items) {
  const record = recordOf(items, sale) ?? (await findRecord(sale));
  return { sale, reference: referenceOfHash(await hashOf(sale.id)), record };
}

/** @param {FoundSale} found */
function openedAt({ record }) {
  return record?.createdAt ?? 0;
}
