import { createHmac, generateKeyPairSync, sign, webcrypto } from 'node:crypto';
import { readTicketCode, signTicketCode } from '../../../lambda/ticket/ticket-code';
import { ticketKeyOf } from '../../../lambda/ticket/ticket-key';

const KEY = ticketKeyOf('A'.repeat(64));
const OTHER_KEY = ticketKeyOf('B'.repeat(64));
const KEYS = new Map([[KEY.kid, KEY.publicKey]]);
const CLAIMS = {
  purchaseId: '0f6a2f0e-5c1e-4d0e-9f43-2f3a7d6f5b11',
  eventId: 'demo',
  seatId: 'A-12',
  iat: 1_800_000_000,
};
const CODE = signTicketCode(CLAIMS, KEY);
const [HEADER, PAYLOAD, SIGNATURE] = CODE.split('.') as [string, string, string];

/** What the secret of 64 A stands for. A change would leave every ticket sold before without its key. */
const GOLDEN = {
  jwk: {
    ...{ kty: 'OKP', crv: 'Ed25519', x: 'DrwUJd9LxB1rT-H-sxfAT9Cryv76eSq78vJqruXdzFw' },
    ...{ kid: 'YuRyv7pU', alg: 'EdDSA', use: 'sig' },
  },
  signature: 'TwkJtCDAKOT4tRrpcJzRSTMuTXaayn34SDBB4PFoW4h7KsTNRyUE-AeZ4srWjq0JzaFOP9RghFtbjq2t5zyFAA',
};

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decoded = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString()) as object;

/** Signed with our own key, whatever header and payload say. */
function signed(header: unknown, payload: unknown): string {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), KEY.privateKey).toString('base64url')}`;
}

describe('a code', () => {
  test('is a compact JWS with the ids and the time of the sale, and says nothing of the person', () => {
    expect(decoded(HEADER)).toEqual({ alg: 'EdDSA', kid: KEY.kid });
    expect(decoded(PAYLOAD)).toEqual(CLAIMS);
    expect(CODE).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{86}$/);
  });

  test('is the same for the same claims, and will be: secret → key → code is fixed', () => {
    expect(signTicketCode({ ...CLAIMS }, ticketKeyOf('A'.repeat(64)))).toBe(CODE);
    expect(KEY.jwk).toEqual(GOLDEN.jwk);
    expect(SIGNATURE).toBe(GOLDEN.signature);
  });

  test('of no more than the claims: others that come along are left out', () => {
    const withName = { ...CLAIMS, buyerName: 'Ada' };

    expect(signTicketCode(withName, KEY)).toBe(CODE);
  });

  test('is read back by us', () => {
    expect(readTicketCode(CODE, KEYS)).toEqual({ valid: true, claims: CLAIMS });
  });

  test('is verified by anybody who takes the JWK: Web Crypto does', async () => {
    const key = await webcrypto.subtle.importKey('jwk', KEY.jwk as webcrypto.JsonWebKey, 'Ed25519', false, [
      'verify',
    ]);

    const verifies = (payload: string) =>
      webcrypto.subtle.verify(
        'Ed25519',
        key,
        Buffer.from(SIGNATURE, 'base64url'),
        Buffer.from(`${HEADER}.${payload}`),
      );

    expect(await verifies(PAYLOAD)).toBe(true);
    expect(await verifies(part({ ...CLAIMS, seatId: 'A-1' }))).toBe(false);
  });
});

describe('a forgery', () => {
  const header = { alg: 'EdDSA', kid: KEY.kid };
  const stranger = generateKeyPairSync('ed25519').privateKey;
  const macOf = (input: string, secret: string | Buffer) =>
    createHmac('sha256', secret).update(input).digest('base64url');
  const hmacInput = `${part({ alg: 'HS256', kid: KEY.kid })}.${PAYLOAD}`;
  const strangers = sign(null, Buffer.from(`${HEADER}.${PAYLOAD}`), stranger).toString('base64url');
  const flipped = Buffer.from(SIGNATURE, 'base64url').map((byte, index) => (index === 20 ? byte ^ 1 : byte));

  // prettier-ignore
  test.each([
    ['another seat', `${HEADER}.${part({ ...CLAIMS, seatId: 'A-1' })}.${SIGNATURE}`, 'SIGNATURE_INVALID'],
    ['one bit of the signature', `${HEADER}.${PAYLOAD}.${Buffer.from(flipped).toString('base64url')}`, 'SIGNATURE_INVALID'],
    ['a signature of somebody else', `${HEADER}.${PAYLOAD}.${strangers}`, 'SIGNATURE_INVALID'],
    ['a signature of 64 zeros', `${HEADER}.${PAYLOAD}.${Buffer.alloc(64).toString('base64url')}`, 'SIGNATURE_INVALID'],
    ['half a signature', `${HEADER}.${PAYLOAD}.${Buffer.alloc(32, 7).toString('base64url')}`, 'SIGNATURE_INVALID'],
    ['the same claims, spelt with blanks', `${HEADER}.${Buffer.from(JSON.stringify(CLAIMS, null, 1)).toString('base64url')}.${SIGNATURE}`, 'SIGNATURE_INVALID'],
    ['our kid, signed by another of our keys', signTicketCode(CLAIMS, { ...OTHER_KEY, kid: KEY.kid }), 'SIGNATURE_INVALID'],
    ['a key that is not in the set', signTicketCode(CLAIMS, OTHER_KEY), 'UNKNOWN_KEY'],
    ['a kid that is a name of Object', signed({ ...header, kid: '__proto__' }, CLAIMS), 'UNKNOWN_KEY'],
    ['alg none, without a signature', `${part({ alg: 'none' })}.${PAYLOAD}.`, 'NOT_A_TICKET'],
    ['alg none, with our kid and signature', signed({ alg: 'none', kid: KEY.kid }, CLAIMS), 'NOT_A_TICKET'],
    ['alg HS256 with the public key as the secret', `${hmacInput}.${macOf(hmacInput, KEY.jwk.x)}`, 'NOT_A_TICKET'],
    ['alg HS256 with the bytes of the public key', `${hmacInput}.${macOf(hmacInput, Buffer.from(KEY.jwk.x, 'base64url'))}`, 'NOT_A_TICKET'],
    ['alg in small letters', signed({ ...header, alg: 'eddsa' }, CLAIMS), 'NOT_A_TICKET'],
    ['a key of its own in the header', signed({ ...header, jwk: OTHER_KEY.jwk }, CLAIMS), 'NOT_A_TICKET'],
    ['a header that must be understood', signed({ ...header, crit: ['b64'], b64: false }, CLAIMS), 'NOT_A_TICKET'],
    ['no kid', signed({ alg: 'EdDSA' }, CLAIMS), 'NOT_A_TICKET'],
    ['a kid that is a number', signed({ alg: 'EdDSA', kid: 7 }, CLAIMS), 'NOT_A_TICKET'],
    ['something else that we signed', signed(header, { session: 'x' }), 'NOT_A_TICKET'],
    ['claims that are a list', signed(header, [CLAIMS]), 'NOT_A_TICKET'],
  ])('with %s is refused: %s', (_, code, reason) => {
    expect(readTicketCode(code, KEYS)).toEqual({ valid: false, reason });
  });
});

describe('what is no code', () => {
  test.each([
    ['nothing', ''],
    ['two dots', '..'],
    ['a web page', 'https://example.com/menu'],
    ['the code of an old ticket', 'EVENTPRO:0f6a2f0e-5c1e-4d0e-9f43-2f3a7d6f5b11:A-1'],
    ['a code without its signature', `${HEADER}.${PAYLOAD}`],
    ['a code with a fourth part', `${CODE}.x`],
    ['a code in blanks', ` ${CODE} `],
    ['a code with a line break', `${CODE}\n`],
    ['a code with padding', `${CODE}==`],
    ['a code in base64 with + and /', `${HEADER}.${PAYLOAD}.${SIGNATURE.replace(/[-_]/g, '+')}+`],
    ['a header that is not JSON', `${Buffer.from('{').toString('base64url')}.${PAYLOAD}.${SIGNATURE}`],
    ['a header that is null', `${part(null)}.${PAYLOAD}.${SIGNATURE}`],
    ['other scripts and emoji', '券.🎟.券'],
    ['a megabyte of letters', 'x'.repeat(1_000_000)],
    ['a megabyte of dots', '.'.repeat(1_000_000)],
    ['a code with a megabyte at its end', CODE + 'A'.repeat(1_000_000)],
  ])('%s is not a ticket', (_, code) => {
    expect(readTicketCode(code, KEYS)).toEqual({ valid: false, reason: 'NOT_A_TICKET' });
  });

  test('a signature spelt another way, with bits that decode to nothing, is not the code', () => {
    // 64 bytes are 85 characters and a third: the last one has four bits to spare.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(SIGNATURE.at(-1)!);
    const spelt = CODE.slice(0, -1) + alphabet[last ^ 1];

    expect(Buffer.from(spelt.split('.')[2]!, 'base64url')).toEqual(Buffer.from(SIGNATURE, 'base64url'));
    expect(readTicketCode(spelt, KEYS)).toEqual({ valid: false, reason: 'NOT_A_TICKET' });
  });
});

test('a secret that is too short to be one makes no key, and is not repeated in the error', () => {
  expect(() => ticketKeyOf('hunter2')).toThrow(/^The secret of the ticket key has fewer than 64 characters$/);
});
