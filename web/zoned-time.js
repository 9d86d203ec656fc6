/**
 * The clocks of the venue, wherever the buyer is: as `lambda/shared/zoned-time.ts` has them for ticket and e-mail. A test
 * compares the two.
 */
const HOUR = 3_600_000;

/** English as it is spoken where an abbreviation is at home; the others say `GMT-5` for `EST`. */
const LOCALES = ['en-GB', 'en-US', 'en-CA', 'en-AU', 'en-IN', 'en-ZA', 'en-HK', 'ja'];

/** To make one takes longer than to use it a thousand times. @type {Map<string, Intl.DateTimeFormat>} */
const FORMATS = new Map();

/**
 * @param {string} locale
 * @param {Intl.DateTimeFormatOptions} options
 */
export function dateFormat(locale, options) {
  const key = JSON.stringify([locale, options]);
  const format = FORMATS.get(key) ?? new Intl.DateTimeFormat(locale, options);
  FORMATS.set(key, format);
  return format;
}

/**
 * The instant as a date whose UTC is the wall clock of the zone.
 *
 * @param {string} time RFC 3339
 * @param {string} timeZone IANA name, or an offset such as `+01:00`
 */
export function wallClockOf(time, timeZone) {
  const instant = Date.parse(time);
  return new Date(instant + offsetAt(instant, timeZone));
}

/**
 * What people add to a time so that it is clear: `CET`, `EST`, `UTC`, or `(UTC+4)` where there is no abbreviation.
 *
 * @param {string} time RFC 3339
 * @param {string} timeZone IANA name, or an offset such as `+01:00`
 */
export function zoneName(time, timeZone) {
  const instant = Date.parse(time);
  if (fixedOffset(timeZone) === undefined) {
    for (const locale of LOCALES) {
      const format = dateFormat(locale, { timeZone, timeZoneName: 'short' });
      const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
      if (/^[A-Z]{2,5}$/.test(name)) return name;
    }
  }
  const offset = offsetAt(instant, timeZone);
  return offset === 0 ? 'UTC' : `(${offsetName(offset)})`;
}

/**
 * @param {number} instant
 * @param {string} timeZone
 */
function offsetAt(instant, timeZone) {
  const fixed = fixedOffset(timeZone);
  if (fixed !== undefined) return fixed;
  const clock = dateFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  /** @type {Record<string, number>} */
  const part = Object.fromEntries(
    clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

/** @param {number} offset */
function offsetName(offset) {
  const minutes = Math.abs(offset) / 60_000;
  const rest = minutes % 60;
  const past = rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`;
  return `UTC${offset < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${past}`;
}

/** @param {string} timeZone */
function fixedOffset(timeZone) {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(timeZone) ?? [];
  if (!sign) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * 60_000);
}
