/**
 * The page of one event: connects the map, the order, the form and the purchase.
 *
 * @import { Api, Seat, SeatMap as SeatMapAnswer } from './api.js'
 * @import { AttemptStorage } from './attempt-storage.js'
 * @import { CardField } from './card.js'
 * @import { Draft } from './draft.js'
 * @import { Attempt } from './attempt.js'
 * @import { OrderAttempt } from './attempt.js'
 * @import { Choice } from './purchase-result.js'
 */
import { announce } from './announcer.js';
import { bestTogether } from './best-available.js';
import { BestSeats } from './best-seats.js';
import { CheckoutForm } from './checkout-form.js';
import { part } from './element.js';
import { showEventHeader } from './event-header.js';
import { ExtrasOffer } from './extras-offer.js';
import { showLegend } from './legend.js';
import { MapZoom } from './map-zoom.js';
import { OrderSummary } from './order-summary.js';
import { newPrice, seatsNamed } from './outcome.js';
import { isOpen, isRunning } from './attempt.js';
import { AttemptRunner } from './attempt-runner.js';
import { purchaseResult } from './purchase-result.js';
import { SeatMap } from './seat-map.js';
import { SectionOverview } from './section-overview.js';
import { MAX_SEATS_PER_PURCHASE, SeatSelection } from './seat-selection.js';
import { watchSeats } from './seat-watch.js';
import { TabTurns } from './tab-turn.js';
import { money, seatPlace, seatPlaces, seatsCounted } from './wording.js';

export class EventPage {
  #api;
  #event;
  #selection = new SeatSelection();
  #seatMap = new SeatMap(
    part('seat-map', HTMLElement),
    this.#selection,
    new MapZoom(part('seat-map', HTMLElement)),
    (seat) => this.#toggle(seat),
  );
  #sections = new SectionOverview((section) => void this.#goTo(section));
  #bestSeats = new BestSeats((seats) => this.#choose(seats));
  #summary = new OrderSummary((seatId) => this.#remove(seatId));
  #form = new CheckoutForm(
    () => ({ eventId: this.#event.eventId, seats: this.#selection.seats }),
    (request, seats) => void this.#runner.buy({ of: 'purchase', request, seats }),
    (person) => this.#draft.keepPerson(person),
  );
  #purchases;
  #draft;
  #result;
  #runner;
  #extras;
  /** Of the latest look at the seats: answers may overtake each other. */
  #looks = 0;
  /** Key of the last failed attempt whose end the seats shown already know. */
  #seenAfter = '';

  /**
   * @param {object} ports
   * @param {Api} ports.api
   * @param {SeatMapAnswer} ports.event
   * @param {AttemptStorage<Attempt>} ports.purchases
   * @param {AttemptStorage<OrderAttempt>} ports.orders
   * @param {Draft} ports.draft
   * @param {(box: HTMLElement) => Promise<CardField | undefined>} ports.openExtrasCard
   */
  constructor({ api, event, purchases, orders, draft, openExtrasCard }) {
    this.#api = api;
    this.#purchases = purchases;
    this.#draft = draft;
    this.#event = withoutSale(event);
    this.#result = purchaseResult(part('result', HTMLElement), {
      ticketUrl: (purchaseId) => api.ticketUrl(purchaseId),
      alternatives: (attempt) => this.#alternatives(attempt),
      onChoice: (choice) => this.#goOn(choice),
      onAlternative: (seats) => this.#choose(seats),
    });
    /** @type {AttemptRunner<Attempt>} */
    this.#runner = new AttemptRunner({
      api: api.purchases,
      storage: purchases,
      askBank: (clientSecret, closed) => this.#form.askBank(clientSecret, closed),
      turns: new TabTurns(navigator.locks),
      onChange: (attempt) => this.#onAttempt(attempt),
    });
    this.#extras = new ExtrasOffer({
      ...{ api, storage: orders, openCard: openExtrasCard },
      eventId: event.eventId,
    });
  }

  /** Shows the event, goes on with what a reload interrupted, and keeps the seats fresh. */
  async open() {
    showEventHeader(this.#event);
    part('event', HTMLElement).hidden = false;
    this.#selection.replace(this.#draft.seats);
    this.#form.fillPerson(this.#draft.person);
    this.#onSeats(this.#event);
    watchSeats(() => this.#look());
    this.#watchAttempts();
    void this.#extras.resume();
    await this.#runner.resume(this.#event.eventId);
  }

  /** Who comes back, or gets the connection back, need not wait for the next look. Another tab may have been at work. */
  #watchAttempts() {
    const lookNow = () => {
      this.#runner.lookNow();
      this.#extras.lookNow();
    };
    for (const type of ['online', 'pageshow']) addEventListener(type, lookNow);
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) lookNow();
    });
    addEventListener('storage', () => {
      if (this.#runner.attempt) this.#runner.lookNow();
      // Nothing is chosen here: this page shows what the other one buys.
      else if (this.#selection.seatIds.length === 0) void this.#runner.resume(this.#event.eventId);
      this.#extras.onElsewhere();
    });
  }

  /** @param {CardField | undefined} card undefined where no cards can be taken */
  takeCardsBy(card) {
    this.#form.takeCardsBy(card);
    this.#show();
  }

  /** @param {string} section */
  async #goTo(section) {
    if (this.#event.section !== undefined) await this.#look();
    this.#seatMap.goTo(section);
  }

  /** @returns {Promise<boolean>} whether it brought the seats as they are now */
  async #look() {
    const look = ++this.#looks;
    const { attempt } = this.#runner;
    // Once: what all buyers see comes from a cache, and thousands who were refused must not pass it every time.
    const after = attempt?.phase === 'failed' && attempt.key !== this.#seenAfter ? attempt.key : undefined;
    try {
      const event = await this.#api.seatMap(this.#event.eventId, {
        after,
        section: this.#sections.section,
      });
      if (look !== this.#looks) return true;
      if (after) this.#seenAfter = after;
      this.#onSeats(event);
      return true;
    } catch {
      return false; // The map stays as it was until the connection is back.
    }
  }

  /** @param {SeatMapAnswer} answer */
  #onSeats(answer) {
    const event = withoutSale(answer);
    this.#event = event;
    showEventHeader(event);
    // Of a running purchase the seats are held by the buyer: they are not lost.
    const lost = this.#isOpen() ? [] : this.#selection.refresh(event.seats, event.section);
    this.#show();
    if (lost.length === 0) return;
    const places = seatPlaces(lost.map(({ seatId }) => seatId));
    this.#summary.note(`${places}: no longer available, removed from your order.`);
  }

  /** @param {Seat} seat */
  #toggle(seat) {
    const change = this.#selection.toggle(seat);
    if (change === 'not-available') return;
    if (change === 'full') return this.#summary.note(`You can choose up to ${MAX_SEATS_PER_PURCHASE} seats.`);
    this.#onChosen(`${seatPlace(seat)} ${change}. ${seatsCounted(this.#selection.seatIds.length)}`);
  }

  /** @param {string} seatId */
  #remove(seatId) {
    const seat = this.#selection.seats.find((chosen) => chosen.seatId === seatId);
    if (!seat) return;
    this.#toggle(seat);
    // Its button is gone, and the focus with it.
    const next = document.querySelector('#order-seats button');
    if (next instanceof HTMLElement) next.focus();
    else this.#seatMap.focus();
  }

  /**
   * All of these and nothing else, if they are still free.
   *
   * @param {Seat[]} seats
   */
  #choose(seats) {
    if (this.#isOpen()) return;
    this.#selection.replace(seats);
    const lost = this.#selection.refresh(this.#event.seats, this.#event.section);
    const places = seatPlaces(seats.map(({ seatId }) => seatId));
    this.#onChosen(lost.length > 0 ? `${places}: no longer available` : `${places} chosen`);
    if (lost.length > 0) this.#summary.note(`${places}: no longer available. Please choose again.`);
    else part('order', HTMLElement).focus();
  }

  /** @param {string} words */
  #onChosen(words) {
    this.#summary.note('');
    // The result of the last attempt is about other seats.
    const { phase } = this.#runner.attempt ?? {};
    if (phase === 'failed' || phase === 'cancelled') this.#runner.dismiss();
    this.#show();
    announce(`${words}, total ${money(this.#selection.total, this.#event.currency)}.`);
  }

  /** Shows what is chosen and whether it can be bought now. */
  #show() {
    const { attempt } = this.#runner;
    const open = this.#isOpen();
    const confirmed = attempt?.phase === 'confirmed';
    const { currency, status } = this.#event;
    const payment = { amount: this.#selection.total, currency };
    // A purchase that is under way has its end here all the same.
    const over = status === 'CANCELLED' && !open;
    this.#draft.keepSeats(this.#selection.seats);
    this.#showHall(status === 'CANCELLED');
    const own = this.#ownSeats();
    showLegend(this.#event, own.size > 0);
    this.#seatMap.show(this.#event, { own, locked: open || confirmed || over });
    this.#sections.show(this.#event);
    this.#bestSeats.show(this.#event, open || confirmed);
    this.#summary.show(this.#selection, currency, open);
    this.#form.hide(confirmed || over);
    part('order', HTMLElement).hidden = confirmed || over;
    const chosen = this.#selection.seatIds.length > 0;
    const ready = chosen && status === 'ON_SALE';
    const busy = attempt !== undefined && isRunning(attempt);
    const isThis = attempt?.request.eventId === this.#event.eventId;
    this.#extras.offerWith(confirmed && isThis && status === 'ON_SALE' ? attempt : undefined);
    this.#form.show({ label: busy ? buying() : label(), ready, payment, locked: open, busy });

    function buying() {
      return attempt?.phase === 'authenticating' ? 'Waiting for your bank' : 'Buying…';
    }

    function label() {
      if (status === 'CANCELLED') return 'The event is cancelled';
      if (status === 'SCHEDULED') return 'The sale has not opened yet';
      if (status === 'CLOSED') return 'The sale is over';
      if (!chosen) return 'Choose your seats first';
      return payment.amount === 0 ? 'Get the tickets' : `Buy for ${money(payment.amount, currency)}`;
    }
  }

  /**
   * The hall can be looked at when the event is cancelled, and nothing in it can be chosen.
   *
   * @param {boolean} cancelled
   */
  #showHall(cancelled) {
    part('hall-title', HTMLElement).textContent = cancelled ? 'The hall' : 'Choose your seats';
    for (const id of ['best-form', 'legend', 'map-choosing']) part(id, HTMLElement).hidden = cancelled;
    part('seat-map', HTMLElement).ariaReadOnly = String(cancelled);
  }

  /** What this browser holds, in any tab, or this tab has bought. Before the server has a purchase, nothing is anybody's. */
  #ownSeats() {
    const { attempt } = this.#runner;
    const mine = attempt && (isOpen(attempt) || attempt.phase === 'confirmed') ? [attempt] : [];
    return new Set(
      [...mine, ...this.#purchases.listOpen()]
        .filter(
          ({ answered, sale, request }) => (answered || sale) && request.eventId === this.#event.eventId,
        )
        .flatMap(({ request }) => request.seats),
    );
  }

  #isOpen() {
    const { attempt } = this.#runner;
    return attempt !== undefined && isOpen(attempt);
  }

  /** @param {Attempt | undefined} attempt */
  #onAttempt(attempt) {
    if (attempt?.phase === 'confirmed') this.#selection.clear();
    else if (attempt && isOpen(attempt)) this.#showWhatIsBought(attempt);
    this.#show();
    this.#result.show(attempt);
    if (!attempt || !isRunning(attempt)) void this.#look();
  }

  /**
   * The seats and details of the attempt, also after a reload.
   *
   * @param {Attempt} attempt
   */
  #showWhatIsBought({ request, seats = [] }) {
    if (request.eventId !== this.#event.eventId) return;
    this.#selection.replace(seats);
    this.#form.fill(request);
  }

  /**
   * As many seats in the same price tier, together, without those that were taken.
   *
   * @param {Attempt} attempt
   */
  #alternatives(attempt) {
    const { request, problem } = attempt;
    if (problem?.code !== 'SEAT_UNAVAILABLE') return [];
    const { seats } = this.#event;
    const taken = seatsNamed(attempt);
    const wanted = seats.filter(({ seatId }) => request.seats.includes(seatId));
    const tier = wanted.find(({ seatId }) => seatId === request.seats[0])?.tier;
    const accessible = wanted.some((seat) => seat.accessible);
    const others = seats.map((seat) =>
      taken.includes(seat.seatId) ? { ...seat, status: /** @type {const} */ ('HELD') } : seat,
    );
    return bestTogether(others, { count: request.seats.length, tier, accessible, limit: 2 });
  }

  /** @param {Choice} choice */
  #goOn(choice) {
    if (choice === 'send-again') return void this.#runner.sendAgain();
    if (choice === 'go-to-bank') return this.#runner.goToBank();
    if (choice === 'give-up') return void this.#runner.giveUp();
    if (choice === 'try-again' || choice === 'agree') return this.#tryAgain();
    if (choice === 'other-card') return this.#form.focusCard();
    if (choice === 'correct') return this.#form.focusDetails();
    this.#runner.dismiss();
    this.#extras.dismiss();
    this.#seatMap.focus();
  }

  /** The same once more, at the price of now; where a seat was lost meanwhile, the buyer looks at what is left first. */
  #tryAgain() {
    const { request, problem } = this.#runner.attempt ?? {};
    const { seats = [] } = request ?? {};
    const { seatIds } = this.#selection;
    if (seats.length === seatIds.length && seats.every((seatId) => seatIds.includes(seatId)))
      this.#form.submit(newPrice(problem));
    else part('order', HTMLElement).focus();
  }
}

/**
 * Nobody can have a seat of a cancelled event, not even one that is free again.
 *
 * @param {SeatMapAnswer} event
 * @returns {SeatMapAnswer}
 */
function withoutSale(event) {
  if (event.status !== 'CANCELLED') return event;
  return { ...event, seats: event.seats.map((seat) => ({ ...seat, status: 'BLOCKED' })) };
}
