import fc from 'fast-check';
import { parseReference as parsed, purchaseHash, referenceOf } from '../../../lambda/shared/reference';
import {
  hashOf,
  parseReference,
  PRINTED_REFERENCE,
  referenceOfHash,
} from '../../../web/console/reference.js';

test('the console knows the hash and the reference of a purchase as the functions do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uuid(), async (id) => {
      const hash = await hashOf(id.toUpperCase());

      expect(hash).toBe(purchaseHash(id));
      expect(referenceOfHash(hash)).toBe(referenceOf(id));
      expect(referenceOfHash(hash)).toMatch(new RegExp(`^${PRINTED_REFERENCE}$`));
    }),
  );
});

test.each([
  'tvtwym4sj2',
  'TVTWY-M4SJ2',
  ' tvt wym 4sj2',
  'OIL0123456',
  'TVTWYM4SJ',
  'UUUUUUUUUU',
  'A-12',
  '',
])('what is typed is read as the functions read it: "%s"', (typed) =>
  expect(parseReference(typed)).toBe(parsed(typed)),
);
