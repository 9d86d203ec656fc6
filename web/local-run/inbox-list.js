/** @import { InboxMessage, LocalControl } from './control.js' */
import { element, part } from '../element.js';
import { clockTime } from '../wording.js';

const CHANNELS = { email: 'E-mail', sms: 'Text message', push: 'Push' };
const SHOWN = 20;

/** What the buyers received: e-mails, text messages, push notifications. */
export class InboxList {
  #control;
  #list = part('inbox', HTMLElement);
  #ids = '';

  /** @param {LocalControl} control */
  constructor(control) {
    this.#control = control;
  }

  async refresh() {
    const messages = (await this.#control.inbox()).slice(0, SHOWN);
    const ids = messages.map(({ id }) => id).join();
    // Nothing new: what is unfolded stays so.
    if (ids === this.#ids) return;
    this.#ids = ids;
    const open = new Set([...this.#list.querySelectorAll('details[open]')].map(({ id }) => id));
    this.#list.replaceChildren(...messages.map((message) => entry(message, open.has(message.id))));
    part('inbox-empty', HTMLElement).hidden = messages.length > 0;
  }
}

/**
 * @param {InboxMessage} message
 * @param {boolean} open
 */
function entry({ id, channel, to, subject, text = '', receivedAt }, open) {
  return element(
    'details',
    { id, open },
    element(
      'summary',
      {},
      element('span', { class: 'tag' }, CHANNELS[channel]),
      element('span', { class: 'entry-title' }, subject ?? text.split('\n', 1)[0] ?? ''),
      element('span', { class: 'entry-note' }, `to ${to}, ${clockTime(receivedAt)}`),
    ),
    element('p', { class: 'message' }, ...withLinks(text)),
  );
}

/** @param {string} text */
function withLinks(text) {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((piece) =>
      /^https?:/.test(piece) ? element('a', { href: piece, target: '_blank' }, piece) : piece,
    );
}
