/**
 * An event and its map, to be created and changed. What somebody else saves meanwhile is not lost: it is taken over, and said.
 *
 * @import { SeatStatus } from '../api.js'
 * @import { DeskApi, Layout } from './desk-api.js'
 * @import { Draft } from './draft.js'
 * @import { Change } from './merge.js'
 * @import { ViewContext } from './router.js'
 *
 * @typedef {{ layout: Layout, tag: string }} Base  What was read, and which state of the event it was.
 */
import { element } from '../element.js';
import { watchSeats } from '../seat-watch.js';
import { money, startTime } from '../wording.js';
import { Refusal } from './desk-api.js';
import { draftOf, layoutOf, newDraft } from './draft.js';
import { EventForm } from './event-form.js';
import { MarkedMap } from './marked-map.js';
import { isSame, merge } from './merge.js';
import { mistakesIn } from './mistakes.js';
import { button, field, notice, wordsOf } from './parts.js';
import { linkTo } from './router.js';

/** What buyers are told of, if they are. */
const TOLD = /** @type {const} */ (['name', 'venue', 'startsAt', 'doorsOpenAt', 'endsAt', 'timeZone']);

/** Milliseconds for which nobody types before the map is drawn anew. */
const PAUSE = 250;

const FIELD_WORDS = {
  ...{ name: 'Name', venue: 'Venue', startsAt: 'Start', timeZone: 'Time zone', doorsOpenAt: 'Doors' },
  ...{ endsAt: 'End', saleOpensAt: 'Opening of the sale', saleClosesAt: 'Close of the sale' },
  ...{ currency: 'Currency', tiers: 'Prices', sections: 'Sections and rows' },
  ...{ blocked: 'Blocked seats', accessible: 'Accessible seats' },
};

/** What is not saved yet, by event, for whoever looks at another view meanwhile. @type {Map<string, { draft: Draft, base: Base | undefined }>} */
const unsaved = new Map();

addEventListener('beforeunload', (event) => {
  if (unsaved.size > 0) event.preventDefault();
});

/** @param {ViewContext} context */
export async function showEditor({ main, api, eventId, signal }) {
  const kept = unsaved.get(eventId);
  const base = kept?.base ?? (await api.layout(eventId));
  if (signal.aborted) return;
  new EventEditor({ main, api, eventId, signal, base, draft: kept?.draft ?? draftOf(base.layout) });
}

/** @param {ViewContext} context */
export function showNewEvent({ main, api, signal }) {
  new EventEditor({
    main,
    api,
    eventId: '',
    signal,
    base: undefined,
    draft: unsaved.get('')?.draft ?? newDraft(),
  });
}

class EventEditor {
  /** @type {DeskApi} */
  #api;
  /** @type {AbortSignal} */
  #signal;
  /** Empty until a new event has one. @type {string} */
  #eventId;
  /** @type {Base | undefined} */
  #base;
  /** @type {Draft} */
  #draft;
  #form;
  #map;
  #id = field('Id of the event', element('input', { autocapitalize: 'none', maxlength: '64' }), {
    hint: 'In the addresses of its pages: small letters, digits and hyphens. It stays.',
  });
  #title = element('h1');
  #sides;
  #notify = element('input', { type: 'checkbox' });
  #notifyBox = element(
    'div',
    { class: 'notify', hidden: true },
    element('label', {}, this.#notify, ' Tell every buyer'),
    element(
      'p',
      { class: 'hint' },
      'Each buyer hears by e-mail, text message or push what was and what is, and gets a new ticket. The old ticket stays valid. ' +
        'Without the tick nobody is told of this change.',
    ),
  );
  #notice = notice();
  #others = element('div', { class: 'others', role: 'status' });
  #saveButton = element('button', { type: 'submit', class: 'button primary' }, 'Save');
  #undoButton = button('Undo all changes', () => this.#undo());
  #isSaving = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #drawing;

  /** @param {{ main: HTMLElement, api: DeskApi, eventId: string, signal: AbortSignal, base: Base | undefined, draft: Draft }} parts */
  constructor({ main, api, eventId, signal, base, draft }) {
    [this.#api, this.#signal, this.#eventId] = [api, signal, eventId];
    [this.#base, this.#draft] = [base, draft];
    this.#form = new EventForm(draft, () => this.#onChange());
    this.#map = new MarkedMap(
      draft,
      (section) => this.#taken(section),
      () => this.#onChange(0),
    );
    this.#sides = element(
      'div',
      { class: 'sides' },
      element('div', { class: 'form-side' }, ...(base ? [] : [this.#id.box]), this.#form.box),
      element('div', { class: 'map-side' }, this.#map.box),
    );
    const actions = element(
      'div',
      { class: 'actions' },
      this.#saveButton,
      ...(base ? [this.#undoButton] : []),
    );
    const bar = element(
      'div',
      { class: 'save-bar' },
      this.#others,
      this.#notifyBox,
      actions,
      this.#notice.box,
    );
    const form = element('form', { class: 'editor', novalidate: true }, this.#sides, bar);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#save();
    });
    main.replaceChildren(this.#title, form);
    this.#title.textContent = base ? base.layout.name : 'New event';
    this.#map.open(this.#layout);
    watchSeats(() => this.#map.look(), signal);
    this.#onChange(0);
  }

  get #layout() {
    return layoutOf(this.#draft, this.#base?.layout);
  }

  /**
   * @param {string | undefined} section
   * @returns {Promise<Map<string, SeatStatus>>}
   */
  async #taken(section) {
    /** @type {Map<string, SeatStatus>} */
    const taken = new Map();
    if (!this.#base) return taken;
    // A text of our own, so that no cache in between answers.
    const look = { after: crypto.randomUUID(), ...(section !== undefined && { section }) };
    for (const { seatId, status } of (await this.#api.public.seatMap(this.#eventId, look)).seats) {
      if (status === 'HELD' || status === 'SOLD') taken.set(seatId, status);
    }
    return taken;
  }

  /** @param {number} [pause] milliseconds */
  #onChange(pause = PAUSE) {
    clearTimeout(this.#drawing);
    const layout = this.#layout;
    const base = this.#base?.layout;
    this.#drawing = setTimeout(() => {
      if (this.#signal.aborted) return;
      this.#map.show(layout);
      this.#notifyBox.hidden = !base || TOLD.every((name) => isSame(base[name], layout[name]));
    }, pause);
    const isChanged = !isSame(base ?? layoutOf(newDraft()), layout);
    this.#undoButton.hidden = !isChanged;
    if (isChanged) unsaved.set(this.#eventId, { draft: this.#draft, base: this.#base });
    else unsaved.delete(this.#eventId);
  }

  /**
   * Goes on with another draft, made from what is stored now.
   *
   * @param {Draft} draft
   * @param {Base} base
   */
  #goOnWith(draft, base) {
    [this.#draft, this.#base] = [draft, base];
    this.#title.textContent = base.layout.name;
    this.#others.replaceChildren();
    this.#form.use(draft);
    this.#map.use(draft);
    this.#onChange(0);
  }

  #undo() {
    if (!this.#base) return;
    this.#goOnWith(draftOf(this.#base.layout), this.#base);
    this.#notice.say('It is as it was saved.', 'good');
    this.#saveButton.focus();
  }

  async #save() {
    const eventId = this.#base ? this.#eventId : this.#id.control.value.trim();
    this.#id.complain(eventId === '' ? 'Choose an id.' : '');
    if (eventId === '') return this.#id.control.focus();
    if (this.#isSaving) return;
    const layout = this.#layout;
    const notifiesBuyers = !this.#notifyBox.hidden && this.#notify.checked;
    this.#lock(true);
    this.#notice.say(
      'Saving. It takes up to 20 seconds until new seats and prices are in force everywhere.',
      'busy',
    );
    try {
      await this.#api.putEvent(eventId, layout, {
        ...(this.#base && { tag: this.#base.tag }),
        notifiesBuyers,
      });
      await this.#onSaved(eventId, notifiesBuyers);
    } catch (error) {
      await this.#onRefused(error, layout);
    } finally {
      this.#lock(false);
    }
  }

  /**
   * @param {string} eventId
   * @param {boolean} notifiesBuyers
   */
  async #onSaved(eventId, notifiesBuyers) {
    unsaved.delete(this.#eventId);
    if (this.#signal.aborted) return;
    if (!this.#base) return void (location.hash = linkTo(eventId));
    const base = await this.#api.layout(eventId);
    this.#goOnWith(draftOf(base.layout), base);
    // The next change is another question.
    this.#notify.checked = false;
    this.#notice.say(notifiesBuyers ? 'Saved. Buyers are being told.' : 'Saved.', 'good');
    this.#saveButton.focus();
  }

  /**
   * @param {unknown} error
   * @param {Layout} layout what was sent
   */
  async #onRefused(error, layout) {
    const { say } = this.#notice;
    if (!(error instanceof Refusal)) {
      return say(`${wordsOf(error)} Nobody knows whether it is saved: saving again does no harm.`);
    }
    if (error.code === 'EVENT_CHANGED' && this.#base) return this.#mergeWithOthers(this.#base, layout);
    if (error.code === 'EVENT_CHANGED') {
      say('Not saved.');
      this.#id.complain(error.message);
      this.#lock(false);
      return this.#id.control.focus();
    }
    if (error.code !== 'VALIDATION') return say(`Not saved. ${error.message}`);
    // What is inert cannot have the focus, which the first mistake gets.
    this.#lock(false);
    const mistakes = mistakesIn(error.message);
    for (const { path, words } of mistakes) if (path === 'eventId') this.#id.complain(words);
    const others = this.#form.complain(
      mistakes.filter(({ path }) => path !== 'eventId'),
      layout,
    );
    say(['Not saved.', ...others.map(({ path, words }) => `${path} ${words}`.trim())].join(' '));
  }

  /**
   * @param {Base} base
   * @param {Layout} mine
   */
  async #mergeWithOthers(base, mine) {
    const theirs = await this.#api.layout(this.#eventId).catch(() => undefined);
    if (!theirs)
      return this.#notice.say('Not saved: somebody else has saved the event meanwhile. Save again.');
    const { merged, takenOver, disputed } = merge(base.layout, mine, theirs.layout);
    this.#goOnWith(draftOf(merged), theirs);
    // A request whose answer was lost, and is repeated.
    if (isSame(merged, theirs.layout)) return this.#notice.say('It is saved as you have it here.', 'good');
    this.#others.replaceChildren(
      element('p', {}, element('strong', {}, 'Somebody else has saved the event meanwhile.')),
      ...changes('Taken over into your edit:', takenOver, theirs.layout),
      ...changes(
        'You have changed these, too. Saved again, yours stand in their place:',
        disputed,
        theirs.layout,
      ),
    );
    this.#notice.say('Not saved yet. Look at what has changed, then save again.');
    this.#saveButton.focus();
  }

  /** While it is saved, what is typed would be lost. @param {boolean} saving */
  #lock(saving) {
    this.#isSaving = saving;
    this.#sides.inert = saving;
    this.#saveButton.ariaDisabled = String(saving);
  }
}

/**
 * @param {string} title
 * @param {readonly Change[]} found
 * @param {Layout} now
 */
function changes(title, found, now) {
  if (found.length === 0) return [];
  return [
    element('p', {}, title),
    element('ul', {}, ...found.map((change) => element('li', {}, changeWords(change, now)))),
  ];
}

/**
 * @param {Change} change
 * @param {Layout} now
 */
function changeWords({ field: name, before, theirs }, { timeZone = 'UTC', currency }) {
  const label = FIELD_WORDS[name];
  if (name === 'blocked' || name === 'accessible') {
    const [was, is] = [before, theirs].map((each) => /** @type {string[]} */ (each ?? []));
    return `${label}: ${was?.length} before, ${is?.length} now`;
  }
  if (name === 'tiers') {
    const tiers = /** @type {Layout['tiers']} */ (theirs);
    return `${label}: ${tiers.map(({ tier, price }) => `${tier} ${money(price, currency)}`).join(', ')}`;
  }
  if (name === 'sections') return `${label}: theirs are others`;
  const words = (/** @type {unknown} */ value) => {
    if (value === undefined) return 'nothing';
    return name.endsWith('At') ? startTime(String(value), timeZone) : `“${String(value)}”`;
  };
  return `${label}: ${words(before)} before, ${words(theirs)} now`;
}
