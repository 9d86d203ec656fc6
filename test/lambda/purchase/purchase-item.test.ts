import { outlineOf, purchaseOf } from '../../../lambda/purchase/purchase-item';
import { ItemNotReadable } from '../../../lambda/shared/item';

const ITEM = {
  ...{ purchaseId: 'e6b1…', status: 'CONFIRMED', executionId: 'run-1', fingerprint: 'f'.repeat(64) },
  ...{ eventId: 'demo', amount: 8_000, currency: 'EUR', createdAt: 1_790_000_000 },
  seats: [{ seatId: 'A-1', section: 'Stalls' }],
};

test('an item of an older version is a purchase without what came later', () => {
  expect(purchaseOf(ITEM)).toEqual(ITEM);
});

test('what else is in an item stays', () => {
  expect(purchaseOf({ ...ITEM, unsettledShard: '3' })).toHaveProperty('unsettledShard', '3');
});

test.each([
  ['status', { status: 'SOLD' }],
  ['status', { status: 'constructor' }],
  ['amount', { amount: '8000' }],
  ['seats', { seats: 'A-1' }],
  ['seats', { seats: [{ seatId: 'A-1' }] }],
  ['buyer', { buyer: { name: 'Ann Lee' } }],
  ['createdAt', { createdAt: undefined }],
])('a field %s that nobody writes is refused by its name, without what is in it', (field, change) => {
  const read = () => purchaseOf({ ...ITEM, ...change });

  expect(read).toThrow(ItemNotReadable);
  expect(read).toThrow(`The field ${field} of a purchase in the table is not as it is written`);
});

test('an outline is checked as far as it goes', () => {
  const outline = { purchaseId: 'e6b1…', status: 'PAID', createdAt: 7 };

  expect(outlineOf(outline)).toEqual(outline);
  expect(() => outlineOf({ ...outline, status: 7 })).toThrow(ItemNotReadable);
});
