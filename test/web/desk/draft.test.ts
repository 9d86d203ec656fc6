import demoEvent from '../../../web/demo-event.json';
import { decimalPrice, draftOf, layoutOf, minorUnits, newDraft, rowsOf } from '../../../web/desk/draft.js';

const LAYOUT = {
  ...demoEvent,
  ...{
    startsAt: '2100-03-20T19:00:30Z',
    endsAt: '2100-03-20T21:30:00Z',
    saleOpensAt: '2099-12-01T09:00:00Z',
  },
  sections: [
    { section: 'Box', code: 'BX', rows: [{ row: 'A', tier: 'very good', seats: 4 }] },
    ...demoEvent.sections,
  ],
  blocked: ['A-1'],
};

test('an event that nobody has changed is sent as it was, to the second', () => {
  expect(layoutOf(draftOf(LAYOUT), LAYOUT)).toEqual(LAYOUT);
});

test('times are edited as the clock of the venue shows them, and sent so', () => {
  const draft = draftOf(LAYOUT);
  expect(draft.times).toMatchObject({
    startsAt: '2100-03-20T20:00',
    saleOpensAt: '2099-12-01T10:00',
    doorsOpenAt: '',
  });

  draft.times.startsAt = '2100-03-21T19:30';
  draft.times.saleOpensAt = '';

  const { startsAt, saleOpensAt, endsAt } = layoutOf(draft, LAYOUT);
  expect({ startsAt, saleOpensAt, endsAt }).toEqual({
    startsAt: '2100-03-21T19:30:00',
    saleOpensAt: undefined,
    endsAt: LAYOUT.endsAt,
  });
});

test('in another time zone the clock of the venue shows the same: the event is at another moment', () => {
  const draft = { ...draftOf(LAYOUT), timeZone: 'America/New_York' };

  expect(layoutOf(draft, LAYOUT)).toMatchObject({
    startsAt: '2100-03-20T20:00:00',
    timeZone: 'America/New_York',
  });
});

test('a time that comes twice is said with its offset', () => {
  const draft = draftOf(LAYOUT);
  draft.times.startsAt = '2027-10-31T02:30';
  draft.offsets.startsAt = '+01:00';

  expect(layoutOf(draft, LAYOUT).startsAt).toBe('2027-10-31T02:30:00+01:00');
});

test('marks of seats that are gone go with them', () => {
  const draft = draftOf(LAYOUT);
  draft.sections.forEach((section) => (section.rows = 'B 3 premium'));
  ['BX-B-3', 'B-4', 'B-1'].forEach((seatId) => draft.accessible.add(seatId));

  expect(layoutOf(draft, LAYOUT)).toMatchObject({ accessible: ['BX-B-3', 'B-1'] });
  expect(layoutOf(draft, LAYOUT)).not.toHaveProperty('blocked');
});

test('a new event is complete but for its name, venue and start', () => {
  const { name, venue, startsAt, sections } = layoutOf(newDraft());

  expect({ name, venue, startsAt }).toEqual({ name: '', venue: '', startsAt: '' });
  expect(sections[0]?.rows).toEqual([
    { row: 'A', seats: 20, tier: 'standard' },
    { row: 'B', seats: 20, tier: 'standard' },
  ]);
});

test.each([
  ['A 20 premium', { row: 'A', seats: 20, tier: 'premium' }],
  ['  B\t8\tvery good  ', { row: 'B', seats: 8, tier: 'very good' }],
  ['C twelve premium', { row: 'C', seats: 'twelve', tier: 'premium' }],
  ['D 1.5 premium', { row: 'D', seats: '1.5', tier: 'premium' }],
  ['E -3 premium', { row: 'E', seats: '-3', tier: 'premium' }],
  ['F20', { row: 'F20', seats: '', tier: '' }],
])('a line of rows: %j', (line, row) => {
  expect(rowsOf(`\n${line}\n\n`)).toEqual([row]);
});

test.each([
  ['120', 'EUR', 12_000],
  [' 120.5 ', 'EUR', 12_050],
  ['1,10', 'EUR', 110],
  ['0', 'EUR', 0],
  ['500', 'JPY', 500],
  ['4.35', 'USD', 435],
  ['12.345', 'EUR', '12.345'],
  ['5.5', 'JPY', '5.5'],
  ['-5', 'EUR', '-5'],
  ['1e3', 'EUR', '1e3'],
  ['', 'EUR', ''],
])('a price of %j in %s is %j', (text, currency, price) => {
  expect(minorUnits(text, currency)).toBe(price);
});

test.each([
  [12_000, 'EUR', '120'],
  [12_050, 'EUR', '120.50'],
  [5, 'EUR', '0.05'],
  [500, 'JPY', '500'],
])('%s of %s is edited as %s', (amount, currency, text) => {
  expect(decimalPrice(amount, currency)).toBe(text);
  expect(minorUnits(text, currency)).toBe(amount);
});
