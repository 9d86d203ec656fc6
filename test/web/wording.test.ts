import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emailHtml } from '../../lambda/notification/email-html';
import { unsubscriptionPage } from '../../lambda/unsubscription/unsubscription-page';
import { CURRENCIES } from '../../lambda/shared/currencies';
import * as api from '../../lambda/shared/wording';
import {
  money,
  priceFrom,
  seatName,
  seatPlaces,
  seatsCounted,
  spokenMoney,
  startTime,
} from '../../web/wording.js';

const LINK = { label: 'Link', url: 'https://tickets.example' };
const MAIL = { subject: 'S', greeting: 'G', message: 'M', facts: [['A', 'B']], note: 'N' } as const;

test.each([
  [12_000, 'EUR', '€120', '120 euros'],
  [7_950, 'EUR', '€79.50', '79.50 euros'],
  [100, 'EUR', '€1', '1 euro'],
  [4_500, 'GBP', '£45', '45 British pounds'],
  [1_234_500, 'USD', 'US$12,345', '12,345 US dollars'],
  [5_000, 'JPY', 'JP¥5,000', '5,000 Japanese yen'],
  [990_050, 'HUF', 'HUF 9,900.50', '9,900.50 Hungarian forints'],
  [150_000_000, 'IDR', 'IDR 1,500,000', '1,500,000 Indonesian rupiahs'],
  [500_000, 'ISK', 'ISK 5,000', '5,000 Icelandic krónur'],
  [0, 'EUR', 'Free', 'free'],
])('%i minor units of %s are written %s and spoken %s', (amount, currency, written, spoken) => {
  expect([money(amount, currency), spokenMoney(amount, currency)]).toEqual([written, spoken]);
});

test.each([...CURRENCIES.keys()])(
  'an amount of %s is the same in the shop, in the mail and on the ticket',
  (currency) => {
    const amounts = [100, 12_000, 1_234_500, 7_950];

    const shown = amounts.map((amount) => money(amount, currency));

    expect(amounts.map((amount) => api.price(amount, currency))).toEqual(shown);
    // A sign that the font of a ticket has not would be lost there.
    expect(shown.join()).toMatch(/^[\x20-\x7e\u00a0£¥€]+$/);
  },
);

test.each([emailHtml({ ...MAIL, action: LINK, link: LINK }), unsubscriptionPage('ASKED').body])(
  'the colours of what is sent are the shop’s',
  (html) => {
    const shop = readFileSync(join(__dirname, '..', '..', 'web', 'base.css'), 'utf8');

    const colours = html.match(/#[0-9a-f]{3,6}\b/g)!;

    expect(colours.filter((colour) => !shop.includes(colour))).toEqual([]);
    expect(new Set(colours).size).toBeGreaterThan(5);
  },
);

test.each([
  ['AVAILABLE', false, 'Row A, seat 12, premium, 120 euros, available'],
  ['HELD', false, 'Row A, seat 12, premium, 120 euros, held by another buyer'],
  ['SOLD', false, 'Row A, seat 12, premium, 120 euros, sold'],
  ['BLOCKED', false, 'Row A, seat 12, premium, 120 euros, not for sale'],
  ['AVAILABLE', true, 'Row A, seat 12, premium, 120 euros, selected'],
  // The buyer's own purchase holds it: to the buyer it is still the chosen seat.
  ['HELD', true, 'Row A, seat 12, premium, 120 euros, selected'],
] as const)('a seat that is %s, chosen: %s, is named "%s"', (status, selected, name) => {
  const seat = {
    seatId: 'A-12',
    section: 'Stalls',
    row: 'A',
    number: 12,
    tier: 'premium',
    price: 12_000,
    status,
  };

  expect(seatName(seat, 'EUR', selected)).toBe(name);
  expect(seatName({ ...seat, accessible: true }, 'EUR', selected)).toBe(
    name.replace('seat 12, ', 'seat 12, accessible, '),
  );
});

test.each([
  [0, 'free'],
  [4_500, 'from €45'],
])('of an event whose cheapest seat costs %i one reads "%s"', (amount, words) => {
  expect(priceFrom(amount, 'EUR')).toBe(words);
});

test.each([
  [['A-12'], 'Row A, seat 12'],
  [['A-12', 'A-13'], 'Row A, seats 12 and 13'],
  [['A-1', 'A-2', 'A-3'], 'Row A, seats 1, 2 and 3'],
  [['B-A-12', 'B-A-13'], 'Row B-A, seats 12 and 13'],
  [['A-12', 'B-2', 'A-13'], 'Row A, seats 12 and 13 and row B, seat 2'],
])('%j are told as "%s"', (seatIds, text) => {
  expect(seatPlaces(seatIds)).toBe(text);
});

test('one seat is not "1 seats"', () => {
  expect([seatsCounted(1), seatsCounted(2)]).toEqual(['1 seat', '2 seats']);
});

test.each([
  ['2027-03-20T19:00:00Z', 'Europe/Berlin', 'Sat, 20 March 2027 at 20:00 CET'],
  ['2027-03-20T08:30:00Z', '-08:00', 'Sat, 20 March 2027 at 00:30 (UTC-8)'],
  ['2027-12-31T23:30:00Z', 'UTC', 'Fri, 31 December 2027 at 23:30 UTC'],
  ['2027-07-01T00:00:00Z', 'America/New_York', 'Wed, 30 June 2027 at 20:00 EDT'],
])('%s is shown by the clocks of %s: %s', (startsAt, timeZone, shown) => {
  expect(startTime(startsAt, timeZone)).toBe(shown);
  // Ticket and e-mail say the same.
  expect(api.startTime(startsAt, timeZone)).toBe(shown);
});
