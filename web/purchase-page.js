/**
 * The page of one purchase, by its link from a mail or from the shop: what became of it, its seats, ticket and extras, and the bank's
 * question while that is open.
 *
 * @import { Api, Seat, SeatMap } from './api.js'
 * @import { AttemptStorage } from './attempt-storage.js'
 * @import { Attempt, OrderAttempt } from './attempt.js'
 * @import { CardField } from './card.js'
 */
import { begin, isSettled, known } from './attempt.js';
import { AttemptRunner } from './attempt-runner.js';
import { calendarFile } from './calendar-file.js';
import { element, part } from './element.js';
import { showEventHeader } from './event-header.js';
import { ExtrasOffer } from './extras-offer.js';
import { STAGES } from './outcome.js';
import { purchaseFacts, purchaseOutcomeOf } from './purchase-outcome.js';
import { actionButton, ResultPanel, STEP_LABELS } from './result.js';
import { TabTurns } from './tab-turn.js';
import { money, seatPlace, seatPlaces } from './wording.js';

/** Milliseconds until the server is asked again: where it did not answer, or while money is on its way back. */
const RETRY_INTERVAL = 5_000;
const REFUND_INTERVAL = 15_000;

export class PurchasePage {
  #api;
  #purchaseId;
  #purchases;
  #orderId;
  #orders;
  #openCard;
  #result;
  #runner;
  /** @type {ExtrasOffer | undefined} */
  #extras;
  /** @type {SeatMap | undefined} */
  #event;
  /** The bought seats, as far as the hall has told them. @type {Map<string, Seat>} */
  #seats = new Map();
  #shown = '';
  #calendarUrl = '';

  /**
   * @param {object} ports
   * @param {Api} ports.api
   * @param {string} ports.purchaseId empty where the link has none
   * @param {string | undefined} ports.orderId of extras that the link names
   * @param {AttemptStorage<Attempt>} ports.purchases
   * @param {AttemptStorage<OrderAttempt>} ports.orders
   * @param {(box: HTMLElement, goods: string) => Promise<CardField | undefined>} ports.openCard
   */
  constructor({ api, purchaseId, orderId, purchases, orders, openCard }) {
    this.#api = api;
    this.#purchaseId = purchaseId;
    this.#orderId = orderId;
    this.#purchases = purchases.only(purchaseId);
    this.#orders = orders;
    this.#openCard = openCard;
    /** @type {ResultPanel<Attempt, ReturnType<typeof purchaseOutcomeOf>>} */
    this.#result = new ResultPanel(part('purchase-result', HTMLElement), {
      held: 'Your seats are held',
      stages: STAGES,
      outcomeOf: purchaseOutcomeOf,
      // The page has it below, whatever became of the purchase.
      receiptOf: () => [],
      actionsFor: ({ next }) => this.#actionsFor(next),
    });
    /** @type {AttemptRunner<Attempt>} */
    this.#runner = new AttemptRunner({
      api: api.purchases,
      storage: this.#purchases,
      askBank: (clientSecret, closed) => this.#askBank(clientSecret, closed),
      turns: new TabTurns(navigator.locks),
      onChange: (attempt) => attempt && this.#onAttempt(attempt),
    });
  }

  async open() {
    document.title = 'Your purchase – EventPro';
    part('event-name', HTMLElement).textContent = 'Your purchase';
    for (const id of ['hall', 'order', 'checkout-form', 'event-day']) part(id, HTMLElement).hidden = true;
    for (const id of ['event', 'purchase']) part(id, HTMLElement).hidden = false;
    const request = { eventId: '', seats: [], expectedTotal: { amount: 0, currency: '' } };
    const wanted = begin(this.#purchaseId, { of: /** @type {const} */ ('purchase'), request, seats: [] }, 0);
    this.#result.show({ ...wanted, phase: 'checking' });
    const found = this.#purchases.load() ?? (await this.#find());
    if (!found) {
      part('purchase-links', HTMLElement).append(element('a', { class: 'button', href: '/' }, 'To the shop'));
      return this.#result.show({ ...wanted, phase: 'failed', problem: { code: 'PURCHASE_NOT_FOUND' } });
    }
    this.#watch();
    await this.#runner.follow(found);
  }

  /** @returns {Promise<Attempt | undefined>} undefined where there is none; there is an answer when the server can be reached */
  async #find() {
    while (this.#purchaseId) {
      const answer = await this.#api.purchases.find(this.#purchaseId).catch(() => undefined);
      if (answer?.status === 200) return known(answer.body, Date.now());
      if (answer?.status === 404) return undefined;
      await new Promise((resolve) => {
        addEventListener('online', resolve, { once: true });
        setTimeout(resolve, RETRY_INTERVAL);
      });
    }
    return undefined;
  }

  /** Who comes back, or gets the connection back, need not wait for the next look; money may come back in the meantime. */
  #watch() {
    const lookNow = () => {
      const { attempt } = this.#runner;
      if (attempt && isSettled(attempt)) void this.#runner.follow(attempt);
      else this.#runner.lookNow();
      this.#extras?.lookNow();
      if (attempt && !this.#event) void this.#showEvent(attempt);
    };
    for (const type of ['online', 'pageshow']) addEventListener(type, lookNow);
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) lookNow();
    });
    addEventListener('storage', () => {
      lookNow();
      this.#extras?.onElsewhere();
    });
    setInterval(() => {
      const { status, cancellation } = this.#runner.attempt?.sale ?? {};
      const { status: refund } = cancellation?.refund ?? {};
      const isUnderWay = status === 'CANCELLING' || refund === 'PENDING' || refund === 'FAILED';
      if (isUnderWay && !document.hidden) lookNow();
    }, REFUND_INTERVAL);
  }

  /** @param {Attempt} attempt */
  #onAttempt(attempt) {
    this.#result.show(attempt);
    this.#show(attempt);
    if (!this.#extras) {
      const openCard = (/** @type {HTMLElement} */ box) => this.#openCard(box, 'extras');
      const { eventId } = attempt.request;
      this.#extras = new ExtrasOffer({
        ...{ api: this.#api, eventId, storage: this.#orders, openCard },
        ...(this.#orderId !== undefined && { orderId: this.#orderId }),
      });
      void this.#extras.resume();
      void this.#showEvent(attempt);
    }
    this.#offerExtras(attempt);
  }

  /** @param {Attempt} attempt */
  #offerExtras(attempt) {
    const isOffered = attempt.phase === 'confirmed' && this.#event?.status === 'ON_SALE';
    this.#extras?.offerWith(isOffered ? attempt : undefined);
  }

  /**
   * The event, and where in its hall the seats are. The purchase itself does not wait for it.
   *
   * @param {Attempt} attempt
   */
  async #showEvent({ request: { eventId, seats } }) {
    try {
      const map = await this.#api.seatMap(eventId);
      this.#event = map;
      showEventHeader(map);
      document.title = `Your purchase: ${map.name} – EventPro`;
      part('event-day', HTMLElement).hidden = false;
      await this.#findSeats(map, new Set(seats));
    } catch {
      // No connection, or no such event any more: what there is of the purchase is there.
    }
    const { attempt } = this.#runner;
    if (!attempt) return;
    this.#show(attempt);
    this.#offerExtras(attempt);
  }

  /**
   * A hall that is too large for one answer tells its seats section by section.
   *
   * @param {SeatMap} map
   * @param {ReadonlySet<string>} wanted
   */
  async #findSeats(map, wanted) {
    const keep = (/** @type {readonly Seat[]} */ seats) => {
      for (const seat of seats) if (wanted.has(seat.seatId)) this.#seats.set(seat.seatId, seat);
    };
    keep(map.seats);
    const others =
      map.section === undefined ? [] : map.sections.filter(({ section }) => section !== map.section);
    for (const { section } of others) {
      if (this.#seats.size === wanted.size) return;
      keep((await this.#api.seatMap(map.eventId, { section })).seats);
    }
  }

  /** @param {Attempt} attempt */
  #show(attempt) {
    const { phase, sale, request, seats } = attempt;
    const facts = purchaseFacts(attempt, money);
    for (const seat of seats) if (!this.#seats.has(seat.seatId)) this.#seats.set(seat.seatId, seat);
    const places = request.seats.map((seatId) => ({ seatId, seat: this.#seats.get(seatId) }));
    const { startsAt, status } = this.#event ?? {};
    const shown = JSON.stringify([phase, facts, places, startsAt, status]);
    // Nothing new: the focus stays where it is.
    if (shown === this.#shown) return;
    this.#shown = shown;
    part('purchase-seats', HTMLElement).replaceChildren(
      ...places.map(({ seatId, seat }) =>
        element(
          'li',
          {},
          element('span', { class: 'order-place' }, seat ? seatPlace(seat) : seatPlaces([seatId])),
          ...(seat ? [element('span', { class: 'order-tier' }, `${seat.section}, ${seat.tier}`)] : []),
        ),
      ),
    );
    const list = part('purchase-facts', HTMLElement);
    list.hidden = facts.length === 0;
    list.replaceChildren(
      ...facts.flatMap(([term, words]) => [element('dt', {}, term), element('dd', {}, words)]),
    );
    part('purchase-links', HTMLElement).replaceChildren(
      ...(phase === 'confirmed' && sale ? this.#calendarLink(sale.reference, request.seats) : []),
      element(
        'a',
        { class: 'button', href: `/?event=${encodeURIComponent(request.eventId)}` },
        this.#wayBack(phase),
      ),
    );
  }

  /** @param {Attempt['phase']} phase */
  #wayBack(phase) {
    if (this.#event && this.#event.status !== 'ON_SALE') return 'To the event';
    if (phase === 'confirmed') return 'Buy more tickets';
    return phase === 'failed' || phase === 'cancelled' ? 'Choose seats again' : 'To the event';
  }

  /**
   * @param {string} reference
   * @param {readonly string[]} seatIds
   */
  #calendarLink(reference, seatIds) {
    if (!this.#event) return [];
    const file = calendarFile(this.#event, { reference, places: seatPlaces(seatIds) }, Date.now());
    URL.revokeObjectURL(this.#calendarUrl);
    this.#calendarUrl = URL.createObjectURL(new Blob([file], { type: 'text/calendar;charset=utf-8' }));
    const link = { class: 'button', href: this.#calendarUrl, download: `${this.#event.eventId}.ics` };
    return [element('a', link, 'Add to your calendar')];
  }

  /** @param {ReturnType<typeof purchaseOutcomeOf>['next']} next */
  #actionsFor(next) {
    switch (next) {
      case 'get-ticket': {
        const href = this.#api.ticketUrl(this.#purchaseId);
        const link = { class: 'button primary', href, target: '_blank', rel: 'noopener' };
        return [element('a', link, 'Download ticket (PDF)')];
      }
      case 'go-to-bank':
        return [
          actionButton(STEP_LABELS[next], () => this.#runner.goToBank(), true),
          actionButton('Give up', () => void this.#runner.giveUp()),
        ];
      case 'send-again':
        return [actionButton(STEP_LABELS[next], () => void this.#runner.sendAgain(), true)];
      default:
        return [];
    }
  }

  /**
   * There is no card to be typed here: the field is only what shows the bank's question.
   *
   * @param {string} clientSecret
   * @param {AbortSignal} closed
   */
  async #askBank(clientSecret, closed) {
    const card = await this.#openCard(element('div'), 'seats');
    if (!card) throw new Error('There is no card field.');
    await card.authenticate(clientSecret, closed);
  }
}
