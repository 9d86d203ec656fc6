/**
 * An event as a file that calendars take (iCalendar, RFC 5545). Times are in UTC, which every calendar shows on the clocks of its reader;
 * the clocks of the venue are in the words. There is no link to the purchase in it: calendars are shared, and who has the link has
 * the ticket.
 *
 * @import { EventTimes } from './api.js'
 *
 * @typedef {Pick<EventTimes, 'startsAt' | 'endsAt' | 'doorsOpenAt' | 'timeZone'> & { name: string, venue: string }} CalendarEvent
 */
import { startTime } from './wording.js';

/** Octets of a line, without its end (3.1, "Content Lines"). */
const LINE = 75;

/**
 * @param {CalendarEvent} event
 * @param {object} purchase
 * @param {string} purchase.reference names the entry, so that a file taken twice makes one of it
 * @param {string} purchase.places `Row A, seats 12 and 13`
 * @param {number} now milliseconds since the epoch
 */
export function calendarFile({ name, venue, startsAt, endsAt, doorsOpenAt, timeZone }, purchase, now) {
  const { reference, places } = purchase;
  const words = [
    `${startTime(startsAt, timeZone)}.`,
    ...(doorsOpenAt ? [`Doors: ${startTime(doorsOpenAt, timeZone)}.`] : []),
    `${places}. Reference ${reference}.`,
  ];
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//EventPro//Storefront//EN',
    'BEGIN:VEVENT',
    `UID:${reference}@eventpro`,
    `DTSTAMP:${utc(new Date(now).toISOString())}`,
    `DTSTART:${utc(startsAt)}`,
    ...(endsAt ? [`DTEND:${utc(endsAt)}`] : []),
    `SUMMARY:${text(name)}`,
    `LOCATION:${text(venue)}`,
    `DESCRIPTION:${text(words.join('\n'))}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

/**
 * `20270320T190000Z`.
 *
 * @param {string} time RFC 3339
 */
function utc(time) {
  const [seconds = ''] = new Date(time).toISOString().split('.');
  return `${seconds.replace(/[-:]/g, '')}Z`;
}

/**
 * As the value of a property (3.3.11): a control character may not be in it.
 *
 * @param {string} words
 */
function text(words) {
  return words
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r?\n/g, '\\n')
    .replace(/\p{Cc}/gu, ' ');
}

/**
 * In lines that are not too long, none of which ends within a character.
 *
 * @param {string} line
 */
function folded(line) {
  let octets = 0;
  let out = '';
  for (const character of line) {
    const size = new TextEncoder().encode(character).length;
    const begins = octets + size > LINE;
    // The space that a line goes on with counts.
    octets = begins ? 1 + size : octets + size;
    out += begins ? `\r\n ${character}` : character;
  }
  return out;
}
