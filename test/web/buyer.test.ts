import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { MARKETING_WORDING } from '../../lambda/purchase/marketing-consent';
import { purchaseRequestSchema } from '../../lambda/purchase/purchase';
import { CHANNEL_NAMES as API_CHANNEL_NAMES, CHANNELS as API_CHANNELS } from '../../lambda/purchase/channels';
import { type BuyerFields, buyerOf, mistakesIn } from '../../web/buyer.js';
import { ADDRESS_NAMES, type AddressName, CHANNELS, FORM_CHANNELS } from '../../web/channels.js';

const NAMED = { name: 'Ann Lee', email: 'ann@example.com' };
const NO_ADDRESSES = Object.fromEntries(ADDRESS_NAMES.map((name) => [name, ''])) as Record<
  AddressName,
  string
>;
/** As the form is when nothing but these is filled in. */
const ANN: BuyerFields = { ...NAMED, ...NO_ADDRESSES, channels: FORM_CHANNELS, marketing: false };

test('the page knows the channels of the API, each with the field that it needs', () => {
  const offered = Object.entries(CHANNELS).map(([name, { field }]) => [name, field]);

  expect(offered).toEqual(API_CHANNEL_NAMES.map((name) => [name, API_CHANNELS[name].address.field]));
});

test('no form asks a buyer for the address of a device, which only its app knows', () => {
  expect([ADDRESS_NAMES, FORM_CHANNELS]).toEqual([['phone'], ['email', 'sms']]);
});

test('the page asks for consent to marketing by the words that the API keeps, with a box that is not ticked', () => {
  const page = readFileSync(join(__dirname, '../../web/index.html'), 'utf8');

  const [, box, words] = /<input id="buyer-marketing"([^>]*)>([^<]*)<\/label>/.exec(page)!;

  expect(words!.replaceAll(/\s+/g, ' ').trim()).toBe(MARKETING_WORDING.text);
  expect(box).not.toContain('checked');
});

test.each([
  ['as it should be', {}, { name: 'Ann Lee', email: 'ann@example.com' }],
  [
    'with blanks around',
    { name: ' Ann Lee ', email: ' ann@example.com ' },
    { name: 'Ann Lee', email: 'ann@example.com' },
  ],
  [
    'a domain in its own script',
    { email: 'ivan@почта.рф' },
    { ...NAMED, email: 'ivan@xn--80a1acny.xn--p1ai' },
  ],
  [
    'an address of few',
    { email: "o'hara+a&b@Example.co.uk" },
    { ...NAMED, email: "o'hara+a&b@Example.co.uk" },
  ],
  ['a number as people write it', { phone: '+49 (30) 123-45.67' }, { ...NAMED, phone: '+49301234567' }],
  ['00 for the plus', { phone: '0049 30 1234567' }, { ...NAMED, phone: '+49301234567' }],
  ['consent to marketing, where it is given', { marketing: true }, { ...NAMED, marketing: true }],
])('%s is sent as the API takes it', (_, fields, sent) => {
  const typed = { ...ANN, ...fields };

  const buyer = buyerOf(typed);

  expect([buyer, mistakesIn(typed)]).toEqual([sent, {}]);
  const request = { eventId: 'demo', seats: ['A-1'], buyer, paymentMethod: 'pm_card_visa' };
  expect(z.safeParse(purchaseRequestSchema, request).success).toBe(true);
});

test.each([
  ['name', { name: '  ' }],
  ['email', { email: '' }],
  ['email', { email: 'ann@example' }],
  ['email', { email: 'ann lee@example.com' }],
  ['email', { email: 'änn@example.com' }],
  ['email', { email: 'ann@example-.com' }],
  ['email', { email: 'ann@exam/ple.рф' }],
  ['phone', { phone: '030 1234567' }],
  ['phone', { phone: '+49 30' }],
  ['phone', { phone: 'call me' }],
  ['channels', { channels: [] }],
  ['channels', { channels: ['sms' as const] }],
])('a mistake in the %s is told beside it: %j', (field, fields) => {
  expect(Object.keys(mistakesIn({ ...ANN, ...fields }))).toEqual([field]);
});

test('the channels are sent as soon as one is struck out, and then there must be an address for one of them', () => {
  const typed = { ...ANN, phone: '+49301234567', channels: ['sms' as const] };

  const buyer = buyerOf(typed);

  expect([buyer, mistakesIn(typed)]).toEqual([{ ...NAMED, phone: '+49301234567', channels: ['sms'] }, {}]);
});

test('a channel that is left ticked without an address is not asked for: the API would refuse it', () => {
  const typed = { ...ANN, channels: ['sms' as const] };

  expect(buyerOf(typed)).toEqual({ ...NAMED, channels: [] });
});
