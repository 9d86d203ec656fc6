import * as z from 'zod/mini';
import { instantsOf, isTimeZone, offsetName, writtenOffset, zoneOf } from '../shared/zoned-time';

/** RFC 3339, or without an offset: then it is local time at the venue. */
const time = z.iso.datetime({
  offset: true,
  local: true,
  error: 'must be a date and a time, like 2027-03-20T20:00:00+01:00',
});

/** When an event is, and when it is sold, as `PUT /events/{eventId}` takes it. */
export const timeFields = {
  startsAt: time,
  /** IANA name (`Europe/Berlin`) or offset (`+01:00`): times without an offset are in it, and all are printed in it. */
  timeZone: z.optional(
    z.string().check(z.refine(isTimeZone, 'must be a time zone of the IANA database, like Europe/Berlin')),
  ),
  doorsOpenAt: z.optional(time),
  endsAt: z.optional(time),
  saleOpensAt: z.optional(time),
  /** @default startsAt */
  saleClosesAt: z.optional(time),
};

const TIMES = ['startsAt', 'doorsOpenAt', 'endsAt', 'saleOpensAt', 'saleClosesAt'] as const;
type TimeField = (typeof TIMES)[number];
type TimesAsPut = { readonly startsAt: string; readonly timeZone?: string } & {
  readonly [Field in TimeField]?: string | undefined;
};

/** RFC 3339 in UTC; the zone says how to print them. */
export interface EventTimes {
  readonly startsAt: string;
  readonly timeZone: string;
  readonly doorsOpenAt?: string;
  readonly endsAt?: string;
  /** Absent: the sale is open from the moment the event was put. */
  readonly saleOpensAt?: string;
  readonly saleClosesAt: string;
}

/** What is wrong with a time, at its field. */
export interface TimeMistake {
  readonly field: TimeField;
  readonly message: string;
}

/** The times in UTC, or what is wrong with them. */
export function timesOf(put: TimesAsPut): { times: EventTimes } | { mistakes: TimeMistake[] } {
  const zone = put.timeZone ?? zoneOf(put.startsAt);
  const mistakes: TimeMistake[] = [];
  const utc = Object.fromEntries(
    TIMES.flatMap((field) => {
      const text = put[field];
      if (text === undefined) return [];
      const instant = instantOf(text, zone);
      if (typeof instant === 'number') return [[field, inUtc(instant)]];
      mistakes.push({ field, message: instant.mistake });
      return [];
    }),
  ) as Partial<Record<TimeField, string>>;
  if (mistakes.length > 0) return { mistakes };

  const { startsAt = '' } = utc;
  const times = { ...utc, startsAt, timeZone: zone!, saleClosesAt: utc.saleClosesAt ?? startsAt };
  const disorder = disorderIn(times);
  return disorder ? { mistakes: [disorder] } : { times };
}

/**
 * The times of an event as the table has it. Older versions kept the one time as it was put, with its offset, and sold
 * without end: what they sold until the start goes on until then.
 */
export function storedTimes({ startsAt, timeZone, saleClosesAt }: TimesAsPut) {
  const start = inUtc(Date.parse(startsAt));
  return {
    startsAt: start,
    timeZone: timeZone ?? zoneOf(startsAt) ?? 'UTC',
    saleClosesAt: saleClosesAt ?? start,
  } satisfies Partial<EventTimes>;
}

function instantOf(text: string, zone: string | undefined): number | { mistake: string } {
  const offset = zoneOf(text);
  if (offset !== undefined) {
    return isTimeZone(offset) ? Date.parse(text) : { mistake: 'has an offset that no clock has' };
  }
  if (zone === undefined)
    return { mistake: 'has no offset, so the event needs a timeZone, like Europe/Berlin' };
  const { instants, offsets } = instantsOf(Date.parse(`${text}Z`), zone);
  if (instants.length === 1) return instants[0]!;
  const [before, after] = offsets.map(offsetName);
  const change = `the clocks of ${zone} change from ${before} to ${after}`;
  const offsetsToSay = offsets.map(writtenOffset).join(' or ');
  return {
    mistake: `${instants.length === 0 ? 'is left out' : 'comes twice'} when ${change}: say it with its offset, ${offsetsToSay}`,
  };
}

function disorderIn({ startsAt, doorsOpenAt, endsAt, saleOpensAt, saleClosesAt }: EventTimes) {
  const rules: readonly (readonly [broken: boolean | undefined, field: TimeField, message: string])[] = [
    [endsAt !== undefined && endsAt <= startsAt, 'endsAt', 'must be after startsAt'],
    [doorsOpenAt !== undefined && doorsOpenAt > startsAt, 'doorsOpenAt', 'must not be after startsAt'],
    [
      saleOpensAt !== undefined && saleOpensAt >= saleClosesAt,
      'saleOpensAt',
      'must be before the sale closes (saleClosesAt, or else startsAt)',
    ],
    [endsAt !== undefined && saleClosesAt > endsAt, 'saleClosesAt', 'must not be after endsAt'],
  ];
  const [broken] = rules.filter(([isBroken]) => isBroken);
  return broken && { field: broken[1], message: broken[2] };
}

/** From when until when an event is. */
export type Span = Pick<EventTimes, 'startsAt'> & { readonly endsAt?: string | undefined };

/** When an event starts, in seconds since the epoch. */
export function startOf({ startsAt }: Pick<Span, 'startsAt'>): number {
  return Math.floor(Date.parse(startsAt) / 1000);
}

/** When an event is over, in seconds since the epoch: when it starts, where nobody says more. */
export function endOf({ startsAt, endsAt = startsAt }: Span): number {
  return startOf({ startsAt: endsAt });
}

/**
 * Until when a sale is kept, seconds since the epoch.
 *
 * @param soldAt seconds since the epoch: what is sold after the event has begun is kept as long
 * @param kept seconds
 */
export function keptUntil(event: Span, soldAt: number, kept: number): number {
  return Math.max(endOf(event), soldAt) + kept;
}

/** Without the fraction that most times do not have; so they also compare as texts. */
function inUtc(instant: number): string {
  return new Date(Math.floor(instant / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
