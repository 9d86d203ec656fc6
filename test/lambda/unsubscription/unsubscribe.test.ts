import { createHash } from 'node:crypto';
import { Unsubscriptions } from '../../../lambda/purchase/unsubscriptions';
import { AddressHashes } from '../../../lambda/shared/address-hash';
import { unsubscribe } from '../../../lambda/unsubscription/unsubscribe';
import { useTables } from '../../support/tables';
import { MovableClock } from '../checkout';

const ADDRESS = 'ada@example.com';
const tables = useTables();
const clock = new MovableClock();
const addresses = new AddressHashes(() => Promise.resolve('1'.repeat(64)), clock);
const unsubscriptions = () => new Unsubscriptions(tables.client, tables.purchaseTable, clock);

const ask = (httpMethod: string, token: string) =>
  unsubscribe({ httpMethod, pathParameters: { token } }, { addresses, unsubscriptions: unsubscriptions() });
const isRevoked = async (email: string, consentAt: number) =>
  unsubscriptions().isRevoked({ wording: '1', at: consentAt }, await addresses.every(email));

test.each(['GET', 'HEAD'])(
  '%s asks, and unsubscribes nobody: scanners read the links of e-mails',
  async (method) => {
    const answer = await ask(method, await addresses.tokenOf(`scanned-${method}@example.com`));

    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('<form method="post">');
    expect(await isRevoked(`scanned-${method}@example.com`, 0)).toBe(false);
  },
);

test('POST unsubscribes, as often as it is said, from what was agreed to before', async () => {
  const now = clock.nowSeconds();
  const token = await addresses.tokenOf(ADDRESS);

  for (let time = 0; time < 2; time++) expect((await ask('POST', token)).statusCode).toBe(200);

  expect(await isRevoked(ADDRESS, now)).toBe(true);
  expect(await isRevoked(' Ada@Example.com', now)).toBe(true);
  expect(await isRevoked(ADDRESS, now + 1)).toBe(false);
  expect(await isRevoked('eve@example.com', now)).toBe(false);
});

test.each([
  ['of another address with the signature of this one', (token: string, other: string) => swap(token, other)],
  ['that is cut off', (token: string) => token.slice(0, -1)],
  ['without a signature', (token: string) => token.slice(0, token.lastIndexOf('.'))],
  ['with more behind it', (token: string) => `${token}.x`],
  ['of a key that there is not', (token: string) => `AAAAAAAA${token.slice(8)}`],
  ['that is none', () => 'x'],
  ['that is empty', () => ''],
])('a token %s is not known, and nothing is written', async (_, forge) => {
  const token = forge(
    await addresses.tokenOf('mallory@example.com'),
    await addresses.tokenOf('victim@example.com'),
  );

  for (const method of ['GET', 'POST']) {
    const answer = await ask(method, token);
    expect(answer.statusCode).toBe(404);
    expect(answer.body).not.toContain('<form');
  }
  expect(await isRevoked('victim@example.com', 0)).toBe(false);
  expect(await isRevoked('mallory@example.com', 0)).toBe(false);
});

/** The hash of the other with this signature. */
function swap(token: string, other: string): string {
  return `${other.slice(0, other.lastIndexOf('.'))}${token.slice(token.lastIndexOf('.'))}`;
}

test('the page says its language, can be seen in the dark, runs nothing, and shows what its own policy allows', async () => {
  const { headers = {}, body } = await ask('GET', await addresses.tokenOf(ADDRESS));

  const style = /<style>([^]*)<\/style>/.exec(body)![1]!;
  const policy = String(headers['Content-Security-Policy']);
  expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  expect(policy).toContain("default-src 'none'");
  expect(body).toContain('<html lang="en">');
  expect(body).not.toMatch(/<script|style=|src=/);
  expect(style).toContain('color-scheme: light dark');
  expect(headers).toMatchObject({ 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store' });
});
