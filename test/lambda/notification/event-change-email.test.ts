import { type EventChange } from '../../../lambda/notification/confirmation';
import { eventChangeEmail, eventChangeText } from '../../../lambda/notification/event-change-email';
import { type Purchase } from '../../../lambda/purchase/purchase';
import { referenceOf } from '../../../lambda/shared/reference';

const PURCHASE: Purchase = {
  purchaseId: '0f6a2f0e-5c1e-4d0e-9f43-2f3a7d6f5b11',
  ...{ status: 'CONFIRMED', executionId: 'execution', fingerprint: 'f', eventId: 'demo' },
  seats: [
    { seatId: 'A-1', section: 'Stalls' },
    { seatId: 'A-2', section: 'Stalls' },
  ],
  ...{ amount: 24_005, currency: 'EUR', createdAt: 1_800_000_000 },
  buyer: { name: 'Ada <Lovelace>', email: 'ada@example.com' },
};
const BEFORE = {
  ...{ name: 'The Late Quartet', venue: 'Meridian Hall' },
  ...{ startsAt: '2027-03-20T19:00:00Z', timeZone: 'Europe/Berlin' },
};
const changeTo = (
  now: Partial<EventChange['now']>,
  before: Partial<EventChange['before']> = {},
): EventChange => ({
  ...{ type: 'EventChanged', purchaseId: PURCHASE.purchaseId, revision: 2 },
  ticketUrl: 'https://api.example.com/purchases/1/ticket',
  before: { ...BEFORE, ...before },
  now: { ...BEFORE, ...now },
});

test('the e-mail says what is new and what it was before, at the clocks of the venue, and where the new ticket is', () => {
  const { subject, text, html } = eventChangeEmail(PURCHASE, changeTo({ startsAt: '2027-03-28T18:00:00Z' }));

  expect(subject).toBe('The Late Quartet has a new time');
  expect(text).toBe(
    [
      ...['Hello Ada <Lovelace>,', '', 'The Late Quartet has a new time.', ''],
      ...['Event: The Late Quartet', 'Venue: Meridian Hall'],
      'Starts: Sun, 28 March 2027 at 20:00 CEST (before: Sat, 20 March 2027 at 20:00 CET)',
      ...['Seats: A-1, A-2', `Reference: ${referenceOf(PURCHASE.purchaseId)}`, ''],
      'Your seats stay yours. We have made your ticket anew; the code on the one that you have stays valid, too.',
      ...['', 'Your new ticket: https://api.example.com/purchases/1/ticket', ''],
    ].join('\n'),
  );
  expect(html).toContain('Ada &lt;Lovelace&gt;');
  expect(html).toContain('https://api.example.com/purchases/1/ticket');
});

test.each<[string, Partial<EventChange['now']>, Partial<EventChange['before']>]>([
  ['has a new venue', { venue: 'Elsewhere' }, {}],
  ['has a new time and a new venue', { venue: 'Elsewhere', startsAt: '2027-03-21T19:00:00Z' }, {}],
  ['has changed', { doorsOpenAt: '2027-03-20T18:00:00Z' }, {}],
  ['has changed', {}, { name: 'The Late Trio' }],
  ['has a new time', { timeZone: 'Europe/London' }, {}],
  // Who has not been told of a change that was taken back.
  ['takes place as planned', {}, {}],
])('the subject says in short that it %s', (words, now, before) => {
  expect(eventChangeEmail(PURCHASE, changeTo(now, before)).subject).toBe(`The Late Quartet ${words}`);
});

test('what was not known before, or is not known any more, is said', () => {
  const doors = { doorsOpenAt: '2027-03-20T18:00:00Z' };
  expect(eventChangeEmail(PURCHASE, changeTo(doors)).text).toContain(
    'Doors: Sat, 20 March 2027 at 19:00 CET (before: not known)',
  );
  expect(eventChangeEmail(PURCHASE, changeTo({}, { endsAt: '2027-03-20T22:00:00Z' })).text).toContain(
    'Ends: not known yet (before: Sat, 20 March 2027 at 23:00 CET)',
  );
});

test('an SMS has what is new, the reference and the ticket in a line', () => {
  expect(eventChangeText(PURCHASE, changeTo({ venue: 'Elsewhere' }))).toBe(
    `EventPro: The Late Quartet has a new venue. Venue: Elsewhere (before: Meridian Hall). Your purchase ${referenceOf(PURCHASE.purchaseId)} stays valid. New ticket: https://api.example.com/purchases/1/ticket`,
  );
});
