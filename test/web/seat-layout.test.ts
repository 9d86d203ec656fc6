import { isSameHall } from '../../web/seat-layout.js';

const SEAT = { seatId: 'A-1', section: 'Stalls', row: 'A', number: 1, tier: 'value', price: 4_500 };
const HALL = {
  ...{ timeZone: 'Europe/Berlin', saleClosesAt: '2027-03-20T19:00:00Z', status: 'ON_SALE' as const },
  ...{ eventId: 'demo', name: 'Quartet', venue: 'Hall', startsAt: '2027-03-20T19:00:00Z' },
  currency: 'EUR',
  sections: [{ section: 'Stalls', seats: 1 }],
  tiers: [{ tier: 'value', price: 4_500 }],
  seats: [{ ...SEAT, status: 'AVAILABLE' as const }],
};

test('a hall is the same while its seats are sold and marked, in whatever order the fields come', () => {
  const later = {
    ...HALL,
    tiers: [{ price: 4_500, tier: 'value' }],
    seats: [
      {
        status: 'SOLD' as const,
        accessible: true,
        ...Object.fromEntries(Object.entries(SEAT).reverse()),
      } as never,
    ],
  };

  expect(isSameHall(later, HALL)).toBe(true);
});

test.each([
  ['a price', { seats: [{ ...HALL.seats[0]!, price: 5_000 }] }],
  ['a seat', { seats: [...HALL.seats, { ...HALL.seats[0]!, seatId: 'A-2', number: 2 }] }],
  ['a price tier', { tiers: [{ tier: 'value', price: 5_000 }] }],
  ['the currency', { currency: 'USD' }],
])('another %s makes it another hall', (_, different) => {
  expect(isSameHall({ ...HALL, ...different }, HALL)).toBe(false);
});
