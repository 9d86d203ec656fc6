import { type Seat } from '../../web/api.js';
import { bestTogether } from '../../web/best-available.js';

/** A row of a hall: a dot is a free seat, anything else a taken one. */
function row(name: string, seats: string, tier = 'standard'): Seat[] {
  return [...seats].map((mark, index) => ({
    ...{ section: 'Stalls', row: name, number: index + 1, tier, price: 8_000 },
    seatId: `${name}-${index + 1}`,
    status: mark === '.' ? 'AVAILABLE' : 'SOLD',
  }));
}

const idsOf = (groups: Seat[][]) => groups.map((group) => group.map(({ seatId }) => seatId).join(' '));

test('the middle of the first row is best, then the middle of the next', () => {
  const hall = [...row('A', '......'), ...row('B', '......')];

  expect(idsOf(bestTogether(hall, { count: 2 }))).toEqual(['A-3 A-4', 'B-3 B-4']);
});

test('seats are together only when no taken seat is between them', () => {
  const hall = [...row('A', '.x.x..'), ...row('B', 'x.x.x.')];

  expect(idsOf(bestTogether(hall, { count: 2 }))).toEqual(['A-5 A-6']);
});

test('a gap in the numbers is an aisle', () => {
  const hall = row('A', '....').filter(({ number }) => number !== 2);

  expect(idsOf(bestTogether(hall, { count: 2 }))).toEqual(['A-3 A-4']);
});

test('the middle of a row behind is better than the edge of a wide one in front', () => {
  const hall = [...row('A', `${'x'.repeat(28)}..`), ...row('B', '.'.repeat(30))];

  expect(idsOf(bestTogether(hall, { count: 2 }))).toEqual(['B-15 B-16', 'A-29 A-30']);
});

test('only the wished price tier counts', () => {
  const hall = [...row('A', '..', 'premium'), ...row('B', '..', 'value')];

  expect(idsOf(bestTogether(hall, { count: 1, tier: 'value' }))).toEqual(['B-1']);
});

test('a party that fits nowhere is told so', () => {
  expect(bestTogether(row('A', '....x....'), { count: 5 })).toEqual([]);
});

test('with an accessible seat in the wish, each group has one', () => {
  const hall = [...row('A', '......'), ...row('B', '......')].map((seat) => ({
    ...seat,
    ...((seat.seatId === 'A-6' || seat.seatId === 'B-1') && { accessible: true as const }),
  }));

  expect(idsOf(bestTogether(hall, { count: 2, accessible: true }))).toEqual(['A-5 A-6', 'B-1 B-2']);
});
