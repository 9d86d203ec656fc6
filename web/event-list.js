/** @import { EventSummary } from './api.js' */
import { element, part } from './element.js';
import { priceFrom, startTime } from './wording.js';

/**
 * The programme, when there is more than one event: the current one is marked.
 *
 * @param {readonly EventSummary[]} events
 * @param {string | undefined} current event id
 */
export function showEventList(events, current) {
  part('events', HTMLElement).hidden = events.length < 2;
  part('event-list', HTMLUListElement).replaceChildren(
    ...events.map(({ eventId, name, venue, startsAt, timeZone, priceFrom: price, currency, status }) =>
      element(
        'li',
        {},
        element(
          'a',
          {
            href: `?event=${encodeURIComponent(eventId)}`,
            'aria-current': eventId === current ? 'page' : undefined,
          },
          element('strong', {}, name),
          element('span', {}, `${venue}, ${startTime(startsAt, timeZone)}`),
          status === 'CANCELLED'
            ? element('span', { class: 'cancelled' }, 'Cancelled')
            : element('span', {}, priceFrom(price, currency)),
        ),
      ),
    ),
  );
}
