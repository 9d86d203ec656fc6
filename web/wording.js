/** @import { Seat } from './api.js' */
import { decimalsOf } from './currency.js';
import { dateFormat, wallClockOf, zoneName } from './zoned-time.js';

const LOCALE = 'en-GB';

const STATUS_WORDS = {
  ...{ AVAILABLE: 'available', HELD: 'held by another buyer', SOLD: 'sold', BLOCKED: 'not for sale' },
};

/**
 * `€120`, `€79.50`, `JP¥500`, `INR 500`, `Free`.
 *
 * @param {number} amount minor units
 * @param {string} currency ISO 4217
 */
export function money(amount, currency) {
  if (amount === 0) return 'Free';
  const shown = format(amount, currency, 'symbol');
  return PLAIN.test(shown) ? shown : format(amount, currency, 'code');
}

/**
 * `120 euros`: a screen reader says "€120" in its own way, or not at all.
 *
 * @param {number} amount minor units
 * @param {string} currency ISO 4217
 */
export function spokenMoney(amount, currency) {
  return amount === 0 ? 'free' : format(amount, currency, 'name');
}

/**
 * What the cheapest seat costs: `from €45`, or `free`.
 *
 * @param {number} amount in minor units
 * @param {string} currency
 */
export function priceFrom(amount, currency) {
  return amount === 0 ? 'free' : `from ${money(amount, currency)}`;
}

/**
 * The full name of a seat: `Row A, seat 12, premium, 120 euros, available`; an accessible one says so after its place.
 *
 * @param {Seat} seat
 * @param {string} currency
 * @param {boolean} selected
 * @param {boolean} [own] this buyer has it already
 */
export function seatName(seat, currency, selected, own = false) {
  const state = own ? 'yours' : selected ? 'selected' : STATUS_WORDS[seat.status];
  const kind = seat.accessible ? ['accessible', seat.tier] : [seat.tier];
  return [seatPlace(seat), ...kind, spokenMoney(seat.price, currency), state].join(', ');
}

/**
 * `Row A, seat 12`.
 *
 * @param {Pick<Seat, 'row' | 'number'>} seat
 */
export function seatPlace({ row, number }) {
  return `Row ${row}, seat ${number}`;
}

/**
 * `Row A, seats 12 and 13 and row B, seat 2`: seats by their ids, for when their map is not at hand.
 *
 * @param {readonly string[]} seatIds `A-12`
 */
export function seatPlaces(seatIds) {
  /** @type {Map<string, string[]>} */
  const rows = new Map();
  for (const seatId of seatIds) {
    // The row's label, after the code of its section if that has one.
    const end = seatId.lastIndexOf('-');
    const row = seatId.slice(0, end);
    rows.set(row, [...(rows.get(row) ?? []), seatId.slice(end + 1)]);
  }
  const places = [...rows].map(
    ([row, numbers]) => `row ${row}, ${numbers.length === 1 ? 'seat' : 'seats'} ${listed(numbers)}`,
  );
  return capitalized(listed(places));
}

/** @param {string} word */
export function capitalized(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/**
 * `2 seats`.
 *
 * @param {number} count
 */
export function seatsCounted(count) {
  return count === 1 ? '1 seat' : `${count} seats`;
}

/**
 * `A`, `A and B`, `A, B and C`.
 *
 * @param {string[]} items
 */
export function listed(items) {
  return new Intl.ListFormat(LOCALE, { type: 'conjunction' }).format(items);
}

/**
 * `Sat, 20 March 2027 at 20:00 CET`: the time on the clock of the venue, wherever the buyer is. So say ticket and e-mail, too
 * (`lambda/shared/wording.ts`); a test compares them.
 *
 * @param {string} time RFC 3339
 * @param {string} timeZone of the venue
 */
export function startTime(time, timeZone) {
  const wallClock = wallClockOf(time, timeZone);
  // Browsers differ in what they put between the parts.
  const parts = dateFormat(LOCALE, {
    ...{ weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' },
  }).formatToParts(wallClock);
  /** @type {Record<string, string>} */
  const { weekday, day, month, year } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  const date = `${weekday}, ${day} ${month} ${year}`;
  const clock = dateFormat(LOCALE, { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
  return `${date} at ${clock.format(wallClock)} ${zoneName(time, timeZone)}`;
}

/**
 * `20`, `Mar`, for a leaf of the calendar.
 *
 * @param {string} time RFC 3339
 * @param {string} timeZone of the venue
 */
export function calendarDay(time, timeZone) {
  const wallClock = wallClockOf(time, timeZone);
  return {
    day: String(wallClock.getUTCDate()),
    month: dateFormat(LOCALE, { month: 'short', timeZone: 'UTC' }).format(wallClock),
  };
}

/**
 * `20:04:31`, where the reader is.
 *
 * @param {string} time ISO 8601
 */
export function clockTime(time) {
  return new Date(time).toLocaleTimeString(LOCALE);
}

/** What every font has, also the ticket's, on which it is the same. */
const PLAIN = /^[\x20-\x7e\u00a0£¥€]+$/;

/** To make one takes longer than to use it a thousand times. @type {Map<string, Intl.NumberFormat>} */
const FORMATS = new Map();

/**
 * @param {number} amount
 * @param {string} currency
 * @param {'symbol' | 'code' | 'name'} currencyDisplay
 */
function format(amount, currency, currencyDisplay) {
  const decimals = decimalsOf(currency);
  const key = `${currency} ${currencyDisplay}`;
  const found =
    FORMATS.get(key) ??
    new Intl.NumberFormat(LOCALE, {
      ...{ style: 'currency', currency, currencyDisplay, trailingZeroDisplay: 'stripIfInteger' },
      ...{ minimumFractionDigits: decimals, maximumFractionDigits: decimals },
    });
  FORMATS.set(key, found);
  return found.format(amount / 10 ** decimals);
}
