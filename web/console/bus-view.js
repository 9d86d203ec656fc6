/**
 * Events that were published, who got each, what failed, and what partners outside were told.
 *
 * @import { BusEvent, Delivery, Partner } from './control-routes.js'
 * @import { ViewContext } from './router.js'
 */
import { element } from '../element.js';
import { replayEvent } from './control-routes.js';
import { counted, dateAndTime, logicalName } from './format.js';
import { hrefOfSearch } from './links.js';
import { badge, button, card, code, empty, facts, onNextFrame, table } from './page.js';

/** @param {ViewContext} context */
export function showBus({ main, store, signal }) {
  const nothing = empty('No event yet.');
  const { box, body } = table('Events', ['Event', 'About', 'Delivered to']);
  box.classList.add('card');
  const partners = element('div', { class: 'durable' });
  main.append(
    element('header', { class: 'view-header' }, element('h1', {}, 'Events')),
    box,
    nothing,
    partners,
  );

  const draw = () => {
    body.replaceChildren(...store.bus.map(eventRow));
    nothing.hidden = store.bus.length > 0;
    box.hidden = store.bus.length === 0;
    partners.replaceChildren(...store.partners.map(partnerCard));
  };
  store.on(['bus', 'partners'], onNextFrame(draw, signal), signal);
  draw();
}

/** @param {ViewContext} context */
export function showBusEvent({ main, store, id, signal }) {
  const content = element('div', { class: 'durable' });
  main.append(content);
  const draw = () => {
    const events = store.bus.filter((event) => event.id === id);
    content.replaceChildren(
      ...(events.length > 0 ? parts(events) : [empty(store.loaded ? `There is no event ${id}.` : 'Loading')]),
    );
  };
  store.on(['bus'], onNextFrame(draw, signal), signal);
  draw();
}

/** @param {BusEvent} event */
function eventRow(event) {
  const { id, time, detail, deliveries } = event;
  const link = element('a', { href: `#/events/${encodeURIComponent(id)}` }, event['detail-type']);
  const when = [dateAndTime(time), ...(event['replay-name'] ? ['replayed'] : [])].join(', ');
  return element(
    'tr',
    { 'data-event': id },
    element('th', { scope: 'row' }, link, element('p', { class: 'note' }, when)),
    element('td', {}, about(detail)),
    element('td', {}, ...(deliveries.length === 0 ? ['No rule matches it'] : deliveries.map(deliveryBadge))),
  );
}

/**
 * What it is about: a sale leads to where it is found.
 *
 * @param {BusEvent['detail']} detail
 */
function about({ reference, id }) {
  if (!reference) return element('span', { class: 'mono' }, String(id ?? ''));
  const text = String(reference);
  return element('a', { class: 'mono', href: hrefOfSearch(text) }, text);
}

/**
 * The event, and each time that it was sent: first, and when it was replayed.
 *
 * @param {readonly BusEvent[]} events newest first
 */
function parts(events) {
  const [event] = /** @type {[BusEvent]} */ (events.slice(-1));
  return [
    element('header', { class: 'view-header' }, element('h1', {}, event['detail-type'])),
    card(
      'Event',
      {},
      facts([
        ['Published', dateAndTime(event.time)],
        ['Source', event.source],
        ['Bus', event.bus],
        ...(event.detail.reference ? [/** @type {[string, Node]} */ (['About', about(event.detail)])] : []),
        ['Id', element('span', { class: 'mono' }, event.id)],
      ]),
      code('Detail', event.detail),
      element(
        'p',
        { class: 'actions' },
        button('Replay to all rules', () => replayEvent(event.id)),
      ),
    ),
    ...events.map((each, index) => deliveriesCard(each, events.length - 1 - index)),
  ];
}

/**
 * @param {BusEvent} event
 * @param {number} replay which one; 0 for the first time
 */
function deliveriesCard(event, replay) {
  const { id, deliveries } = event;
  const title = replay > 0 ? `Deliveries of replay ${replay}` : 'Deliveries';
  const { box, body } = table(title, ['Rule', 'Target', 'Status', 'Attempts', 'Then', 'Once more']);
  body.append(...deliveries.map((delivery) => deliveryRow(id, delivery)));
  const note = event['replay-name'];
  return card(title, { note }, deliveries.length > 0 ? box : empty('No rule matches it.'));
}

/**
 * @param {string} id
 * @param {Delivery} delivery
 */
function deliveryRow(id, delivery) {
  const { rule, targetArn, attempts } = delivery;
  const label = `Replay to ${logicalName(rule)}`;
  return element(
    'tr',
    { 'data-rule': rule },
    element('th', { scope: 'row' }, logicalName(rule)),
    element('td', { class: 'mono' }, targetOf(targetArn)),
    element('td', {}, statusBadge(delivery.status)),
    element('td', { class: 'number' }, String(attempts)),
    element('td', {}, whatThen(delivery)),
    element(
      'td',
      {},
      button('Replay', () => replayEvent(id, rule), { 'aria-label': label }),
    ),
  );
}

/** @param {Delivery} delivery */
function whatThen({ status, error, retriesAt, settledAt }) {
  const failure = error ? `${error.code}: ${error.message}` : '';
  if (retriesAt) return `tried again at ${dateAndTime(retriesAt)} · ${failure}`;
  if (status === 'delivered' && settledAt) return dateAndTime(settledAt);
  return failure;
}

/** @param {Delivery} delivery */
function deliveryBadge({ rule, status }) {
  return badge(toneOf(status), `${logicalName(rule)} ${status}`);
}

/** @param {Delivery['status']} status */
function statusBadge(status) {
  return badge(toneOf(status), status);
}

/** @param {Delivery['status']} status */
function toneOf(status) {
  return { delivered: 'good', failed: 'bad', pending: 'warn' }[status];
}

/** @param {string} arn */
function targetOf(arn) {
  const [, , service, , , ...name] = arn.split(':');
  return `${service} ${logicalName(
    name
      .join(':')
      .replace(/^[a-z-]+[/:]/, '')
      .replace(/\/[0-9a-f-]{36}$/, ''),
  )}`;
}

/** @param {Partner} partner */
function partnerCard({ name, mode, requests }) {
  const { box, body } = table(`What ${name} was told`, ['Request', 'Answer', 'Body']);
  body.append(
    ...requests.map(({ method, path, receivedAt, status, body: told }) =>
      element(
        'tr',
        {},
        element(
          'th',
          { scope: 'row' },
          `${method} ${path}`,
          element('p', { class: 'note' }, dateAndTime(receivedAt)),
        ),
        element('td', {}, badge(status < 300 ? 'good' : 'bad', String(status))),
        element('td', { class: 'mono' }, JSON.stringify(told)),
      ),
    ),
  );
  const down =
    mode.status || mode.seconds
      ? `Answers ${mode.status ?? 200} after ${counted(mode.seconds ?? 0, 'second')}`
      : undefined;
  return card(`Partner ${name}`, { note: down }, requests.length > 0 ? box : empty('Nothing yet.'));
}
