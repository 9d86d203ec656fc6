/** @import { ViewContext } from './router.js' */
import { element } from '../element.js';
import { priceFrom, startTime } from '../wording.js';
import { linkTo } from './router.js';

const STATUS_WORDS = {
  SCHEDULED: 'Not on sale yet',
  ON_SALE: 'On sale',
  CLOSED: 'Sale is over',
  CANCELLED: 'Cancelled',
};

/** Every event, the next one first. @param {ViewContext} context */
export async function showEvents({ main, api, signal }) {
  const events = await api.public.listEvents();
  if (signal.aborted) return;
  events.sort((one, other) => Date.parse(one.startsAt) - Date.parse(other.startsAt));
  main.append(
    element(
      'div',
      { class: 'heading' },
      element('h1', {}, 'Events'),
      element('a', { class: 'button primary', href: linkTo() }, 'New event'),
    ),
    ...(events.length === 0 ? [element('p', { class: 'hint' }, 'There is no event yet.')] : []),
    element(
      'ul',
      { class: 'events' },
      ...events.map(
        ({ eventId, name, venue, startsAt, timeZone, status, seats, priceFrom: price, currency }) =>
          element(
            'li',
            {},
            element(
              'a',
              { href: linkTo(eventId) },
              element('strong', {}, name),
              element('span', {}, `${startTime(startsAt, timeZone)} · ${venue}`),
              element('span', {}, `${seats.toLocaleString('en-GB')} seats, ${priceFrom(price, currency)}`),
              element('span', { class: 'badge', 'data-status': status }, STATUS_WORDS[status]),
            ),
          ),
      ),
    ),
  );
}
