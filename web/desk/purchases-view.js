/**
 * Who has bought, and what an organiser does for them: cancel, and send the tickets again.
 *
 * @import { DeskApi, FoundPurchase } from './desk-api.js'
 * @import { ViewContext } from './router.js'
 */
import { announce } from '../announcer.js';
import { element } from '../element.js';
import { money, seatPlaces, startTime } from '../wording.js';
import { ask } from './dialog.js';
import { decimalPrice, minorUnits } from './draft.js';
import { allIsWell, button, complainOf, field, notice, wordsOf } from './parts.js';

const STATUS_WORDS = {
  ...{ PENDING: 'Under way', AWAITING_AUTHENTICATION: 'Waits for the bank', PAID: 'Under way' },
  ...{ CONFIRMED: 'Sold', COMPENSATING: 'Being undone', FAILED: 'Failed' },
  ...{ CANCELLING: 'Being cancelled', CANCELLED: 'Cancelled' },
};

const REASONS = {
  BUYER_REQUEST: 'The buyer asks for it',
  ORGANISER: 'We have to',
  DISPUTE: 'The payment is disputed: the bank has the money',
  FRAUD: 'Fraud',
};

/** Of a cancelled purchase, those included that nobody chooses. @type {Record<string, string>} */
const REASON_WORDS = {
  ...REASONS,
  REFUNDED: 'Its money was given back by hand',
  EVENT_CANCELLED: 'The event is cancelled',
};

/** @type {Record<string, string>} */
const REFUND_WORDS = {
  NONE: '',
  PENDING: ', on its way',
  SUCCEEDED: '',
  FAILED: ', which the bank does not take',
};

/** @param {ViewContext} context */
export async function showPurchases({ main, api, eventId, signal }) {
  const list = element('ul', { class: 'purchases' });
  const { box, say } = notice();
  const more = button('Show more', () => void load());
  more.hidden = true;
  const search = searchForm(() => {
    list.replaceChildren();
    cursor = undefined;
    void load();
  });
  /** @type {string | undefined} */
  let cursor;
  let loads = 0;
  main.append(
    element(
      'div',
      { class: 'heading' },
      element('h1', {}, 'Purchases'),
      button('Save all as a table', () => void saveTable()),
    ),
    search.form,
    box,
    list,
    more,
  );
  await load();

  async function load() {
    const current = ++loads;
    allIsWell(search.fields);
    say('Looking …', 'busy');
    more.hidden = true;
    try {
      /** @type {FoundPurchase[]} */
      let found = [];
      // A page may have none of those that are wanted, and there may be more all the same.
      do {
        const page = await api.purchases(eventId, {
          ...search.query(),
          ...(cursor !== undefined && { cursor }),
        });
        if (signal.aborted || current !== loads) return;
        [found, cursor] = [page.purchases, page.nextCursor];
      } while (found.length === 0 && cursor !== undefined);
      list.append(...found.map((purchase) => item(purchase, { api, signal })));
      more.hidden = cursor === undefined;
      const count = list.children.length;
      say(
        count === 0
          ? 'There is no such purchase.'
          : `${count} ${count === 1 ? 'purchase' : 'purchases'}${cursor === undefined ? '' : ', and there may be more'}.`,
        'busy',
      );
    } catch (error) {
      if (!signal.aborted && current === loads) complainOf(error, search.fields, say);
    }
  }

  async function saveTable() {
    try {
      say('Collecting …', 'busy');
      /** @type {string[]} */
      const parts = [];
      /** @type {string | undefined} */
      let next;
      do {
        const { text, nextCursor } = await api.purchasesTable(eventId, next);
        if (signal.aborted) return;
        // Each page begins with the names of the columns.
        parts.push(parts.length === 0 ? text : text.slice(text.indexOf('\n') + 1));
        next = nextCursor;
      } while (next !== undefined);
      download(`purchases-${eventId}.csv`, parts.join(''));
      say(
        'The table is saved. It has names and addresses of buyers: keep it no longer than you need it.',
        'good',
      );
    } catch (error) {
      if (!signal.aborted) say(wordsOf(error));
    }
  }
}

/** @param {() => void} onSearch */
function searchForm(onSearch) {
  const [reference, seat, email] = [element('input'), element('input'), element('input', { type: 'email' })];
  const status = element(
    'select',
    {},
    element('option', { value: '' }, 'Any'),
    ...['CONFIRMED', 'CANCELLED', 'CANCELLING', 'AWAITING_AUTHENTICATION', 'FAILED'].map((value) =>
      element('option', { value }, STATUS_WORDS[/** @type {keyof typeof STATUS_WORDS} */ (value)]),
    ),
  );
  const fields = {
    reference: field('Reference', reference),
    seat: field('Seat', seat, { hint: 'As A-12' }),
    email: field('E-mail', email),
    status: field('Status', status),
  };
  const form = element(
    'form',
    { class: 'panel search', role: 'search', novalidate: true },
    ...Object.values(fields).map(({ box }) => box),
    element('button', { class: 'button primary', type: 'submit' }, 'Find'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    onSearch();
  });
  return {
    ...{ form, fields },
    query: () =>
      Object.fromEntries(
        Object.entries({
          reference: reference.value.trim(),
          seat: seat.value.trim().toUpperCase(),
          email: email.value.trim(),
          status: status.value,
        }).filter(([, value]) => value !== ''),
      ),
  };
}

/**
 * @param {FoundPurchase} purchase
 * @param {{ api: DeskApi, signal: AbortSignal }} context
 * @returns {HTMLElement}
 */
function item(purchase, context) {
  const { reference, status, seats, amount, currency, createdAt, buyer, failure } = purchase;
  const made = element(
    'li',
    { class: 'purchase', 'data-reference': reference },
    element(
      'p',
      { class: 'purchase-head' },
      element('strong', {}, reference),
      element('span', { class: 'badge', 'data-status': status }, STATUS_WORDS[status]),
      element('span', { class: 'amount' }, currency === 'XXX' ? '' : money(amount, currency)),
    ),
    element('p', {}, seatPlaces(seats)),
    element(
      'p',
      {},
      buyer ? [buyer.name, buyer.email, buyer.phone].filter(Boolean).join(' · ') : 'The buyer is erased.',
    ),
    element('p', { class: 'hint' }, `Bought ${startTime(createdAt, 'UTC')}`),
    ...(failure ? [element('p', { class: 'hint' }, failure.detail)] : []),
    ...notes(purchase).map((words) => element('p', { class: 'hint' }, words)),
  );
  if (status === 'CONFIRMED')
    made.append(actions(purchase, { ...context, replace: (next) => made.replaceWith(item(next, context)) }));
  return made;
}

/** @param {FoundPurchase} purchase */
function notes({ cancellation, refunded, admitted, disputed, currency }) {
  const notes = [];
  if (cancellation) {
    const { reason, refund, at } = cancellation;
    const back =
      refund.amount === 0
        ? 'nothing goes back'
        : `${money(refund.amount, currency)} back${REFUND_WORDS[refund.status] ?? ''}`;
    notes.push(`${REASON_WORDS[reason] ?? reason}: ${back}. ${startTime(at, 'UTC')}`);
  }
  if (refunded) notes.push(`${money(refunded, currency)} given back by hand.`);
  if (admitted) notes.push(`${admitted} let in.`);
  if (disputed) notes.push('The bank disputes the payment, or has disputed it.');
  return notes;
}

/**
 * @param {FoundPurchase} purchase
 * @param {{ api: DeskApi, signal: AbortSignal, replace: (next: FoundPurchase) => void }} context
 */
function actions(purchase, { api, signal, replace }) {
  const { reference, buyer } = purchase;
  return element(
    'p',
    { class: 'actions' },
    button('Send the tickets again', () => askToSend(purchase, { api, signal, replace }), {
      ...{ class: 'button small', 'aria-label': `Send the tickets again: ${reference}` },
      disabled: !buyer,
    }),
    button('Cancel the purchase', () => askToCancel(purchase, { api, signal, replace }), {
      ...{ class: 'button small danger', 'aria-label': `Cancel the purchase ${reference}` },
    }),
  );
}

/**
 * @param {FoundPurchase} purchase
 * @param {{ api: DeskApi, signal: AbortSignal, replace: (next: FoundPurchase) => void }} context
 */
function askToSend(purchase, { api, signal, replace }) {
  const { reference, buyer } = purchase;
  if (!buyer) return;
  const email = Object.assign(element('input', { type: 'email' }), { value: buyer.email });
  const to = field('To', email, {
    hint: "Another address is the buyer's from now on. The old one hears nothing of it.",
  });
  ask({
    ...{ title: `Send the tickets of ${reference} again`, action: 'Send', signal },
    ...{ contents: [to.box], fields: { email: to } },
    async act() {
      const address = email.value.trim();
      await api.sendTickets(reference, address === buyer.email ? undefined : address);
      replace({ ...purchase, buyer: { ...buyer, email: address } });
      announce('The tickets are on their way.');
    },
  });
}

/**
 * @param {FoundPurchase} purchase
 * @param {{ api: DeskApi, signal: AbortSignal, replace: (next: FoundPurchase) => void }} context
 */
function askToCancel(purchase, { api, signal, replace }) {
  const { reference, seats, amount, currency } = purchase;
  const reason = element(
    'select',
    {},
    ...Object.entries(REASONS).map(([value, words]) => element('option', { value }, words)),
  );
  const back = Object.assign(element('input', { inputmode: 'decimal' }), {
    value: decimalPrice(amount, currency),
  });
  const refund = field(`Give back, in ${currency}`, back, {
    hint: `Of ${money(amount, currency)}, with what was given back by hand before.`,
  });
  reason.addEventListener('change', () => (refund.box.hidden = reason.value === 'DISPUTE'));
  ask({
    ...{ title: `Cancel the purchase ${reference}`, action: 'Cancel the purchase', signal },
    fields: { 'refund.amount': refund },
    contents: [
      element(
        'p',
        {},
        `${seatPlaces(seats)}: the tickets are not valid any more, the seats sell again, and the buyer is told. It cannot be undone.`,
      ),
      field('Why', reason).box,
      refund.box,
    ],
    async act() {
      const given = minorUnits(back.value, currency);
      const isWhole = given === amount || reason.value === 'DISPUTE';
      const cancelled = await api.cancelPurchase(reference, {
        reason: reason.value,
        ...(!isWhole && { refund: { amount: given } }),
      });
      replace({ ...purchase, ...cancelled });
      announce(`The purchase ${reference} is cancelled.`);
    },
  });
}

/**
 * @param {string} name
 * @param {string} text
 */
function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  element('a', { href: url, download: name }).click();
  // The browser has taken hold of it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url));
}
