import { spawn } from 'node:child_process';
import { referenceOf } from '../../lambda/shared/reference';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { useLocalRun } from '../support/local-run';
import { expectProblem } from '../support/problem';
import { codesOf, ticketOf } from '../support/ticket-codes';
import { programOf } from '../support/program';

const eventpro = useLocalRun();
const directory = mkdtempSync(join(tmpdir(), 'eventpro-gate-'));
const [KEYS, PDF] = [join(directory, 'jwks.json'), join(directory, 'ticket.pdf')];
afterAll(() => rmSync(directory, { recursive: true }));

let purchaseId: string;
let codes: string[];

/** A buyer's ticket and what a gate saves before it goes offline. */
beforeAll(async () => {
  ({ purchaseId } = await eventpro.buy({ seats: ['A-1', 'A-2'] }));
  codes = await codesOf(eventpro, purchaseId);
  writeFileSync(PDF, await ticketOf(eventpro, purchaseId));
  writeFileSync(KEYS, (await eventpro.request('GET', '/api/ticket-keys')).text);
});

const changed = () => codes[0]!.replace(/\.(.)/, (_, letter) => `.${letter === 'e' ? 'f' : 'e'}`);

describe('the gate', () => {
  test('gets the public keys from anywhere, to keep for five minutes', async () => {
    const { status, headers, text } = await eventpro.request('GET', '/api/ticket-keys');

    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/jwk-set+json');
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    expect(JSON.parse(text)).toEqual({
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          x: expect.any(String),
          kid: expect.any(String),
          alg: 'EdDSA',
          use: 'sig',
        },
      ],
    });
  });

  test('checks the code of each seat of the PDF', async () => {
    for (const [index, seatId] of ['A-1', 'A-2'].entries()) {
      const response = await check({ code: codes[index] });

      expect(response.status).toBe(200);
      expect(response.body).toEqual({
        valid: true,
        ...{ purchaseId, reference: referenceOf(purchaseId) },
        ...{ eventId: 'demo', seatId, status: 'CONFIRMED' },
      });
    }
  });

  test('learns that a code was changed', async () => {
    expect((await check({ code: changed() })).body).toEqual({
      valid: false,
      reason: 'SIGNATURE_INVALID',
    });
  });

  test('must sign its request', async () => {
    const answer = await eventpro.request('POST', '/api/ticket-checks', {
      body: JSON.stringify({ code: codes[0] }),
    });

    expectProblem(answer, { status: 403, code: 'FORBIDDEN' });
  });

  test('must send a code', async () => {
    const response = await check({ ticket: codes[0] });

    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({
      code: 'VALIDATION',
      detail: expect.stringContaining('code'),
    });
  });

  const check = (body: object) => eventpro.signed('POST', '/api/ticket-checks', body);
});

describe('npm run verify-ticket', () => {
  const valid = (seatId: string) =>
    expect.stringMatching(new RegExp(`^valid    demo  ${seatId}  ${referenceOf(purchaseId)}  20\\d\\d-.*Z$`));

  test('0: the PDF and a code, by the saved keys', async () => {
    const { exitCode, lines } = await verify(['--keys', KEYS, '--pdf', PDF, codes[1]!]);

    expect({ exitCode, lines }).toEqual({ exitCode: 0, lines: [valid('A-2'), valid('A-1'), valid('A-2')] });
  });

  test('0: codes from standard input, by the keys of the running API', async () => {
    const { exitCode, lines } = await verify(['--keys', `${eventpro.url}/api/ticket-keys`], codes.join('\n'));

    expect({ exitCode, lines }).toEqual({ exitCode: 0, lines: [valid('A-1'), valid('A-2')] });
  });

  test('1: one of them is forged', async () => {
    const { exitCode, lines } = await verify(['--keys', KEYS, codes[0]!, changed()]);

    expect({ exitCode, lines }).toEqual({ exitCode: 1, lines: [valid('A-1'), 'INVALID  SIGNATURE_INVALID'] });
  });

  test('says of a ticket for another event than the gate’s that it is', async () => {
    const here = await verify(['--keys', KEYS, '--event', 'demo', codes[0]!]);
    const elsewhere = await verify(['--keys', KEYS, '--event', 'gala', codes[0]!]);

    expect(here).toMatchObject({ exitCode: 0, lines: [valid('A-1')] });
    expect(elsewhere.exitCode).toBe(1);
    expect(elsewhere.lines).toEqual([expect.stringMatching(/^INVALID {2}OTHER_EVENT {2}demo {2}A-1/)]);
  });

  describe('with the list of what was cancelled', () => {
    const REVOKED = join(directory, 'revoked.json');
    let cancelled: string;

    beforeAll(async () => {
      const sale = await eventpro.buy({ seats: ['B-1'] });
      [cancelled] = (await codesOf(eventpro, sale.purchaseId)) as [string];
      await eventpro.cancel(sale.purchaseId, { reason: 'ORGANISER' });
      writeFileSync(REVOKED, (await eventpro.signed('GET', '/api/events/demo/revocations')).text);
    });

    const list = (name: string, change: object) => {
      const file = join(directory, name);
      const saved = JSON.parse(readFileSync(REVOKED, 'utf8')) as object;
      writeFileSync(file, JSON.stringify({ ...saved, ...change }));
      return file;
    };

    test('1: a ticket on it is refused, one that is not is valid, and it says how old the list is', async () => {
      const { exitCode, lines, errors } = await verify([
        ...['--keys', KEYS, '--event', 'demo', '--revoked', REVOKED],
        ...[codes[0]!, cancelled],
      ]);

      expect(exitCode).toBe(1);
      expect(lines).toEqual([
        valid('A-1'),
        expect.stringMatching(/^INVALID {2}PURCHASE_CANCELLED {2}demo {2}B-1/),
      ]);
      expect(errors).toMatch(/^The list of revocations of demo is 0 min old, as of 20\d\d-.*Z\n$/);
    });

    test('the same ticket is valid by the signature alone', async () => {
      expect(await verify(['--keys', KEYS, cancelled])).toMatchObject({ exitCode: 0 });
    });

    test('of several answers, what any of them has counts, and the newest says how old they are', async () => {
      const asOf = new Date(Date.now() - 3 * 3_600_000).toISOString();
      const old = list('old.json', { asOf: '2020-01-01T00:00:00.000Z', nextCursor: 'x' });
      const since = list('since.json', { asOf, revocations: [] });

      const { exitCode, errors } = await verify([
        '--keys',
        KEYS,
        '--revoked',
        old,
        '--revoked',
        since,
        cancelled,
      ]);

      expect(exitCode).toBe(1);
      expect(errors).toContain('is 3 h old');
    });

    test('a ticket for an event that it is not of is for another event', async () => {
      const { exitCode, lines } = await verify([
        ...['--keys', KEYS, '--revoked', list('gala.json', { eventId: 'gala' }), codes[0]!],
      ]);

      expect(exitCode).toBe(1);
      expect(lines).toEqual([expect.stringMatching(/^INVALID {2}OTHER_EVENT {2}demo/)]);
    });

    test.each<[string, () => string[], RegExp]>([
      ['a file that is no list', () => ['--revoked', KEYS], /is no list of revocations/],
      ['a list with a page missing', () => ['--revoked', list('page.json', { nextCursor: 'x' })], /goes on/],
      [
        'the list of another event',
        () => ['--event', 'gala', '--revoked', REVOKED],
        /no list of the event gala/,
      ],
      ['a file that is not there', () => ['--revoked', 'nowhere.json'], /nowhere\.json/],
    ])('2: %s', async (_, args, message) => {
      const { exitCode, lines, errors } = await verify(['--keys', KEYS, ...args(), codes[0]!]);

      expect({ exitCode, lines }).toEqual({ exitCode: 2, lines: [] });
      expect(errors).toMatch(message);
    });
  });

  test.each<[string, () => string[], RegExp]>([
    ['no keys', () => [codes[0]!], /^--keys is missing/],
    ['keys that are no JWK set', () => ['--keys', PDF, codes[0]!], /is not a JWK set/],
    ['no id of an event', () => ['--keys', KEYS, '--event', 'Gala!', codes[0]!], /is no id of an event/],
    ['nothing to verify', () => ['--keys', KEYS], /There is no ticket to verify/],
  ])('2: %s', async (_, args, message) => {
    const { exitCode, lines, errors } = await verify(args());

    expect({ exitCode, lines }).toEqual({ exitCode: 2, lines: [] });
    expect(errors).toMatch(message);
  });

  async function verify(args: string[], input = '') {
    const child = spawn(process.execPath, [programOf('verify-ticket'), ...args]);
    child.stdin.end(input);
    const [output, errors, exitCode] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once('exit', resolve)),
    ]);
    return { exitCode, lines: output.split('\n').filter((line) => line !== ''), errors };
  }
});
