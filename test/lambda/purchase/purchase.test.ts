import fc from 'fast-check';
import { fingerprintOf, purchaseRequestSchema } from '../../../lambda/purchase/purchase';
import { parse } from '../../../lambda/shared/validation';

const REQUEST = {
  eventId: 'demo',
  seats: ['A-1'],
  buyer: { name: 'Ada Lovelace', email: 'ada@example.com' },
  paymentMethod: 'pm_card_visa',
};
const withBuyer = (buyer: object) => ({ ...REQUEST, buyer: { ...REQUEST.buyer, ...buyer } });

describe('the request', () => {
  test.each([
    ['as documented', REQUEST],
    ['of eight seats', { ...REQUEST, seats: Array.from({ length: 8 }, (_, n) => `A-${n + 1}`) }],
    ['with a phone', withBuyer({ phone: '+4915112345678' })],
    [
      'with a device',
      withBuyer({ pushEndpoint: 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/app/12-34' }),
    ],
    ['by a name with an apostrophe', withBuyer({ name: "Miles O'Brien" })],
  ])('%s is taken as it is', (_, request) => {
    expect(parse(purchaseRequestSchema, request)).toEqual(request);
  });

  test('a name loses the spaces around it', () => {
    expect(parse(purchaseRequestSchema, withBuyer({ name: '  Ada ' })).buyer.name).toBe('Ada');
  });

  test.each([
    ['no body', null, 'The request must be'],
    ['an event id with a slash', { ...REQUEST, eventId: 'a/b' }, 'eventId is not valid'],
    ['an event id with a hash', { ...REQUEST, eventId: 'a#b' }, 'eventId is not valid'],
    ['no seats', { ...REQUEST, seats: [] }, 'seats is too short or too small (at least 1)'],
    [
      'nine seats',
      { ...REQUEST, seats: Array.from({ length: 9 }, (_, n) => `A-${n + 1}`) },
      'seats is too long or too large (at most 8)',
    ],
    ['a seat twice', { ...REQUEST, seats: ['A-1', 'A-1'] }, 'seats: the same seat is chosen twice'],
    ['a seat in small letters', { ...REQUEST, seats: ['a-1'] }, 'seats.0 is not valid'],
    ['a price', { ...REQUEST, amount: 1 }, 'The request has fields that are not known'],
    ['an empty name', withBuyer({ name: '   ' }), 'buyer.name is too short'],
    ['a name of 101 letters', withBuyer({ name: 'x'.repeat(101) }), 'buyer.name is too long'],
    ['half an emoji in the name', withBuyer({ name: 'Ada \ud83c' }), 'buyer.name: has half of a character'],
    [
      'no e-mail address',
      withBuyer({ email: 'ada' }),
      'buyer.email must be an e-mail address, like ann@example.com',
    ],
    ['a local phone number', withBuyer({ phone: '0151 123' }), 'buyer.phone is not valid'],
    [
      'a device that is a topic',
      withBuyer({ pushEndpoint: 'arn:aws:sns:us-east-1:0:t' }),
      'buyer.pushEndpoint',
    ],
    [
      'half an emoji in the device',
      withBuyer({ pushEndpoint: 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/app/\ud83c' }),
      'buyer.pushEndpoint is not valid',
    ],
    ['a title of the buyer', withBuyer({ title: 'Dr' }), 'buyer has fields that are not known'],
    ['a card number', { ...REQUEST, paymentMethod: '4242424242424242' }, 'paymentMethod is not valid'],
  ])('with %s is refused by the name of the field', (_, request, message) => {
    expect(() => parse(purchaseRequestSchema, request)).toThrow(message);
  });
});

describe('the fingerprint', () => {
  test('is the same whatever the order of the fields', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(fingerprintOf(reversed(value))).toBe(fingerprintOf(value));
      }),
    );
  });

  test('differs when anything differs', () => {
    const others = [
      { ...REQUEST, eventId: 'other' },
      { ...REQUEST, seats: ['A-2'] },
      { ...REQUEST, seats: ['A-1', 'A-2'] },
      { ...REQUEST, paymentMethod: 'pm_card_amex' },
      withBuyer({ email: 'other@example.com' }),
      withBuyer({ phone: '+4915112345678' }),
    ];

    const fingerprints = new Set([REQUEST, ...others].map(fingerprintOf));

    expect(fingerprints.size).toBe(others.length + 1);
  });

  test('says nothing about the request', () => {
    expect(fingerprintOf(REQUEST)).toMatch(/^[0-9a-f]{64}$/);
  });
});

/** The same value with the fields of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([field, inner]) => [field, reversed(inner)]),
  );
}
