import { createHmac } from 'node:crypto';
import Stripe from 'stripe';
import { signatureFault } from '../../../lambda/stripe-events/signature';

const NOW = 1_795_992_000;
const SECRET = 'whsec_present';
const BODY = Buffer.from('{\n  "object": "event",\n  "description": "Zoë – 5 €, 票"\n}');

function fault({
  body = BODY,
  header = signed(),
  secrets = [SECRET] as readonly string[],
  now = NOW,
}: Partial<Parameters<typeof signatureFault>[0]> = {}) {
  return signatureFault({ body, header, secrets, now });
}

function v1(secret = SECRET, time: number | string = NOW, body = BODY): string {
  return createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
}

function signed(time: number | string = NOW): string {
  return `t=${time},v1=${v1(SECRET, time)}`;
}

test("is good for what Stripe's SDK signs", () => {
  const header = Stripe.webhooks.generateTestHeaderString({
    ...{ payload: BODY.toString(), secret: SECRET, timestamp: NOW },
  });

  expect(fault({ header })).toBeUndefined();
});

test.each([
  [NOW - 300, undefined],
  [NOW - 301, 'too old'],
  [NOW + 300, undefined],
  [NOW + 301, 'of the future'],
  [0, 'too old'],
])('of the time %d: %s', (time, expected) => {
  expect(fault({ header: signed(time) })).toBe(expected);
});

test.each([
  ['of another secret', v1('whsec_other'), 'wrong'],
  ['of another body', v1(SECRET, NOW, Buffer.from('{}')), 'wrong'],
  ['of another time', v1(SECRET, NOW - 1), 'wrong'],
  ['in capitals', v1().toUpperCase(), 'wrong'],
  ['cut short', v1().slice(0, -1), 'wrong'],
  ['with more behind it', `${v1()}0`, 'wrong'],
  ['with nothing in it', '', 'malformed'],
])('a signature %s is refused', (_, signature, expected) => {
  expect(fault({ header: `t=${NOW},v1=${signature}` })).toBe(expected);
});

test('one byte that differs, anywhere, makes it wrong', () => {
  for (let position = 0; position < BODY.length; position++) {
    const body = Buffer.from(BODY);
    body[position]! ^= 1;
    expect(fault({ body })).toBe('wrong');
  }
});

test.each([
  ['no header', undefined, 'missing'],
  ['an empty one', '', 'missing'],
  ['words', 'Bearer x', 'malformed'],
  ['no time', `v1=${v1()}`, 'malformed'],
  ['a time that is none', `t=now,v1=${v1(SECRET, 'now')}`, 'malformed'],
  ['a time with words behind it', `t=${NOW}x,v1=${v1(SECRET, `${NOW}x`)}`, 'malformed'],
  ['a negative time', `t=-1,v1=${v1(SECRET, -1)}`, 'malformed'],
  ['a fraction', `t=${NOW}.5,v1=${v1(SECRET, `${NOW}.5`)}`, 'malformed'],
  ['two times', `t=${NOW - 9_999},t=${NOW},v1=${v1()}`, 'malformed'],
  ['no signature', `t=${NOW}`, 'malformed'],
  ['the scheme of test events alone', `t=${NOW},v0=${v1()}`, 'malformed'],
])('%s: %s', (_, header, expected) => {
  expect(signatureFault({ body: BODY, header, secrets: [SECRET], now: NOW })).toBe(expected);
});

test('while Stripe rolls a secret, one of its signatures is enough, wherever it stands', () => {
  const [good, bad] = [`v1=${v1()}`, `v1=${v1('whsec_other')}`];

  expect(fault({ header: `t=${NOW},${bad},${good}` })).toBeUndefined();
  expect(fault({ header: `t=${NOW}, ${good}, v0=${v1()}, ${bad}` })).toBeUndefined();
  expect(fault({ header: `t=${NOW},${bad},${bad}` })).toBe('wrong');
});

test('while we roll it, either of ours may have signed', () => {
  const secrets = ['whsec_next', SECRET];

  expect(fault({ secrets })).toBeUndefined();
  expect(fault({ secrets, header: `t=${NOW},v1=${v1('whsec_next')}` })).toBeUndefined();
  expect(fault({ secrets, header: `t=${NOW},v1=${v1('whsec_old')}` })).toBe('wrong');
});

test('without a secret nothing is good', () => {
  expect(fault({ secrets: [] })).toBe('wrong');
});
