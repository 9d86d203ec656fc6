/**
 * What people received.
 *
 * @import { InboxMessage } from './control-routes.js'
 * @import { ViewContext } from './router.js'
 */
import { CHANNELS } from '../channels.js';
import { element } from '../element.js';
import { mailPath } from './control-routes.js';
import { timeOfDay } from './format.js';
import { hrefOfSale, hrefOfSearch } from './links.js';
import { arrange, badge, button, card, code, empty, facts, onNextFrame } from './page.js';
import { saleNamedIn } from './sale-records.js';

/** @typedef {'text' | 'html' | 'raw'} Form */

/** @param {ViewContext} context */
export function showInbox({ main, store, id, signal }) {
  const list = element('ul', { class: 'messages', 'aria-label': 'Messages' });
  const nothing = empty('Nothing was sent yet.');
  const reading = element('div', { class: 'slot' });
  /** @type {Map<string, HTMLElement>} */
  const items = new Map();
  let read = '';

  main.append(
    element('header', { class: 'view-header' }, element('h1', {}, 'Inbox')),
    element('div', { class: 'pair inbox' }, element('div', {}, list, nothing), reading),
  );
  store.on(['inbox'], onNextFrame(draw, signal), signal);
  draw();

  function draw() {
    for (const message of store.inbox) {
      if (!items.has(message.id)) items.set(message.id, entry(message));
    }
    arrange(
      list,
      store.inbox.map((message) => /** @type {HTMLElement} */ (items.get(message.id))),
    );
    nothing.hidden = store.inbox.length > 0;
    const message = store.inbox.find((each) => each.id === id) ?? store.inbox[0];
    if (!message) reading.replaceChildren();
    // What is being read stays when another message comes.
    else if (read === '' || !store.inbox.some((each) => each.id === read)) {
      read = message.id;
      reading.replaceChildren(opened(message));
      items.get(read)?.querySelector('a')?.setAttribute('aria-current', 'true');
    }
  }
}

/**
 * @param {InboxMessage} message
 */
function entry({ id, channel, to, subject, text = '', receivedAt }) {
  return element(
    'li',
    {},
    element(
      'a',
      { href: `#/inbox/${id}` },
      badge('plain', CHANNELS[channel].label),
      element('strong', {}, subject ?? text.split('\n', 1)[0] ?? ''),
      element('span', { class: 'note' }, `${to}, ${timeOfDay(receivedAt)}`),
    ),
  );
}

/** @param {InboxMessage} message */
function opened(message) {
  const { channel, to, from, subject, text, html, messageId } = message;
  const body = element('div', { class: 'message-body' });
  /** @type {{ form: Form, label: string }[]} */
  const forms = [
    ...(html ? [{ form: /** @type {Form} */ ('html'), label: 'HTML' }] : []),
    ...(text ? [{ form: /** @type {Form} */ ('text'), label: 'Text' }] : []),
    { form: 'raw', label: 'Raw' },
  ];
  const buttons = forms.map(({ form, label }) =>
    button(label, () => show(form), { class: 'segment', 'data-form': form }),
  );
  const show = (/** @type {Form} */ form) => {
    for (const each of buttons) each.setAttribute('aria-pressed', String(each.dataset.form === form));
    body.replaceChildren(bodyOf(message, form));
  };
  show(forms[0]?.form ?? 'raw');
  return card(
    subject ?? CHANNELS[channel].label,
    { class: 'message' },
    facts([
      ...(from ? [/** @type {[string, string]} */ (['From', from])] : []),
      ['To', to],
      ...about(message),
      ['Message id', messageId],
    ]),
    element('div', { class: 'segments', role: 'group', 'aria-label': 'Form' }, ...buttons),
    body,
  );
}

/**
 * What it is about, if it names a sale.
 *
 * @param {InboxMessage} message
 * @returns {[string, Node][]}
 */
function about(message) {
  const { sale, reference } = saleNamedIn(message);
  if (sale) return [['About', element('a', { href: hrefOfSale(sale) }, `the ${sale.kind}`)]];
  return reference ? [['About', element('a', { href: hrefOfSearch(reference) }, reference)]] : [];
}

/**
 * @param {InboxMessage} message
 * @param {Form} form
 */
function bodyOf(message, form) {
  const { id, text = '', raw } = message;
  if (form === 'raw') return code('Raw message', raw ?? message);
  if (form === 'text') return element('p', { class: 'text' }, ...withLinks(text));
  // The e-mail is untrusted: no script, no form, no access to this origin. Its links open in new tabs.
  return element('iframe', {
    ...{ title: 'The message in HTML', src: mailPath(id) },
    sandbox: 'allow-popups allow-popups-to-escape-sandbox',
  });
}

/** @param {string} text */
function withLinks(text) {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((piece) =>
      /^https?:/.test(piece) ? element('a', { href: piece, target: '_blank' }, piece) : piece,
    );
}
