import fc from 'fast-check';
import * as z from 'zod/mini';
import { eventLayoutSchema } from '../../../lambda/event/event-layout';
import { purchaseRequestSchema } from '../../../lambda/purchase/purchase';
import { Problem } from '../../../lambda/shared/problem';
import { parse } from '../../../lambda/shared/validation';
import { LAYOUT } from '../checkout';

const REQUEST = {
  eventId: 'demo',
  seats: ['A-1'],
  buyer: { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+4915112345678' },
  paymentMethod: 'pm_card_visa',
};

/** The message a value is refused with; undefined when it is taken. */
function refusal(schema: z.ZodMiniType, value: unknown): string | undefined {
  try {
    parse(schema, value);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

test('what is valid comes back as the schema makes it', () => {
  const schema = z.object({ name: z.string().check(z.trim()) });

  expect(parse(schema, { name: ' Ada ', more: 1 })).toEqual({ name: 'Ada' });
});

test.each([
  ['a wrong type', { a: 1 }, 'a must be string.'],
  ['a missing field', {}, 'a must be string.'],
  ['too little', { a: '' }, 'a is too short or too small (at least 2).'],
  ['too much', { a: 'x'.repeat(9) }, 'a is too long or too large (at most 5).'],
  ['the wrong form', { a: 'xyz' }, 'a is not valid.'],
  ['an unknown field', { a: 'abc', b: 1 }, 'The request has fields that are not known.'],
  ['a broken rule', { a: 'abba' }, 'a: must not be a band.'],
  ['something else altogether', 'text', 'The request must be object.'],
])('%s is refused by field and reason', (_, value, message) => {
  const schema = z.strictObject({
    a: z.string().check(
      z.minLength(2),
      z.maxLength(5),
      z.regex(/^[a-c]*$|^x{9}$/),
      z.refine((text) => text !== 'abba', 'must not be a band'),
    ),
  });

  expect(refusal(schema, value)).toBe(message);
});

test('at most five fields are named', () => {
  const schema = z.object(Object.fromEntries([...'abcdefgh'].map((field) => [field, z.string()])));

  expect(refusal(schema, {})!.match(/must be string/g)).toHaveLength(5);
});

describe('a refusal never repeats a value, nor a field it does not know', () => {
  const MARKER = 'Zq7x4242424242';
  const leaf = fc.oneof(
    fc.constant(MARKER),
    fc.string().map((text) => `${text}${MARKER}`),
    fc.constant(42424242424242),
    fc.constant(null),
  );
  const anything = fc.oneof(
    leaf,
    fc.array(leaf, { maxLength: 10 }),
    fc.dictionary(fc.constant(MARKER), leaf),
    fc.record({ [MARKER]: fc.array(fc.dictionary(fc.constant(MARKER), leaf)) }),
  );

  test.each([
    ['of a purchase', purchaseRequestSchema, REQUEST],
    ['of a layout', eventLayoutSchema, LAYOUT],
  ] as const)('%s', (_, schema, valid) => {
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(valid)), anything, (path, value) => {
        const message = refusal(schema, withValue(valid, path, value)) ?? '';

        expect(message).not.toMatch(/Zq7x|4242/);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** The path of every field inside, and of one more in each object. */
function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  const extra = Array.isArray(value) ? [] : [[...path, 'Zq7x-extra']];
  return [
    [...path],
    ...extra,
    ...Object.entries(value).flatMap(([field, inner]) => pathsOf(inner, [...path, field])),
  ];
}

function withValue(target: unknown, [field, ...rest]: readonly string[], value: unknown): unknown {
  if (field === undefined) return value;
  const copy = structuredClone(target) as Record<string, unknown>;
  copy[field] = withValue(copy[field], rest, value);
  return copy;
}
