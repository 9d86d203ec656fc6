import fc from 'fast-check';
import {
  type EventLayout,
  eventLayoutSchema,
  findSeat,
  seatCount,
  seatsOf,
} from '../../../lambda/event/event-layout';
import { parse } from '../../../lambda/shared/validation';
import { LAYOUT } from '../checkout';

/** Layouts that the schema takes: some tiers, some sections, rows whose labels are unique in the event. */
const layouts: fc.Arbitrary<EventLayout> = fc
  .record({
    prices: fc.array(fc.integer({ min: 50, max: 9_999_999 }), { minLength: 1, maxLength: 4 }),
    rows: fc.uniqueArray(
      fc.record({
        row: fc.stringMatching(/^[A-Z0-9]{1,8}$/),
        tier: fc.nat(),
        section: fc.nat({ max: 3 }),
        seats: fc.integer({ min: 1, max: 40 }),
      }),
      { minLength: 1, maxLength: 12, selector: ({ row }) => row },
    ),
  })
  .map(({ prices, rows }) => ({
    ...LAYOUT,
    tiers: prices.map((price, index) => ({ tier: `tier ${index}`, price })),
    sections: [...new Set(rows.map(({ section }) => section))].map((section) => ({
      section: `Section ${section}`,
      rows: rows
        .filter((each) => each.section === section)
        .map(({ row, tier, seats }) => ({ row, tier: `tier ${tier % prices.length}`, seats })),
    })),
  }));

describe('a real hall', () => {
  const row = (label: string, seats: number) => ({ row: label, tier: 'standard', seats });

  test('has the same row in several sections, each with its code', () => {
    const layout = parse(eventLayoutSchema, {
      ...LAYOUT,
      sections: [
        { section: 'Parterre', rows: [row('A', 2)] },
        { section: 'Balcony', code: 'B', rows: [row('A', 2)] },
        { section: 'Gallery', code: 'G', rows: [row('A', 1), row('B', 1)] },
      ],
      accessible: ['B-A-2'],
    });

    expect(seatsOf(layout).map(({ seatId }) => seatId)).toEqual([
      ...['A-1', 'A-2', 'B-A-1', 'B-A-2', 'G-A-1', 'G-B-1'],
    ]);
    for (const seat of seatsOf(layout)) expect(findSeat(layout, seat.seatId)).toEqual(seat);
    expect(findSeat(layout, 'B-A-2')).toMatchObject({ section: 'Balcony', accessible: true });
    expect(findSeat(layout, 'B-1')).toBeUndefined();
  });

  test('of 60,000 seats is described within one item', () => {
    const sections = Array.from({ length: 60 }, (_, section) => ({
      section: `Block ${section + 1}, north-east, upper tier`,
      code: `${100 + section}`,
      rows: Array.from({ length: 40 }, (__, index) => row(`${index + 1}`, 25)),
    }));
    const ids = sections.flatMap(({ code, rows }) => rows.map((each) => `${code}-${each.row}-1`));

    const layout = parse(eventLayoutSchema, { ...LAYOUT, sections, blocked: ids, accessible: ids });

    expect(seatCount(layout)).toBe(60_000);
  });
});

describe('the seats of a layout', () => {
  test('each is found by its id, as the map shows it', () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        expect(parse(eventLayoutSchema, layout)).toEqual(layout);
        for (const seat of seatsOf(layout)) expect(findSeat(layout, seat.seatId)).toEqual(seat);
      }),
    );
  });

  test('no id but theirs finds one', () => {
    // Near misses: a row of the layout, and a number that is padded, too high, signed or followed by something.
    const nearMiss = (layout: EventLayout) =>
      fc
        .tuple(
          fc.constantFrom(...layout.sections.flatMap(({ rows }) => rows.map(({ row }) => row))),
          fc.stringMatching(/^[-+ ]?0{0,2}[0-9]{1,3}[ \n]?$/),
        )
        .map(([row, number]) => `${row}-${number}`);
    const layoutAndId = layouts.chain((layout) =>
      fc.tuple(fc.constant(layout), fc.oneof(fc.string({ maxLength: 12 }), nearMiss(layout))),
    );
    fc.assert(
      fc.property(layoutAndId, ([layout, id]) => {
        const onTheMap = seatsOf(layout).find((seat) => seat.seatId === id);

        expect(findSeat(layout, id)).toEqual(onTheMap);
      }),
      { numRuns: 200 },
    );
  });

  test('are as many as it says, each with an id of its own', () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        const ids = seatsOf(layout).map(({ seatId }) => seatId);

        expect(ids).toHaveLength(seatCount(layout));
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  test('are those of its sections, one after the other', () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        const bySection = layout.sections.flatMap(({ section }) => seatsOf(layout, section));

        expect(bySection).toEqual(seatsOf(layout));
      }),
    );
  });

  test('of a section there is not are none', () => {
    expect(seatsOf(LAYOUT, 'Nowhere')).toEqual([]);
  });
});

describe('what a layout must be', () => {
  const [stalls, circle] = LAYOUT.sections as [EventLayout['sections'][0], EventLayout['sections'][0]];
  const withRow = (change: object) => ({
    ...LAYOUT,
    sections: [{ ...stalls, rows: [{ ...stalls.rows[0], ...change }] }],
  });

  const manyRows = (rows: number) =>
    Array.from({ length: rows / 1_000 }, (_, section) => ({
      section: `Section ${section}`,
      rows: Array.from({ length: 1_000 }, (__, row) => ({ ...stalls.rows[0], row: `S${section}R${row}` })),
    }));

  /** Sections that each have the rows of the stalls. */
  const hall = (...sections: object[]) => ({
    ...LAYOUT,
    sections: sections.map((change, index) => ({ section: `Part ${index}`, rows: stalls.rows, ...change })),
  });

  const priced = (currency: string, price: number) => ({
    ...{ ...LAYOUT, currency, tiers: [{ tier: 'premium', price }] },
    sections: [{ ...stalls, rows: [stalls.rows[0]] }],
  });

  test.each([
    ['EUR', 0],
    ['JPY', 50],
    ['KRW', 99_999_999],
    ['HUF', 17_550],
    ['ISK', 500_000],
    ['IDR', 999_999_999_999],
    // Stripe lists no minimum: what is worth 0.50 USD, nobody knows here.
    ['ISK', 100],
    ['CLP', 1],
  ])('a price in %s: %i', (currency, price) => {
    expect(parse(eventLayoutSchema, priced(currency, price)).tiers).toEqual([{ tier: 'premium', price }]);
  });

  test.each([
    ['no name', { ...LAYOUT, name: '' }, 'name is too short'],
    ['a currency sign', { ...LAYOUT, currency: '€' }, 'currency: is no currency that Stripe charges'],
    ['a currency there is not', { ...LAYOUT, currency: 'QQQ' }, 'must be an ISO 4217 code'],
    ['a currency there was', { ...LAYOUT, currency: 'HRK' }, 'currency: is no currency that Stripe charges'],
    ['a currency nobody charges', { ...LAYOUT, currency: 'VES' }, 'is no currency that Stripe charges'],
    ['a currency of three decimals', { ...LAYOUT, currency: 'KWD' }, 'currency: KWD has three decimals'],
    [
      'a price below 15 koruna',
      priced('CZK', 50),
      'tiers.0.price: is less than can be charged: at least 15.00 CZK',
    ],
    [
      'a price below 50 yen',
      priced('JPY', 49),
      'tiers.0.price: is less than can be charged: at least 50 JPY',
    ],
    ['a price above eight digits', priced('EUR', 100_000_000), 'at most 999999.99 EUR'],
    ['a fraction of a króna', priced('ISK', 5_050), 'tiers.0.price: has a fraction'],
    ['a negative price', priced('EUR', -1), 'tiers.0.price is too short or too small (at least 0)'],
    ['half of a character', { ...LAYOUT, venue: 'Hall \ud83d' }, 'venue: has half of a character'],
    ['more than an item holds', { ...LAYOUT, sections: manyRows(12_000) }, 'is larger than 390 kB'],
    ['a price in euros', { ...LAYOUT, tiers: [{ tier: 'premium', price: 12.5 }] }, 'tiers.0.price'],
    [
      'a price below 50 cents',
      { ...LAYOUT, tiers: [{ tier: 'premium', price: 49 }] },
      'tiers.0.price: is less than can be charged: at least 0.50 EUR',
    ],
    ['no sections', { ...LAYOUT, sections: [] }, 'sections is too short'],
    [
      'a row in small letters',
      withRow({ row: 'a' }),
      'sections.0.rows.0.row must be 1 to 8 capital letters or digits',
    ],
    [
      'a row with a dash',
      withRow({ row: 'A-1' }),
      'sections.0.rows.0.row must be 1 to 8 capital letters or digits',
    ],
    ['an empty row', withRow({ seats: 0 }), 'sections.0.rows.0.seats is too short or too small (at least 1)'],
    ['a field of its own', { ...LAYOUT, doors: '19:00' }, 'The request has fields that are not known'],
    ['a tier twice', { ...LAYOUT, tiers: [...LAYOUT.tiers, LAYOUT.tiers[0]] }, 'a tier is listed twice'],
    [
      'a section twice',
      { ...LAYOUT, sections: [stalls, { ...circle, section: stalls.section }] },
      'a section is listed twice',
    ],
    [
      'a row label in two sections',
      { ...LAYOUT, sections: [stalls, { ...circle, rows: [stalls.rows[0]] }] },
      'a row label is used twice: in a section with a code',
    ],
    ['a code of two sections', hall({ code: 'P' }, { code: 'P' }), 'a code is used by two sections'],
    [
      'a code in small letters',
      hall({ code: 'p' }),
      'sections.0.code must be 1 to 8 capital letters or digits',
    ],
    [
      'a row label twice in a section with a code',
      hall({ code: 'P', rows: [stalls.rows[0]!, stalls.rows[0]!] }),
      'a row label is used twice',
    ],
    ['a row label in two sections without a code', hall({ code: 'P' }, {}, {}), 'a row label is used twice'],
    [
      'a blocked seat there is not',
      { ...LAYOUT, blocked: ['A-1', 'A-13'] },
      'blocked.1: is no seat of the event',
    ],
    [
      'an accessible seat without its code',
      { ...hall({ code: 'P' }), accessible: ['A-1'] },
      'accessible.0: is no seat',
    ],
    ['a blocked seat twice', { ...LAYOUT, blocked: ['A-1', 'A-1'] }, 'blocked: has a seat twice'],
    [
      'a line break in the name',
      { ...LAYOUT, name: 'Gala\r\nBcc: x@y.zz' },
      'name: has a character that nobody can see',
    ],
    [
      'an override of the direction',
      { ...LAYOUT, venue: 'Hall \u202Ellah' },
      'venue: has a character that nobody',
    ],
    ['a row of no listed tier', withRow({ tier: 'royal' }), 'a row names a tier that is not listed'],
  ])('%s is refused, and named', (_, layout, message) => {
    expect(() => parse(eventLayoutSchema, layout)).toThrow(message);
  });
});
