/**
 * What the event sells beside its seats, offered when the tickets are bought: chosen, paid for and followed to its end.
 *
 * @import { Api, Extra } from './api.js'
 * @import { Attempt, OrderAttempt } from './attempt.js'
 * @import { AttemptStorage } from './attempt-storage.js'
 * @import { CardField } from './card.js'
 * @import { OrderChoice } from './order-result.js'
 */
import { announce } from './announcer.js';
import { isOpen, isRunning, knownOrder } from './attempt.js';
import { AttemptRunner } from './attempt-runner.js';
import { part } from './element.js';
import { ExtraChoice, MAX_ITEMS } from './extra-choice.js';
import { ExtraList } from './extra-list.js';
import { orderResult } from './order-result.js';
import { PaymentFields } from './payment-fields.js';
import { PersonFields } from './person-fields.js';
import { TabTurns } from './tab-turn.js';
import { listed, money } from './wording.js';

export class ExtrasOffer {
  #api;
  #eventId;
  /** Of an order that a link names, until the buyer is done with it. @type {string | undefined} */
  #orderId;
  #storage;
  #openCard;
  #currency = '';
  #section = part('extras', HTMLElement);
  #button = part('extras-buy', HTMLButtonElement);
  #choice = new ExtraChoice();
  #list = new ExtraList((extra, quantity) => this.#choose(extra, quantity));
  #person = new PersonFields();
  #paying = new PaymentFields({ group: 'extras-payment', mistake: 'extras-card-mistake' });
  #result;
  #runner;
  /** The tickets that the extras go with. @type {Attempt | undefined} */
  #tickets;
  #hasCard = false;
  #reading = false;

  /**
   * @param {object} ports
   * @param {Api} ports.api
   * @param {string} ports.eventId
   * @param {string} [ports.orderId] of an order that may be from another browser
   * @param {AttemptStorage<OrderAttempt>} ports.storage
   * @param {(box: HTMLElement) => Promise<CardField | undefined>} ports.openCard
   */
  constructor({ api, eventId, orderId, storage, openCard }) {
    this.#api = api;
    this.#eventId = eventId;
    this.#orderId = orderId;
    this.#storage = storage;
    this.#openCard = openCard;
    this.#result = orderResult(part('extras-result', HTMLElement), {
      canOrderMore: () => this.#tickets !== undefined,
      onChoice: (choice) => this.#goOn(choice),
    });
    /** @type {AttemptRunner<OrderAttempt>} */
    this.#runner = new AttemptRunner({
      api: api.orders,
      storage,
      askBank: (clientSecret, closed) => this.#paying.askBank(clientSecret, closed),
      turns: new TabTurns(navigator.locks),
      onChange: (attempt) => this.#onAttempt(attempt),
    });
    part('extras-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#order();
    });
  }

  /** Goes on with an order that a reload interrupted, or another tab has begun, or shows the one that a link names. */
  async resume() {
    const stored = this.#storage.load(this.#eventId);
    const comesFirst = stored && (isOpen(stored) || stored.key === this.#orderId);
    const found = comesFirst ? stored : ((await this.#findLinked()) ?? stored);
    if (found && !this.#runner.attempt) await this.#runner.follow(found);
  }

  /** @returns {Promise<OrderAttempt | undefined>} */
  async #findLinked() {
    if (this.#orderId === undefined) return undefined;
    const answer = await this.#api.orders.find(this.#orderId).catch(() => undefined);
    const isOurs = answer?.status === 200 && answer.body.eventId === this.#eventId;
    return isOurs ? knownOrder(answer.body, Date.now()) : undefined;
  }

  /** Something may have happened while nobody looked. */
  lookNow() {
    this.#runner.lookNow();
    if (!this.#runner.attempt && this.#orderId !== undefined) void this.resume();
    if (this.#tickets) void this.#look();
  }

  /** Another tab was at work. */
  onElsewhere() {
    if (this.#runner.attempt) this.#runner.lookNow();
    // Nothing is chosen here: this page shows what the other one orders.
    else if (this.#choice.count === 0) void this.resume();
  }

  /**
   * @param {Attempt | undefined} tickets what is bought and stands; without it nothing is offered, and an order under way goes on
   */
  offerWith(tickets) {
    const isNew = tickets !== undefined && tickets.key !== this.#tickets?.key;
    this.#tickets = tickets;
    if (isNew) void this.#look();
    this.#show();
  }

  /** The buyer is done with the tickets, and so with their extras. */
  dismiss() {
    this.#runner.dismiss();
  }

  async #look() {
    try {
      const { extras, currency } = await this.#api.extras(this.#eventId);
      this.#currency = currency;
      const fewer = this.#isOpen() ? [] : this.#choice.offer(extras);
      if (fewer.length > 0)
        this.#note(`${listed(fewer.map(({ name }) => name))}: less is left than you chose.`);
    } catch {
      // No connection, or no extras: what was shown stays as it was.
    }
    this.#show();
  }

  #show() {
    const { attempt } = this.#runner;
    const open = this.#isOpen();
    const offered = this.#tickets !== undefined && this.#currency !== '' && this.#choice.extras.length > 0;
    const settled = attempt?.phase === 'confirmed' || attempt?.phase === 'cancelled';
    this.#section.hidden = !offered && !attempt;
    const canOrder = offered && !settled && !open;
    part('extras-title', HTMLElement).textContent = canOrder ? 'Add extras to your tickets' : 'Your extras';
    part('extras-form', HTMLElement).hidden = !canOrder;
    if ((offered || open) && !this.#hasCard) this.#takeCards();
    if (offered) this.#showForm();
  }

  #showForm() {
    const { count, total } = this.#choice;
    const payment = { amount: total, currency: this.#currency };
    const isPaid = total > 0;
    this.#list.show(this.#choice, this.#currency);
    this.#person.show(this.#tickets?.request.buyer);
    this.#paying.show(payment, isPaid);
    part('extras-details', HTMLElement).hidden = count === 0;
    part('extras-total', HTMLElement).textContent = money(total, this.#currency);
    this.#button.disabled = count === 0 || (isPaid && !this.#paying.takesCards);
    this.#button.textContent = count === 0 ? 'Choose your extras first' : label();

    function label() {
      return isPaid ? `Order for ${money(payment.amount, payment.currency)}` : 'Order for free';
    }
  }

  /** Not before it is needed: the card field may come from another host. */
  #takeCards() {
    this.#hasCard = true;
    void this.#openCard(part('extras-cards', HTMLElement)).then((card) => {
      this.#paying.takeCardsBy(card);
      this.#show();
    });
  }

  #isOpen() {
    const { attempt } = this.#runner;
    return attempt !== undefined && isOpen(attempt);
  }

  /**
   * @param {Extra} extra
   * @param {number} quantity
   */
  #choose(extra, quantity) {
    const { attempt } = this.#runner;
    // The result of the last order is about another choice.
    if (attempt?.phase === 'failed') this.#runner.dismiss();
    const taken = this.#choice.choose(extra, quantity);
    this.#note(taken ? '' : `Up to ${MAX_ITEMS} different extras fit into one order.`);
    this.#show();
    const now = this.#choice.quantityOf(extra);
    if (taken) announce(`${now} × ${extra.name}, total ${money(this.#choice.total, this.#currency)}.`);
  }

  async #order() {
    if (this.#button.disabled || this.#reading || this.#isOpen()) return;
    const tickets = this.#tickets;
    const buyer = this.#person.read();
    if (!tickets || !buyer) return;
    const { items, chosen, total } = this.#choice;
    this.#reading = true;
    try {
      const card = await this.#paying.read({ amount: total, currency: this.#currency }, buyer);
      if (!card) return;
      const request = { eventId: this.#eventId, items, buyer, ...card, purchaseId: tickets.key };
      void this.#runner.buy({ of: 'order', request, extras: chosen });
    } finally {
      this.#reading = false;
    }
  }

  /** @param {OrderAttempt | undefined} attempt */
  #onAttempt(attempt) {
    if (attempt?.phase === 'confirmed') this.#choice.clear();
    else if (attempt && isOpen(attempt)) this.#showWhatIsOrdered(attempt);
    this.#show();
    this.#result.show(attempt);
    // What is left has changed, by this order or before it.
    if (this.#tickets && (!attempt || !isRunning(attempt))) void this.#look();
  }

  /** @param {OrderAttempt} attempt also after a reload */
  #showWhatIsOrdered({ request, extras = [] }) {
    if (request.eventId !== this.#eventId) return;
    if (this.#choice.extras.length === 0) this.#choice.offer(extras);
    this.#choice.replace(request.items);
    this.#paying.restore(request.paymentMethod ?? '');
  }

  /** @param {OrderChoice} choice */
  #goOn(choice) {
    switch (choice) {
      case 'send-again':
        return void this.#runner.sendAgain();
      case 'go-to-bank':
        return this.#runner.goToBank();
      case 'try-again':
        if (this.#button.disabled) return this.#list.focus();
        return void this.#order();
      case 'other-card':
        return this.#paying.focus();
      case 'choose-again':
        return this.#list.focus();
      default:
        this.#orderId = undefined;
        this.#runner.dismiss();
        return this.#list.focus();
    }
  }

  /** @param {string} text empty takes it back */
  #note(text) {
    const note = part('extras-note', HTMLElement);
    note.hidden = text === '';
    note.textContent = text;
    if (text) announce(text);
  }
}
