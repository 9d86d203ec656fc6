import { MAX_SEATS_PER_PURCHASE as MAX_OF_THE_API } from '../../lambda/purchase/purchase';
import { type Seat } from '../../web/api.js';
import { sectionsOf } from '../../web/seat-layout.js';
import { MAX_SEATS_PER_PURCHASE, SeatSelection } from '../../web/seat-selection.js';

function seat(number: number, different: Partial<Seat> = {}): Seat {
  const { row = 'A' } = different;
  const usual = {
    section: 'Stalls',
    row,
    number,
    tier: 'standard',
    price: 8_000,
    status: 'AVAILABLE',
  } as const;
  return { ...usual, seatId: `${row}-${number}`, ...different };
}

test('the total is the sum of the prices of the seat map', () => {
  const selection = new SeatSelection();

  selection.toggle(seat(1));
  selection.toggle(seat(2, { price: 12_000 }));

  expect([selection.seatIds, selection.total]).toEqual([['A-1', 'A-2'], 20_000]);
});

test('choosing a chosen seat gives it back', () => {
  const selection = new SeatSelection();
  selection.toggle(seat(1));

  const change = selection.toggle(seat(1));

  expect([change, selection.seatIds, selection.total]).toEqual(['removed', [], 0]);
});

test.each(['HELD', 'SOLD'] as const)('a seat that is %s cannot be chosen', (status) => {
  const selection = new SeatSelection();

  expect([selection.toggle(seat(1, { status })), selection.seatIds]).toEqual(['not-available', []]);
});

test('there is room for as many seats as the API takes, and not for one more', () => {
  const selection = new SeatSelection();
  for (let number = 1; number <= MAX_SEATS_PER_PURCHASE; number++) selection.toggle(seat(number));

  const change = selection.toggle(seat(MAX_SEATS_PER_PURCHASE + 1));

  expect([change, selection.seatIds.length, MAX_SEATS_PER_PURCHASE]).toEqual([
    'full',
    MAX_OF_THE_API,
    MAX_OF_THE_API,
  ]);
});

test('a fresh seat map takes what others have bought out of the selection, and brings new prices', () => {
  const selection = new SeatSelection();
  for (const number of [1, 2, 3, 4]) selection.toggle(seat(number));

  const lost = selection.refresh([
    seat(1, { status: 'SOLD' }),
    seat(2, { status: 'HELD' }),
    seat(3, { price: 9_000 }),
  ]);

  expect(lost.map(({ seatId }) => seatId)).toEqual(['A-1', 'A-2', 'A-4']);
  expect([selection.seatIds, selection.total]).toEqual([['A-3'], 9_000]);
});

test('seats are grouped by section and row in the order of the map', () => {
  const seats = [seat(1), seat(2), seat(1, { row: 'B' }), seat(1, { row: 'C', section: 'Circle' })];

  const sections = sectionsOf(seats);

  expect(
    sections.map(({ section, rows }) => [section, rows.map(({ row, seats }) => [row, seats.length])]),
  ).toEqual([
    [
      'Stalls',
      [
        ['A', 2],
        ['B', 1],
      ],
    ],
    ['Circle', [['C', 1]]],
  ]);
});
