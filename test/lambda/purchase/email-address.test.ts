import * as z from 'zod/mini';
import { EMAIL_ADDRESS, emailAddressSchema } from '../../../lambda/purchase/email-address';
import { EMAIL_ADDRESS as ON_THE_PAGE, isEmailAddress } from '../../../web/email-address.js';

const LOCAL_64 = 'x'.repeat(64);
const LABEL_63 = 'y'.repeat(63);

test('the page has the same grammar as the API', () => {
  expect(ON_THE_PAGE).toEqual(EMAIL_ADDRESS);
});

test.each([
  'ann@example.com',
  'a&b@example.com',
  "o'hara@example.ie",
  'first.last+tag=x@sub.example.co.uk',
  '{|}~!#$%*/?^_`@example.com',
  'ivan@xn--h1aigbl0e.xn--p1ai',
  'ann@XN--H1AIGBL0E.XN--P1AI',
  '1@1.example',
  'a@b--c.example',
  `${LOCAL_64}@example.com`,
  `a@${LABEL_63}.example`,
])('%s is an address', (address) => {
  expect([z.safeParse(emailAddressSchema, address).success, isEmailAddress(address)]).toEqual([true, true]);
});

test.each([
  '',
  'ann',
  '@example.com',
  'ann@',
  'ann@example',
  'ann@@example.com',
  'a b@example.com',
  '.ann@example.com',
  'ann.@example.com',
  'a..b@example.com',
  'ann@example-.com',
  'ann@-example.com',
  'ann@example..com',
  'ann@.example.com',
  'ann@example.com.',
  'ann@example.c',
  'ann@example.123',
  'ann@127.0.0.1',
  'ann@[127.0.0.1]',
  '"ann lee"@example.com',
  'Ann <ann@example.com>',
  'änn@example.com',
  'ann@exämple.com',
  'xn--nn-wia@example.com',
  'ann@exam_ple.com',
  'ann,bob@example.com',
  'ann@example.com,bob@example.com',
  'ann@example.com\n',
  'ann@example.com\r\nBcc: bob@example.com',
  'ann\u200B@example.com',
  `x${LOCAL_64}@example.com`,
  `a@y${LABEL_63}.example`,
  `${LOCAL_64}@${`${LABEL_63}.`.repeat(3)}example`,
])('%j is none', (address) => {
  expect([z.safeParse(emailAddressSchema, address).success, isEmailAddress(address)]).toEqual([false, false]);
});
