/**
 * What was given up: dead letters and escalations, with a redrive; and how many messages each other queue has.
 *
 * @import { Queue, QueuedMessage } from './control-routes.js'
 * @import { ViewContext } from './router.js'
 */
import { element } from '../element.js';
import { redriveQueue } from './control-routes.js';
import { holdsWhatWasGivenUp, isEscalations, isRedrivable, readEscalation } from './escalation.js';
import { counted, dateAndTime, logicalName } from './format.js';
import { hrefOfSearch } from './links.js';
import { arrange, badge, button, card, code, empty, onNextFrame, table } from './page.js';
import { referenceOfHash } from './reference.js';

/** @param {ViewContext} context */
export function showQueues({ main, store, id, signal }) {
  const cards = element('div', { class: 'durable' });
  const others = element('div', { class: 'other-queues' });
  const nothing = empty('');
  /** What the last redrive of a queue said. @type {Map<string, string[]>} */
  const said = new Map();
  /** @type {Map<string, { shown: string, section: HTMLElement }>} */
  let sections = new Map();
  main.append(
    ...(id ? [element('p', {}, element('a', { href: '#/queues', class: 'back' }, 'All queues'))] : []),
    element('header', { class: 'view-header' }, element('h1', {}, id ? logicalName(id) : 'Queues')),
    ...[cards, nothing, others],
  );
  const redraw = onNextFrame(draw, signal);
  store.on(['queues'], redraw, signal);
  draw();

  function draw() {
    const { queues } = store;
    const isShown = (/** @type {Queue} */ queue) =>
      id
        ? queue.name === id
        : holdsWhatWasGivenUp(queue, queues) && (sizeOf(queue) > 0 || said.has(queue.name));
    const wanted = queues
      .filter(isShown)
      .toSorted((one, other) => Number(isEscalations(other)) - Number(isEscalations(one)));
    sections = new Map(wanted.map((queue) => [queue.name, sectionOf(queue)]));
    arrange(
      cards,
      [...sections.values()].map(({ section }) => section),
    );
    const rest = id ? [] : queues.filter((queue) => !wanted.includes(queue));
    others.replaceChildren(...(rest.length > 0 ? [othersCard(rest)] : []));
    nothing.hidden = wanted.length > 0;
    nothing.textContent = !store.loaded
      ? 'Loading …'
      : id
        ? 'There is no such queue.'
        : 'Nothing was given up: there are no dead letters, and no escalations.';
  }

  /**
   * The one that is there, if it shows the same: it keeps the focus, and what is unfolded.
   *
   * @param {Queue} queue
   */
  function sectionOf(queue) {
    const words = said.get(queue.name) ?? [];
    const shown = JSON.stringify([queue, words]);
    const there = sections.get(queue.name);
    return there?.shown === shown ? there : { shown, section: queueCard(queue, words) };
  }

  /**
   * @param {Queue} queue
   * @param {number} size
   */
  function toneOf(queue, size) {
    if (size === 0) return 'good';
    return holdsWhatWasGivenUp(queue, store.queues) ? 'bad' : 'busy';
  }

  /**
   * @param {Queue} queue
   * @param {readonly string[]} words
   */
  function queueCard(queue, words) {
    const { name, deadLettersOf, messages } = queue;
    const size = sizeOf(queue);
    const what = isEscalations(queue)
      ? 'What no compensation could undo'
      : deadLettersOf.length > 0
        ? `Given up by ${deadLettersOf.map(logicalName).join(', ')}`
        : holdsWhatWasGivenUp(queue, store.queues)
          ? 'Given up by a rule, a pipe or a function'
          : 'A function takes what comes';
    const list = element('ul', { class: 'letters' }, ...messages.map((message) => letter(queue, message)));
    const redrive = button(
      'Redrive',
      async () => {
        said.delete(name);
        said.set(name, await redriveQueue(name));
        redraw();
      },
      { 'aria-label': `Redrive ${logicalName(name)}` },
    );
    redrive.disabled = size === 0;
    return card(
      logicalName(name),
      { note: what },
      element(
        'p',
        { class: 'actions' },
        badge(toneOf(queue, size), size > 0 ? counted(size, 'message') : 'empty'),
        ...(isRedrivable(queue) ? [redrive] : []),
        ...(isRedrivable(queue) || size === 0 || !holdsWhatWasGivenUp(queue, store.queues)
          ? []
          : [element('a', { href: '#/events' }, 'No queue to go back to: replay the events')]),
      ),
      ...(words.length > 0
        ? [element('p', { class: 'redriven note', role: 'status' }, words.join('\n'))]
        : []),
      ...(size > 0 ? [list] : []),
      ...(size > messages.length
        ? [element('p', { class: 'note' }, `The oldest ${messages.length} of them are listed.`)]
        : []),
    );
  }
}

/**
 * @param {Queue} queue
 * @param {QueuedMessage} message
 */
function letter(queue, message) {
  const { attributes, body, id, receiveCount, sentAt } = message;
  const escalation = isEscalations(queue) ? readEscalation(message) : undefined;
  const failure = attributes.ERROR_MESSAGE ?? attributes.ErrorMessage;
  const title = escalation?.words ?? failure ?? body.slice(0, 80);
  return element(
    'li',
    { 'data-message': id },
    element('strong', {}, title),
    ...(escalation?.hash
      ? [' ', element('a', { href: hrefOfSearch(escalation.hash) }, referenceOfHash(escalation.hash))]
      : []),
    element('p', { class: 'note' }, `${dateAndTime(sentAt)}, received ${counted(receiveCount, 'time')}`),
    element(
      'details',
      {},
      element('summary', {}, 'Message'),
      code(`Message ${id}`, body),
      ...(Object.keys(attributes).length > 0 ? [code(`Attributes of ${id}`, attributes)] : []),
    ),
  );
}

/** @param {readonly Queue[]} queues */
function othersCard(queues) {
  const { box, body } = table('Other queues', [
    'Queue',
    'Waiting',
    'In flight',
    'Delayed',
    'Dead letters of',
  ]);
  body.append(
    ...queues.map(({ name, visible, inFlight, delayed, deadLettersOf }) =>
      element(
        'tr',
        { 'data-queue': name },
        element(
          'th',
          { scope: 'row' },
          element('a', { href: `#/queues/${encodeURIComponent(name)}` }, logicalName(name)),
        ),
        ...[visible, inFlight, delayed].map((count) => element('td', { class: 'number' }, String(count))),
        element('td', {}, deadLettersOf.map(logicalName).join(', ')),
      ),
    ),
  );
  return card('Other queues', { note: 'Empty, or a function takes what comes' }, box);
}

/** @param {Queue} queue */
function sizeOf({ visible, inFlight, delayed }) {
  return visible + inFlight + delayed;
}
