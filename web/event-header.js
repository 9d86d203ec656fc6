/** @import { SeatMap } from './api.js' */
import { element, part } from './element.js';
import { calendarDay, money, startTime } from './wording.js';

/** @param {SeatMap} event */
export function showEventHeader({ name, venue, startsAt, timeZone, tiers, currency }) {
  document.title = `${name} – EventPro`;
  part('event-name', HTMLElement).textContent = name;
  part('event-facts', HTMLElement).replaceChildren(
    element('span', {}, venue),
    element('time', { datetime: startsAt }, startTime(startsAt, timeZone)),
    element('span', {}, `from ${money(Math.min(...tiers.map(({ price }) => price)), currency)}`),
  );
  const { day, month } = calendarDay(startsAt, timeZone);
  // Said in full beside it.
  part('event-day', HTMLElement).replaceChildren(element('span', {}, month), element('strong', {}, day));
}
