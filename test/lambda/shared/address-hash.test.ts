import { createHmac } from 'node:crypto';
import { AddressHashes } from '../../../lambda/shared/address-hash';
import { SecretUnusable } from '../../../lambda/shared/environment';
import { MovableClock } from '../checkout';

const [FIRST, SECOND] = ['1'.repeat(64), '2'.repeat(64)] as const;
const ADDRESS = 'ada@example.com';

let secret: string;
let clock: MovableClock;
let addresses: AddressHashes;

beforeEach(() => {
  secret = FIRST;
  clock = new MovableClock();
  addresses = new AddressHashes(() => Promise.resolve(secret), clock);
});

test.each(['ADA@example.com', 'Ada@Example.COM', ' ada@example.com ', 'ada@example.com\n'])(
  '%j is the address that it is written differently from',
  async (typed) => {
    expect(await addresses.of(typed)).toBe(await addresses.of(ADDRESS));
  },
);

test('the hash is an HMAC under the key, whose id stands before it; another key, another hash', async () => {
  const [id, hash] = (await addresses.of(ADDRESS)).split('.');

  const other = new AddressHashes(() => Promise.resolve(SECOND));

  expect(hash).toBe(createHmac('sha256', FIRST).update(ADDRESS).digest('base64url'));
  expect(id).toMatch(/^[\w-]{8}$/);
  expect(await other.of(ADDRESS)).not.toContain(id);
  expect(await other.of(ADDRESS)).not.toContain(hash);
});

test('a rotation: the new key hashes within five minutes, and what the one before has hashed is found', async () => {
  const before = await addresses.of(ADDRESS);

  secret = `${SECOND} ${FIRST}`;
  clock.advance(300);
  const after = await addresses.of(ADDRESS);

  expect(after).not.toBe(before);
  expect(await addresses.every(ADDRESS)).toEqual([after, before]);
});

test.each([
  ['empty', ''],
  ['blank', ' \n'],
  ['too short', 'short'],
  ['one of two too short', `${FIRST} short`],
])('a secret that is %s is refused, and not repeated', async (_, bad) => {
  secret = bad;

  const error = await addresses.of(ADDRESS).catch((caught: unknown) => caught as Error);

  expect(error).toBeInstanceOf(SecretUnusable);
  expect((error as Error).message).not.toContain('short ');
});
