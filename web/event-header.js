/** @import { SeatMap } from './api.js' */
import { element, part } from './element.js';
import { calendarDay, priceFrom, startTime } from './wording.js';

/** @param {SeatMap} event */
export function showEventHeader({ name, venue, startsAt, timeZone, tiers, currency, cancellation, ...sale }) {
  document.title = `${name} – EventPro`;
  part('event-name', HTMLElement).textContent = name;
  part('event-facts', HTMLElement).replaceChildren(
    element('span', {}, venue),
    element('time', { datetime: startsAt }, startTime(startsAt, timeZone)),
    ...(sale.status === 'CANCELLED'
      ? []
      : [element('span', {}, priceFrom(Math.min(...tiers.map(({ price }) => price)), currency))]),
  );
  const hours = part('event-sale', HTMLElement);
  const words = saleHours({ ...sale, timeZone, cancellation });
  hours.hidden = words === '';
  if (hours.textContent !== words) hours.textContent = words;
  const said = part('event-words', HTMLElement);
  said.hidden = cancellation === undefined;
  const message = cancellation?.message ?? '';
  if (said.textContent !== message) said.textContent = message;
  const { day, month } = calendarDay(startsAt, timeZone);
  // Said in full beside it.
  part('event-day', HTMLElement).replaceChildren(element('span', {}, month), element('strong', {}, day));
}

/**
 * When it can be bought, where that is not now.
 *
 * @param {Pick<SeatMap, 'status' | 'saleOpensAt' | 'saleClosesAt' | 'timeZone' | 'cancellation'>} sale
 */
function saleHours({ status, saleOpensAt, saleClosesAt, timeZone, cancellation }) {
  if (status === 'CANCELLED')
    return `This event is cancelled.${cancellation ? ' The organiser writes:' : ''}`;
  if (status === 'SCHEDULED' && saleOpensAt) return `The sale opens on ${startTime(saleOpensAt, timeZone)}.`;
  if (status === 'CLOSED') return `The sale closed on ${startTime(saleClosesAt, timeZone)}.`;
  return '';
}
