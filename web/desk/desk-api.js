/**
 * The API as an organiser uses it: what is public, and what is signed.
 *
 * @import { Session } from './login.js'
 *
 * @typedef {{ row: string, tier: string, seats: number }} Row
 * @typedef {{ section: string, code?: string, rows: Row[] }} Section
 * @typedef {{ name: string, venue: string, startsAt: string, timeZone?: string, doorsOpenAt?: string, endsAt?: string,
 *   saleOpensAt?: string, saleClosesAt?: string, currency: string, tiers: { tier: string, price: number }[],
 *   sections: Section[], blocked?: string[], accessible?: string[] }} Layout  An event as `PUT` takes it.
 *
 * @typedef {'PENDING' | 'AWAITING_AUTHENTICATION' | 'PAID' | 'CONFIRMED' | 'COMPENSATING' | 'FAILED' | 'CANCELLING' |
 *   'CANCELLED'} PurchaseStatus
 *
 * @typedef {{ reference: string, status: PurchaseStatus, eventId: string, seats: string[], amount: number, currency: string,
 *   createdAt: string, buyer?: { name: string, email: string, phone?: string }, failure?: { code: string, detail: string },
 *   cancellation?: { reason: string, refund: { amount: number, status: string }, at: string }, refunded?: number,
 *   admitted?: number, disputed?: true }} FoundPurchase
 *
 * @typedef {{ purchases: FoundPurchase[], nextCursor?: string }} FoundPurchases
 *
 * @typedef {{ status: 'RUNNING' | 'DONE', message: string, at: string, purchases?: number, cancelled: number, failed: number,
 *   remaining: number, orders?: { cancelled: number, failed: number },
 *   failures: { reference: string, code: string }[] }} EventCancellation
 */
import { Api } from '../api.js';
import { signedHeaders } from './sigv4.js';

/** The API has refused a request, in its own words. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, detail?: string }} [problem] undefined when the answer was no JSON
   */
  constructor(status, problem) {
    super(problem?.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.code = problem?.code ?? '';
  }
}

/** Milliseconds. API Gateway hangs up at 29 s. */
const TIMEOUT = 35_000;

export class DeskApi {
  #session;
  #fetch;

  /**
   * @param {Session} session
   * @param {typeof fetch} [fetcher]
   */
  constructor(session, fetcher = (...request) => fetch(...request)) {
    this.#session = session;
    this.#fetch = fetcher;
    /** What needs no signature. */
    this.public = new Api(session.api, fetcher);
  }

  /**
   * @param {string} eventId
   * @returns {Promise<{ layout: Layout, tag: string }>} `tag` says which state of the event this is
   */
  async layout(eventId) {
    const { body, headers } = await this.#call('GET', `${pathOf(eventId)}/layout`);
    return { layout: body, tag: headers.get('etag') ?? '' };
  }

  /**
   * @param {string} eventId
   * @param {Layout} layout
   * @param {object} options
   * @param {string} [options.tag] of what it replaces; without one the event must be new
   * @param {boolean} [options.notifiesBuyers]
   */
  async putEvent(eventId, layout, { tag, notifiesBuyers = false }) {
    const path = notifiesBuyers ? `${pathOf(eventId)}?notify=buyers` : pathOf(eventId);
    /** @type {Record<string, string>} */
    const condition = tag === undefined ? { 'if-none-match': '*' } : { 'if-match': tag };
    await this.#call('PUT', path, layout, condition);
  }

  /**
   * A page of purchases. It may be empty, and others follow all the same.
   *
   * @param {string} eventId
   * @param {{ reference?: string, seat?: string, email?: string, status?: string, cursor?: string }} query
   * @returns {Promise<FoundPurchases>}
   */
  async purchases(eventId, query = {}) {
    return (await this.#call('GET', `${pathOf(eventId)}/purchases?${new URLSearchParams(query)}`)).body;
  }

  /**
   * A page of them as a table, its first line the names of the columns.
   *
   * @param {string} eventId
   * @param {string} [cursor]
   * @returns {Promise<{ text: string, nextCursor: string | undefined }>}
   */
  async purchasesTable(eventId, cursor) {
    const path = `${pathOf(eventId)}/purchases?${new URLSearchParams(cursor === undefined ? {} : { cursor })}`;
    const { text, headers } = await this.#call('GET', path, undefined, { accept: 'text/csv' });
    return { text, nextCursor: headers.get('x-next-cursor') ?? undefined };
  }

  /**
   * @param {string} reference
   * @param {{ reason: string, refund?: { amount: number } }} request
   * @returns {Promise<FoundPurchase>}
   */
  async cancelPurchase(reference, request) {
    return (await this.#call('POST', `/purchases/${encodeURIComponent(reference)}/cancellation`, request))
      .body;
  }

  /**
   * @param {string} reference
   * @param {string} [email] the buyer's from now on
   */
  async sendTickets(reference, email) {
    const path = `/purchases/${encodeURIComponent(reference)}/messages`;
    await this.#call('POST', path, email === undefined ? {} : { email });
  }

  /**
   * For good. Said again, the first message stands.
   *
   * @param {string} eventId
   * @param {string} message
   * @returns {Promise<EventCancellation>}
   */
  async cancelEvent(eventId, message) {
    return (await this.#call('POST', `${pathOf(eventId)}/cancellation`, { message })).body;
  }

  /**
   * How far it has come.
   *
   * @param {string} eventId
   * @returns {Promise<EventCancellation | undefined>} undefined when it is not cancelled
   */
  async eventCancellation(eventId) {
    try {
      return (await this.#call('GET', `${pathOf(eventId)}/cancellation`)).body;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'EVENT_NOT_CANCELLED') return undefined;
      throw error;
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [content]
   * @param {Record<string, string>} [more] headers
   */
  async #call(method, path, content, more = {}) {
    const { api, ...signer } = this.#session;
    const url = new URL(api + path, document.baseURI);
    const body = content && JSON.stringify(content);
    const headers = { ...more, ...(body !== undefined && { 'content-type': 'application/json' }) };
    const signed = await signedHeaders({ method, url, headers, ...(body !== undefined && { body }) }, signer);
    const response = await this.#fetch(url, {
      ...{ method, body, headers: signed, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT) },
    });
    const text = await response.text();
    const answer = parsed(text);
    if (!response.ok) throw new Refusal(response.status, answer);
    return { body: answer, headers: response.headers, text };
  }
}

/** @param {string} eventId */
function pathOf(eventId) {
  return `/events/${encodeURIComponent(eventId)}`;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
