/**
 * The EventPro API as the pages see it. Answers come back as they are, refusals too: what an answer means for the
 * buyer is decided in one place, `attempt.js`.
 *
 * @import { AddressName, Channel } from './channels.js'
 *
 * @typedef {{ startsAt: string, timeZone: string, doorsOpenAt?: string, endsAt?: string, saleOpensAt?: string,
 *   saleClosesAt: string, status: 'SCHEDULED' | 'ON_SALE' | 'CLOSED' | 'CANCELLED' }} EventTimes  RFC 3339 in UTC, printed in the zone.
 *
 * @typedef {EventTimes & { eventId: string, name: string, venue: string, currency: string, seats: number,
 *   priceFrom: number }} EventSummary
 *
 * @typedef {'AVAILABLE' | 'HELD' | 'SOLD' | 'BLOCKED'} SeatStatus  BLOCKED: the house keeps it.
 *
 * @typedef {{ seatId: string, section: string, row: string, number: number, tier: string, price: number,
 *   accessible?: true, status: SeatStatus }} Seat  `price` in minor currency units.
 *
 * @typedef {EventTimes & { eventId: string, name: string, venue: string, currency: string,
 *   cancellation?: { message: string, at: string }, tiers: { tier: string, price: number }[],
 *   sections: { section: string, seats: number }[], section?: string, seats: Seat[], nextCursor?: string }} SeatMap
 *   With `section`, the seats are those of this section alone; with `cancellation`, the organiser says why.
 *
 * @typedef {{ name: string, email: string, channels?: Channel[], marketing?: boolean } & Partial<Record<AddressName, string>>} Buyer
 *
 * @typedef {{ eventId: string, seats: string[], buyer: Buyer, paymentMethod?: string,
 *   expectedTotal: { amount: number, currency: string } }} PurchaseRequest  Without a payment method where there is
 *   nothing to pay. `expectedTotal` is what the buyer was shown: at another price nothing is bought.
 *
 * @typedef {{ purchaseId: string, reference: string, status: 'PENDING' | 'AWAITING_AUTHENTICATION' | 'PAID' | 'CONFIRMED' |
 *   'COMPENSATING' | 'FAILED' | 'CANCELLING' | 'CANCELLED', eventId: string, seats: string[], amount: number,
 *   currency: string, authenticateBy?: string, failure?: { code: string, detail: string },
 *   cancellation?: { reason: string, refund: { amount: number, status: 'NONE' | 'PENDING' | 'SUCCEEDED' | 'FAILED' } } }} Purchase
 *   `authenticateBy`: RFC 3339, while the buyer's bank is asked.
 *
 * @typedef {{ extraId: string, name: string, price: number, available: number }} Extra  `price` in minor currency units.
 *
 * @typedef {{ eventId: string, currency: string, extras: Extra[] }} Extras
 *
 * @typedef {{ extraId: string, quantity: number }} OrderItem
 *
 * @typedef {{ eventId: string, items: OrderItem[], buyer: { name: string, email: string }, paymentMethod?: string,
 *   purchaseId?: string }} OrderRequest  `purchaseId`: the purchase that the extras go with.
 *
 * @typedef {{ orderId: string, reference: string, status: 'PENDING' | 'AWAITING_AUTHENTICATION' | 'CONFIRMED' | 'FAILED' |
 *   'CANCELLED', eventId: string, items: (OrderItem & { name?: string, price?: number })[], amount?: number,
 *   currency?: string, authenticateBy?: string, failure?: { code: string, detail: string } }} Order  `amount` once the server
 *   has looked what the extras cost.
 *
 * @typedef {{ code?: string, title?: string, detail?: string, amount?: number, currency?: string }} Problem  RFC 9457;
 *   with the price of this moment when it has changed.
 *
 * @typedef {{ status: number, body: any, serverTime?: number }} Answer  `body` is undefined when it is not JSON. `serverTime`:
 *   what the server's clock said, in milliseconds; the buyer's own may be minutes off.
 */

/**
 * What is sold and then followed: purchases, and orders of extras.
 *
 * `send` buys, once for each key however often it is called. `authentication` has what Stripe.js needs to show the bank's
 * question, which nobody keeps. `finishAuthentication` goes on when the buyer was at the bank: what the bank has said, the server
 * asks the bank. `abandon`: it waits for its buyer, who does not want it any more.
 *
 * @template Request
 * @typedef {{ send(key: string, request: Request): Promise<Answer>, find(id: string): Promise<Answer>,
 *   authentication(id: string): Promise<Answer>, finishAuthentication(id: string): Promise<Answer>,
 *   abandon?: (id: string) => Promise<Answer> }} SaleRoutes
 */

/** An answer that the page cannot use, with words for the buyer. */
export class ApiError extends Error {}

/**
 * Milliseconds. API Gateway hangs up at 29 s; a request that is older has lost its connection.
 */
const TIMEOUT = 35_000;

export class Api {
  #base;
  #fetch;

  /**
   * @param {string} base without a trailing slash
   * @param {typeof fetch} [fetcher]
   */
  constructor(base, fetcher = (...request) => fetch(...request)) {
    this.#base = base;
    this.#fetch = fetcher;
  }

  /** @returns {Promise<EventSummary[]>} */
  async listEvents() {
    return (await this.#read('/events')).events;
  }

  /**
   * @param {string} eventId
   * @param {object} [look]
   * @param {string} [look.after] a purchase this buyer has just ended: seats as they were before it will not do, and a
   *   cache in between keeps them for seconds
   * @param {string} [look.section] this one alone
   * @returns {Promise<SeatMap>}
   */
  async seatMap(eventId, { after, section } = {}) {
    const query = new URLSearchParams({ ...(after && { after }), ...(section && { section }) });
    const path = `/events/${encodeURIComponent(eventId)}/seats`;
    /** @type {SeatMap} */
    const map = await this.#read(query.size > 0 ? `${path}?${query}` : path);
    // A very large section comes in several answers.
    while (map.nextCursor) {
      query.set('cursor', map.nextCursor);
      /** @type {SeatMap} */
      const { seats, nextCursor } = await this.#read(`${path}?${query}`);
      map.seats.push(...seats);
      map.nextCursor = nextCursor;
    }
    return map;
  }

  /**
   * @param {string} eventId
   * @returns {Promise<Extras>}
   */
  extras(eventId) {
    return this.#read(`/events/${encodeURIComponent(eventId)}/extras`);
  }

  /** @returns {SaleRoutes<PurchaseRequest> & { abandon: (purchaseId: string) => Promise<Answer> }} */
  get purchases() {
    return {
      ...this.#sales('/purchases'),
      abandon: (purchaseId) => this.#post(`/purchases/${encodeURIComponent(purchaseId)}/abandonment`),
    };
  }

  /** @returns {SaleRoutes<OrderRequest>} */
  get orders() {
    return this.#sales('/orders');
  }

  /**
   * Where the ticket is downloaded from; the API redirects to a link that lives for minutes.
   *
   * @param {string} purchaseId
   */
  ticketUrl(purchaseId) {
    return `${this.#base}/purchases/${encodeURIComponent(purchaseId)}/ticket`;
  }

  /** @param {string} path */
  #sales(path) {
    const of = (/** @type {string} */ id) => `${path}/${encodeURIComponent(id)}`;
    return {
      send: (/** @type {string} */ key, /** @type {object} */ request) =>
        this.#post(path, request, { 'Idempotency-Key': key }),
      find: (/** @type {string} */ id) => this.#call(of(id)),
      authentication: (/** @type {string} */ id) => this.#call(`${of(id)}/authentication`),
      finishAuthentication: (/** @type {string} */ id) => this.#post(`${of(id)}/authentication`),
    };
  }

  /**
   * @param {string} path
   * @param {object} [body]
   * @param {Record<string, string>} [headers]
   */
  #post(path, body = {}, headers = {}) {
    return this.#call(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** @param {string} path */
  async #read(path) {
    const { status, body } = await this.#call(path);
    if (status !== 200 || body === undefined) {
      throw new ApiError(body?.detail ?? `The server answered ${status}.`);
    }
    return body;
  }

  /**
   * @param {string} path
   * @param {RequestInit} [init]
   * @returns {Promise<Answer>}
   */
  async #call(path, init) {
    const response = await this.#fetch(this.#base + path, {
      ...init,
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    // A connection that breaks in the middle of the body rejects here: that is no answer. A body that is complete and
    // no JSON comes from something in between, and its status still counts.
    const text = await response.text();
    const serverTime = Date.parse(response.headers.get('date') ?? '');
    return {
      status: response.status,
      body: parse(text),
      ...(Number.isFinite(serverTime) && { serverTime }),
    };
  }
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
