import * as z from 'zod/mini';
import { whyNoCurrency, whyNotPayable } from '../shared/currencies';
import { seatIdSchema } from '../shared/event-ids';
import { type EventTimes, timeFields, timesOf } from './event-times';
import { readableText } from '../shared/readable-text';

/**
 * An event and its seat map as `PUT /events/{eventId}` takes it and the table keeps it.
 *
 * A seat is not an item of its own until somebody holds it: the layout says which seats exist and what they cost, the
 * seat items say which of them are held or sold. So replacing a layout is one write, an expired hold that TTL deletes
 * is simply a free seat again, and the seat map of a section is the layout minus one query.
 */
const label = z.string().check(z.regex(/^[A-Z0-9]{1,8}$/, 'must be 1 to 8 capital letters or digits'));
const name = readableText(120);

const row = z.strictObject({
  /** `A` → the seats `A-1`, `A-2`, … Unique in the section if that has a code, else in all sections that have none. */
  row: label,
  tier: readableText(40),
  /** Seats in the row, numbered from 1. */
  seats: z.int().check(z.minimum(1), z.maximum(500)),
});

const section = z.strictObject({
  section: readableText(40),
  /** Prefix of the section's seat ids, so that its rows may have the labels of other sections' rows: `B` → `B-A-1`. */
  code: z.optional(label),
  rows: z.array(row).check(z.minLength(1), z.maxLength(2_000)),
});

const tier = z.strictObject({
  tier: readableText(40),
  /** Minor currency units; 0 is free, and needs no payment. */
  price: z.int().check(z.minimum(0)),
});

/** A layout is one item, and DynamoDB's are of 400 KB at most; as JSON it takes more than as an item. */
const MAX_BYTES = 390_000;

const layoutSchema = z
  .strictObject({
    name,
    venue: name,
    ...timeFields,
    currency: z.string().check(
      z.refine((code) => whyNoCurrency(code) === undefined, {
        error: ({ input }) => whyNoCurrency(String(input)),
        abort: true,
      }),
    ),
    tiers: z.array(tier).check(z.minLength(1), z.maxLength(20)),
    sections: z.array(section).check(z.minLength(1), z.maxLength(200)),
    /** Ids of house seats, which are not for sale. A seat that is already held or sold stays so. */
    blocked: z.optional(z.array(seatIdSchema)),
    /** Ids of seats for wheelchair users and others who need the space. */
    accessible: z.optional(z.array(seatIdSchema)),
  })
  .check(
    z.superRefine(({ tiers, currency }, context) => {
      tiers.forEach(({ price }, index) => {
        const message = whyNotPayable(price, currency);
        if (message) context.addIssue({ code: 'custom', path: ['tiers', index, 'price'], message });
      });
    }),
    z.refine((layout) => unique(layout.tiers.map((each) => each.tier)), 'a tier is listed twice'),
    z.refine((layout) => unique(layout.sections.map((each) => each.section)), 'a section is listed twice'),
    z.refine(
      (layout) => unique(layout.sections.flatMap(({ code }) => code ?? [])),
      'a code is used by two sections',
    ),
    z.refine(
      (layout) =>
        unique(layout.sections.flatMap(({ code, rows }) => rows.map(({ row }) => rowId(code, row)))),
      'a row label is used twice: in a section with a code, or among all sections without one',
    ),
    z.superRefine((layout, context) => {
      for (const field of ['blocked', 'accessible'] as const) {
        const seatIds = layout[field] ?? [];
        const strange = seatIds.findIndex((seatId) => !findSeat(layout, seatId));
        const message = strange < 0 ? 'has a seat twice' : 'is no seat of the event';
        if (strange < 0 && unique(seatIds)) continue;
        context.addIssue({ code: 'custom', path: strange < 0 ? [field] : [field, strange], message });
      }
    }),
    z.refine((layout) => {
      const tiers = new Set(layout.tiers.map((each) => each.tier));
      return layout.sections.every((each) => each.rows.every((one) => tiers.has(one.tier)));
    }, 'a row names a tier that is not listed'),
    z.refine(
      (layout) => Buffer.byteLength(JSON.stringify(layout)) <= MAX_BYTES,
      `is larger than ${MAX_BYTES / 1000} kB as JSON`,
    ),
  );

/** What `PUT /events/{eventId}` takes; what comes out has its times in UTC. */
export const eventLayoutSchema = z.pipe(
  layoutSchema,
  z.transform((layout, context): EventLayout => {
    const found = timesOf(layout);
    if ('times' in found) return { ...layout, ...found.times };
    for (const { field, message } of found.mistakes) {
      context.issues.push({ code: 'custom', path: [field], message, input: layout[field] });
    }
    return z.NEVER;
  }),
);

export type EventLayout = Omit<z.output<typeof layoutSchema>, keyof EventTimes> & EventTimes;

/** An event may be cancelled, once and for good. */
export interface Cancellable {
  /** Seconds since the epoch. @default it is not */
  readonly cancelledAt?: number;
}

/** A layout as it is stored. */
export type StoredLayout = EventLayout &
  Cancellable & {
    /** Number of the revision that its facts are. @default an older version wrote them */
    readonly factsRevision?: number;
  };

/** The body of `PUT /events/{eventId}`. */
export type EventAsPut = z.input<typeof eventLayoutSchema>;

/** The seats of an event. */
export type SeatPlan = Pick<EventLayout, 'tiers' | 'sections' | 'accessible'>;

/** What ticket and e-mail say of an event. */
export type EventFacts = Pick<EventLayout, 'name' | 'venue' | 'startsAt' | 'doorsOpenAt' | 'endsAt'> & {
  /** Absent in a reservation that an older version made: its `startsAt` has an offset. */
  readonly timeZone?: string;
};

export function factsOf({ name, venue, startsAt, timeZone, doorsOpenAt, endsAt }: EventLayout): EventFacts {
  return { name, venue, startsAt, timeZone, ...(doorsOpenAt && { doorsOpenAt }), ...(endsAt && { endsAt }) };
}

/** A seat of the layout, with what it costs. */
export interface Seat {
  readonly seatId: string;
  readonly section: string;
  readonly row: string;
  readonly number: number;
  readonly tier: string;
  /** Minor currency units. */
  readonly price: number;
  /** Left out when it is not. */
  readonly accessible?: true;
}

/** Every seat of the layout, or of one section, in the order of the map. */
export function seatsOf(layout: SeatPlan, only?: string): Seat[] {
  const prices = new Map(layout.tiers.map(({ tier, price }) => [tier, price]));
  const accessible = new Set(layout.accessible);
  return layout.sections
    .filter(({ section }) => only === undefined || section === only)
    .flatMap(({ section, code, rows }) =>
      rows.flatMap(({ row, tier, seats }) =>
        Array.from({ length: seats }, (_, index) => {
          const seatId = `${rowId(code, row)}-${index + 1}`;
          const seat = { seatId, section, row, number: index + 1, tier, price: prices.get(tier)! };
          return accessible.has(seatId) ? { ...seat, accessible: true as const } : seat;
        }),
      ),
    );
}

/** The seat with this id, found by its row: a purchase of two seats must not list all seats of a stadium. */
export function findSeat(layout: SeatPlan, seatId: string): Seat | undefined {
  const [, code, row, digits] = /^(?:([A-Z0-9]{1,8})-)?([A-Z0-9]{1,8})-([1-9][0-9]{0,2})$/.exec(seatId) ?? [];
  if (!row) return undefined;
  const number = Number(digits);
  for (const { section, code: sectionCode, rows } of layout.sections) {
    const found = sectionCode === code && rows.find((each) => each.row === row);
    if (!found) continue;
    if (number > found.seats) return undefined;
    const { tier } = found;
    const price = layout.tiers.find((each) => each.tier === tier)!.price;
    const seat = { seatId, section, row, number, tier, price };
    return layout.accessible?.includes(seatId) ? { ...seat, accessible: true } : seat;
  }
  return undefined;
}

/** What the ids of a row's seats begin with: `A`, or `B-A` in a section with the code `B`. Unique in the event. */
export function rowId(code: string | undefined, row: string): string {
  return code === undefined ? row : `${code}-${row}`;
}

export function seatCount(layout: Pick<SeatPlan, 'sections'>): number {
  return layout.sections.reduce(
    (total, { rows }) => total + rows.reduce((sum, { seats }) => sum + seats, 0),
    0,
  );
}

function unique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
