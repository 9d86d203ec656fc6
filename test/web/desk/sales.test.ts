import fc from 'fast-check';
import { type FoundPurchase } from '../../../web/desk/desk-api.js';
import { countSeats, keptOf, sharesOf } from '../../../web/desk/sales.js';

const SEATS = new Map([
  ['A-1', { tier: 'premium', price: 12_000 }],
  ['A-2', { tier: 'premium', price: 12_000 }],
  ['B-1', { tier: 'value', price: 4_500 }],
  ['C-1', { tier: 'free', price: 0 }],
]);

const purchase = (over: Partial<FoundPurchase>): FoundPurchase => ({
  ...{
    reference: 'R',
    status: 'CONFIRMED',
    eventId: 'demo',
    seats: ['A-1'],
    amount: 12_000,
    currency: 'EUR',
  },
  ...{ createdAt: '2026-11-30T12:00:00Z', ...over },
});
const cancelled = (reason: string, amount: number): FoundPurchase =>
  purchase({
    status: 'CANCELLED',
    cancellation: { reason, refund: { amount, status: 'SUCCEEDED' }, at: '2026-11-30T13:00:00Z' },
  });

test.each([
  ['a sale', purchase({}), 12_000],
  ['a sale of which some was given back by hand', purchase({ refunded: 2_000 }), 10_000],
  ['one that is not paid', purchase({ status: 'AWAITING_AUTHENTICATION' }), 0],
  ['one that has failed', purchase({ status: 'FAILED' }), 0],
  ['one that was cancelled for all of its money', cancelled('BUYER_REQUEST', 12_000), 0],
  ['one that was cancelled for a part of it', cancelled('ORGANISER', 9_000), 3_000],
  ['a disputed one, whose money the bank has', cancelled('DISPUTE', 0), 0],
])('what is kept of %s', (_, found, kept) => {
  expect(keptOf(found)).toBe(kept);
});

test('a purchase of several tiers is shared out by their prices', () => {
  const found = purchase({ seats: ['A-1', 'B-1', 'A-2'], amount: 28_500 });

  expect(Object.fromEntries(sharesOf(found, SEATS))).toEqual({ premium: 24_000, value: 4_500 });
});

test('a seat that is gone has no tier, and free seats share as many', () => {
  expect(Object.fromEntries(sharesOf(purchase({ seats: ['Z-9'] }), SEATS))).toEqual({ '': 12_000 });
  const free = purchase({ seats: ['C-1', 'Z-9'], amount: 100 });
  expect(Object.fromEntries(sharesOf(free, SEATS))).toEqual({ free: 50, '': 50 });
});

test('whatever was paid, the shares are whole and add up to it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000_000 }),
      fc.uniqueArray(fc.constantFrom('A-1', 'A-2', 'B-1', 'C-1', 'Z-9'), { minLength: 1 }),
      (amount, seats) => {
        const shares = [...sharesOf(purchase({ seats, amount }), SEATS).values()];
        expect(shares.every((share) => Number.isInteger(share) && share >= 0)).toBe(true);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(amount);
      },
    ),
  );
});

test('seats are counted by what they have in common', () => {
  const seat = (section: string, status: 'AVAILABLE' | 'HELD' | 'SOLD' | 'BLOCKED') => ({
    ...{ seatId: 'A-1', section, row: 'A', number: 1, tier: 'premium', price: 1, status },
  });
  const seats = [
    ...[seat('Stalls', 'SOLD'), seat('Stalls', 'SOLD'), seat('Stalls', 'HELD')],
    ...[seat('Circle', 'AVAILABLE'), seat('Circle', 'BLOCKED')],
  ];

  expect(Object.fromEntries(countSeats(seats, ({ section }) => section))).toEqual({
    Stalls: { sold: 2, held: 1, free: 0, blocked: 0 },
    Circle: { sold: 0, held: 0, free: 1, blocked: 1 },
  });
});
