import { money } from './currencies';
import { offsetAt, zoneName, zoneOf } from './zoned-time';

/** Made once: it takes a millisecond. */
const DAY = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  ...{ weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' },
});

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
  const day = DAY.format(instant + offsetAt(instant, timeZone));
  return { day, clock: `${timeOfDay(time, timeZone)} ${zoneName(instant, timeZone)}` };
}

/** `19:00`: an hour of the day that is printed beside it. */
export function timeOfDay(time: string, timeZone: string): string {
  const instant = Date.parse(time);
  return new Date(instant + offsetAt(instant, timeZone)).toISOString().slice(11, 16);
}

/** `120.00 EUR`, or `free`. */
export function price(minorUnits: number, currency: string): string {
  return minorUnits === 0 ? 'free' : money(minorUnits, currency);
}
