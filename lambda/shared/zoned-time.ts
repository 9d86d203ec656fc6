/**
 * Time zones by `Intl`, which has the IANA database and answers in one direction: what the clocks of a zone show at an
 * instant. `instantsOf` is the other one, as Temporal defines it (GetPossibleEpochNanoseconds).
 *
 * A zone is a name of the IANA database, or an offset such as `+01:00` for a place whose zone is not known. Instants and
 * wall clocks are in milliseconds; a wall clock is counted as if it were UTC's.
 */
const OFFSET = /^([+-])(\d{2}):([0-5]\d)$/;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** No clock on earth is further from UTC. */
const MAX_OFFSET = 14 * HOUR;

export function isTimeZone(zone: string): boolean {
  const fixed = fixedOffset(zone);
  if (fixed !== undefined) return Math.abs(fixed) <= MAX_OFFSET;
  try {
    // `Intl` takes offsets of other spellings too.
    return /^[A-Za-z]/.test(zone) && clockOf(zone) !== undefined;
  } catch {
    return false;
  }
}

/** The zone that a time of RFC 3339 names: its offset. Undefined for one without. */
export function zoneOf(time: string): string | undefined {
  const offset = /(Z|[+-]\d{2}:\d{2})$/.exec(time)?.[1];
  return offset === 'Z' ? 'UTC' : offset;
}

/** What the clocks of the zone are ahead of UTC at this instant. */
export function offsetAt(instant: number, zone: string): number {
  const fixed = fixedOffset(zone);
  if (fixed !== undefined) return fixed;
  const part = Object.fromEntries(
    clockOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const shown = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
  return shown - Math.floor(instant / 1000) * 1000;
}

/**
 * When the clocks of the zone show this: once; never, in the hour that is left out in spring; twice, in the hour that
 * comes again in autumn. Two offsets are the ones before and after the change.
 */
export function instantsOf(
  wallClock: number,
  zone: string,
): { instants: number[]; offsets: [number, number] } {
  const offsets: [number, number] = [offsetAt(wallClock - DAY, zone), offsetAt(wallClock + DAY, zone)];
  const instants = [...new Set(offsets)]
    .map((offset) => wallClock - offset)
    .filter((instant) => offsetAt(instant, zone) === wallClock - instant);
  return { instants, offsets };
}

/** `UTC+1`, `UTC-3:30`, `UTC`. */
export function offsetName(offset: number): string {
  if (offset === 0) return 'UTC';
  const minutes = Math.abs(offset) / 60_000;
  const rest = minutes % 60;
  const past = rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`;
  return `UTC${offset < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${past}`;
}

/** `+01:00` as the offset of a time has it. */
export function writtenOffset(offset: number): string {
  const minutes = Math.abs(offset) / 60_000;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((each) => String(each).padStart(2, '0'));
  return `${offset < 0 ? '-' : '+'}${hours}:${rest}`;
}

/** English as it is spoken where an abbreviation is at home; the others say `GMT-5` for `EST`. */
const LOCALES = ['en-GB', 'en-US', 'en-CA', 'en-AU', 'en-IN', 'en-ZA', 'en-HK', 'ja'];

/** What people add to a time so that it is clear: `CET`, `EST`, `UTC`, or `(UTC+4)` where there is no abbreviation. */
export function zoneName(instant: number, zone: string): string {
  const offset = offsetAt(instant, zone);
  // Not of the offset: a zone may call the same one otherwise in another year, as Casablanca has.
  const key = `${zone} ${instant}`;
  const known = names.get(key);
  if (known) return known;
  const byOffset = offset === 0 ? 'UTC' : `(${offsetName(offset)})`;
  const name = fixedOffset(zone) === undefined ? (abbreviation(instant, zone) ?? byOffset) : byOffset;
  return keep(names, key, name);
}

function abbreviation(instant: number, timeZone: string): string | undefined {
  for (const locale of LOCALES) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }).formatToParts(instant);
    const name = parts.find(({ type }) => type === 'timeZoneName')!.value;
    if (/^[A-Z]{2,5}$/.test(name)) return name;
  }
  return undefined;
}

function fixedOffset(zone: string): number | undefined {
  const [, sign, hours, minutes] = OFFSET.exec(zone) ?? [];
  if (!sign) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * 60_000);
}

const names = new Map<string, string>();
const clocks = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for what is no zone */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  return (
    clocks.get(timeZone) ??
    keep(
      clocks,
      timeZone,
      new Intl.DateTimeFormat('en-US', {
        ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
        ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
      }),
    )
  );
}

/** Making one takes longer than using it, and an organiser's halls are in few zones. */
function keep<Value>(cache: Map<string, Value>, key: string, value: Value): Value {
  if (cache.size >= 50) cache.clear();
  cache.set(key, value);
  return value;
}
