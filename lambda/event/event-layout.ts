import * as z from 'zod/mini';
import { wholeCharacters } from '../shared/validation';

/**
 * An event and its seat map as `PUT /events/{eventId}` takes it and the table keeps it.
 *
 * A seat is not an item of its own until somebody holds it: the layout says which seats exist and what they cost, the
 * seat items say which of them are held or sold. So replacing a layout is one write, an expired hold that TTL deletes
 * is simply a free seat again, and the seat map of a section is the layout minus one query.
 */
const label = z.string().check(z.regex(/^[A-Z0-9]{1,8}$/, 'must be 1 to 8 capital letters or digits'));
const text = (maxLength: number) => z.string().check(z.minLength(1), z.maxLength(maxLength), wholeCharacters);
const name = text(120);

const row = z.strictObject({
  /** Unique within the event, so that `row-number` names a seat: `A` → `A-1`, `A-2`, … */
  row: label,
  tier: text(40),
  /** Seats in the row, numbered from 1. */
  seats: z.int().check(z.minimum(1), z.maximum(500)),
});

const section = z.strictObject({
  section: text(40),
  rows: z.array(row).check(z.minLength(1), z.maxLength(2_000)),
});

const tier = z.strictObject({
  tier: text(40),
  /** Minor currency units (cents). Stripe's limits: 50 cents is its smallest card charge in EUR and USD. */
  price: z.int().check(z.minimum(50), z.maximum(9_999_999)),
});

/** A layout is one item, and DynamoDB's are of 400 KB at most; as JSON it takes more than as an item. */
const MAX_BYTES = 390_000;

export const eventLayoutSchema = z
  .strictObject({
    name,
    venue: name,
    startsAt: z.iso.datetime({ offset: true }),
    currency: z
      .string()
      .check(z.refine(hasCents, 'must be an ISO 4217 code of a currency with two decimals')),
    tiers: z.array(tier).check(z.minLength(1), z.maxLength(20)),
    sections: z.array(section).check(z.minLength(1), z.maxLength(200)),
  })
  .check(
    z.refine((layout) => unique(layout.tiers.map((each) => each.tier)), 'a tier is listed twice'),
    z.refine((layout) => unique(layout.sections.map((each) => each.section)), 'a section is listed twice'),
    z.refine(
      (layout) => unique(layout.sections.flatMap((each) => each.rows.map((one) => one.row))),
      'a row label is used twice in the event',
    ),
    z.refine((layout) => {
      const tiers = new Set(layout.tiers.map((each) => each.tier));
      return layout.sections.every((each) => each.rows.every((one) => tiers.has(one.tier)));
    }, 'a row names a tier that is not listed'),
    z.refine(
      (layout) => Buffer.byteLength(JSON.stringify(layout)) <= MAX_BYTES,
      `is larger than ${MAX_BYTES / 1000} kB as JSON`,
    ),
  );

export type EventLayout = z.output<typeof eventLayoutSchema>;

/** A seat of the layout, with what it costs. */
export interface Seat {
  readonly seatId: string;
  readonly section: string;
  readonly row: string;
  readonly number: number;
  readonly tier: string;
  /** Minor currency units. */
  readonly price: number;
}

/** Every seat of the layout, or of one section, in the order of the map. */
export function seatsOf(layout: EventLayout, only?: string): Seat[] {
  const prices = new Map(layout.tiers.map(({ tier, price }) => [tier, price]));
  return layout.sections
    .filter(({ section }) => only === undefined || section === only)
    .flatMap(({ section, rows }) =>
      rows.flatMap(({ row, tier, seats }) =>
        Array.from({ length: seats }, (_, index) => ({
          seatId: `${row}-${index + 1}`,
          section,
          row,
          number: index + 1,
          tier,
          price: prices.get(tier)!,
        })),
      ),
    );
}

/** The seat with this id, found by its row: a purchase of two seats does not unfold sixty thousand. */
export function findSeat(layout: EventLayout, seatId: string): Seat | undefined {
  const [, row, digits] = /^([A-Z0-9]{1,8})-([1-9][0-9]{0,2})$/.exec(seatId) ?? [];
  if (!row) return undefined;
  const number = Number(digits);
  for (const { section, rows } of layout.sections) {
    const found = rows.find((each) => each.row === row);
    if (!found) continue;
    if (number > found.seats) return undefined;
    const price = layout.tiers.find((each) => each.tier === found.tier)!.price;
    return { seatId, section, row, number, tier: found.tier, price };
  }
  return undefined;
}

export function seatCount(layout: Pick<EventLayout, 'sections'>): number {
  return layout.sections.reduce(
    (total, { rows }) => total + rows.reduce((sum, { seats }) => sum + seats, 0),
    0,
  );
}

/** Prices are minor units, everywhere shown as hundredths: 500 JPY would be read as 5.00. */
function hasCents(currency: string): boolean {
  if (!Intl.supportedValuesOf('currency').includes(currency)) return false;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits === 2;
}

function unique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
