/** @import { SeatMap } from './api.js' */
import { element, part } from './element.js';
import { calendarDay, priceFrom, startTime } from './wording.js';

/** @param {SeatMap} event */
export function showEventHeader({ name, venue, startsAt, timeZone, tiers, currency, ...sale }) {
  document.title = `${name} – EventPro`;
  part('event-name', HTMLElement).textContent = name;
  part('event-facts', HTMLElement).replaceChildren(
    element('span', {}, venue),
    element('time', { datetime: startsAt }, startTime(startsAt, timeZone)),
    element('span', {}, priceFrom(Math.min(...tiers.map(({ price }) => price)), currency)),
  );
  const hours = part('event-sale', HTMLElement);
  const words = saleHours({ ...sale, timeZone });
  hours.hidden = words === '';
  if (hours.textContent !== words) hours.textContent = words;
  const { day, month } = calendarDay(startsAt, timeZone);
  // Said in full beside it.
  part('event-day', HTMLElement).replaceChildren(element('span', {}, month), element('strong', {}, day));
}

/**
 * When it can be bought, where that is not now.
 *
 * @param {Pick<SeatMap, 'status' | 'saleOpensAt' | 'saleClosesAt' | 'timeZone'>} sale
 */
function saleHours({ status, saleOpensAt, saleClosesAt, timeZone }) {
  if (status === 'CANCELLED') return 'The event is cancelled.';
  if (status === 'SCHEDULED' && saleOpensAt) return `The sale opens on ${startTime(saleOpensAt, timeZone)}.`;
  if (status === 'CLOSED') return `The sale closed on ${startTime(saleClosesAt, timeZone)}.`;
  return '';
}
