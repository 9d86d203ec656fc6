import { CURRENCIES } from './currencies';
import { offsetAt, zoneName, zoneOf } from './zoned-time';

/** Made once, and by the first who needs it: the first of a process takes 16 ms, and who sells a seat seldom writes a date. */
let day: Intl.DateTimeFormat | undefined;

function dayOf(instant: number): string {
  day ??= new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    ...{ weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' },
  });
  return day.format(instant);
}

/**
 * The time that the clocks of the venue show, with the name of their zone: `Sat, 20 March 2027 at 20:00 CET`.
 *
 * @param time RFC 3339
 * @param timeZone where to read the clock. @default the time's own offset
 */
export function startTime(time: string, timeZone?: string): string {
  const { day, clock } = wallClock(time, timeZone);
  return `${day} at ${clock}`;
}

/** `Sat, 20 March 2027, 20:00 CET`. */
export function dateAndTime(time: string, timeZone?: string): string {
  const { day, clock } = wallClock(time, timeZone);
  return `${day}, ${clock}`;
}

function wallClock(time: string, timeZone: string = zoneOf(time) ?? 'UTC') {
  const instant = Date.parse(time);
  return {
    day: dayOf(instant + offsetAt(instant, timeZone)),
    clock: `${timeOfDay(time, timeZone)} ${zoneName(instant, timeZone)}`,
  };
}

/** `19:00`: an hour of the day that is printed beside it. */
export function timeOfDay(time: string, timeZone: string): string {
  const instant = Date.parse(time);
  return new Date(instant + offsetAt(instant, timeZone)).toISOString().slice(11, 16);
}

/** `€120`, `€79.50`, `INR\u00a0500`, or `free`: as the shop has it in web/wording.js. A test compares the two. */
export function price(minorUnits: number, currency: string): string {
  if (minorUnits === 0) return 'free';
  const digits = CURRENCIES.get(currency)?.decimals ?? 2;
  const amount = minorUnits / 10 ** digits;
  const shown = format(amount, currency, digits, 'symbol');
  return PLAIN.test(shown) ? shown : format(amount, currency, digits, 'code');
}

/** What every font has, also the one of a PDF: the signs of the rupee or the won are not in it. */
const PLAIN = /^[\x20-\x7e\u00a0£¥€]+$/;

function format(
  amount: number,
  currency: string,
  digits: number,
  currencyDisplay: 'symbol' | 'code',
): string {
  const shownDigits = Number.isInteger(amount) ? 0 : digits;
  const key = `${currency} ${shownDigits} ${currencyDisplay}`;
  let made = amounts.get(key);
  if (!made) {
    made = new Intl.NumberFormat('en-GB', {
      ...{ style: 'currency', currency, currencyDisplay },
      ...{ minimumFractionDigits: shownDigits, maximumFractionDigits: digits },
    });
    amounts.set(key, made);
  }
  return made.format(amount);
}

/** Making one takes ten times as long as using it; there are some hundred currencies. */
const amounts = new Map<string, Intl.NumberFormat>();
