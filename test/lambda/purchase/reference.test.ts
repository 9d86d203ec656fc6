import { createHash, randomUUID } from 'node:crypto';
import { parseReference, purchaseHash, referenceOf } from '../../../lambda/shared/reference';

const PURCHASE_ID = '3f2b8a52-4a0e-4a4f-9c39-0c9f4c1d2e3f';

test('a reference is the first 50 bits of the SHA-256 in Crockford base32', () => {
  const digest = createHash('sha256').update(PURCHASE_ID).digest();
  const bits = Array.from(digest, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = Array.from({ length: 10 }, (_, at) => parseInt(bits.slice(5 * at, 5 * at + 5), 2));

  expect(referenceOf(PURCHASE_ID)).toBe(
    digits.map((digit) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[digit]).join(''),
  );
});

test('a reference does not depend on how the id is written', () => {
  expect(referenceOf(PURCHASE_ID.toUpperCase())).toBe(referenceOf(PURCHASE_ID));
  expect(purchaseHash(PURCHASE_ID.toUpperCase())).toBe(purchaseHash(PURCHASE_ID));
});

test('a hash has 64 hexadecimal digits', () => {
  expect(purchaseHash(PURCHASE_ID)).toMatch(/^[0-9a-f]{64}$/);
});

test('what people type is read as the reference it is', () => {
  const reference = '01ABCDEFGH';

  expect(parseReference('oI-abcd efgh')).toBe(reference);
  expect(parseReference(' 0l abcdefgh ')).toBe(reference);
  expect(parseReference(referenceOf(PURCHASE_ID).toLowerCase())).toBe(referenceOf(PURCHASE_ID));
});

test.each(['', '01ABCDEFG', '01ABCDEFGHJ', '01ABCDEFGU', randomUUID()])('%j is no reference', (typed) => {
  expect(parseReference(typed)).toBeUndefined();
});
