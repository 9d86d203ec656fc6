import { confirmationEmail } from '../../../lambda/notification/confirmation-email';
import { referenceOf } from '../../../lambda/shared/reference';
import { type Purchase } from '../../../lambda/purchase/purchase';

const PURCHASE: Purchase = {
  purchaseId: '0f6a2f0e-5c1e-4d0e-9f43-2f3a7d6f5b11',
  status: 'CONFIRMED',
  executionId: 'execution',
  fingerprint: 'f',
  eventId: 'demo',
  seats: [
    { seatId: 'A-1', section: 'Stalls' },
    { seatId: 'A-2', section: 'Stalls' },
  ],
  amount: 24005,
  currency: 'EUR',
  buyer: { name: 'Ada Lovelace', email: 'ada@example.com' },
  createdAt: 1_800_000_000,
};
const EVENT = {
  name: 'The Late Quartet',
  venue: 'Meridian Hall',
  startsAt: '2027-03-20T19:00:00Z',
  timeZone: 'Europe/Berlin',
};
const TICKET_URL = 'https://api.example.com/purchases/1/ticket';

test('the text says what was bought, for how much, and where the ticket is', () => {
  const { subject, text } = confirmationEmail(PURCHASE, EVENT, TICKET_URL);

  expect(subject).toBe('Your tickets for The Late Quartet');
  expect(text).toBe(
    [
      'Hello Ada Lovelace,',
      '',
      'your purchase is confirmed.',
      '',
      'Event: The Late Quartet',
      'Venue: Meridian Hall',
      // The wall clock at the venue.
      'Starts: Sat, 20 March 2027 at 20:00 CET',
      'Seats: A-1, A-2',
      'Paid: €240.05',
      `Reference: ${referenceOf(PURCHASE.purchaseId)}`,
      '',
      `Your ticket: ${TICKET_URL}`,
      '',
    ].join('\n'),
  );
});

test('the HTML says the same, and links to the ticket', () => {
  const { html } = confirmationEmail(PURCHASE, EVENT, TICKET_URL);

  for (const fact of ['Hello Ada Lovelace,', 'The Late Quartet', 'Meridian Hall', 'A-1, A-2', '€240.05']) {
    expect(html).toContain(fact);
  }
  expect(html).toContain(`<a href="${TICKET_URL}" `);
});

test('the HTML works without a style sheet, tells its language, and takes its colours in the dark from itself', () => {
  const { subject, html } = confirmationEmail(PURCHASE, EVENT, TICKET_URL);

  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(html).toContain(`<title>${subject}</title>`);
  expect(html).toContain('<meta name="color-scheme" content="light dark">');
  expect(html).toContain('@media (prefers-color-scheme: dark)');
  // Tables that are layout say so to a screen reader; the one of the facts has its headings.
  const tables = [...html.matchAll(/<table [^>]*>/g)].map(([tag]) => tag.includes('role="presentation"'));
  expect(tables).toEqual([true, true, false]);
  expect(html.match(/<th scope="row"/g)).toHaveLength(6);
  // Nothing is loaded from elsewhere: no picture to block, nobody is told that the e-mail was opened.
  expect(html.match(/https?:[^"<\s]+/g)).toEqual([TICKET_URL, TICKET_URL]);
  expect(html).not.toMatch(/<(img|link|script)|url\(|@import/);
});

test('what people typed is text in the HTML, never markup', () => {
  const hostile = `<img src=x onerror='alert(1)'> & "Ada"`;

  const { text, html } = confirmationEmail(
    { ...PURCHASE, buyer: { ...PURCHASE.buyer!, name: hostile } },
    { ...EVENT, name: hostile, venue: hostile },
    `${TICKET_URL}?a=1&b="><script>`,
  );

  expect(text).toContain(`Hello ${hostile},`);
  expect(html).toContain('Hello &lt;img src=x onerror=&#39;alert(1)&#39;&gt; &amp; &quot;Ada&quot;,');
  expect(html).not.toMatch(/<img|<script|onerror='/);
  expect(html).toContain(`href="${TICKET_URL}?a=1&amp;b=&quot;&gt;&lt;script&gt;"`);
});

test('an event that is no longer there is left out of the words', () => {
  const { subject, text } = confirmationEmail(PURCHASE, undefined, TICKET_URL);

  expect(subject).toBe('Your tickets for your event');
  expect(text).not.toMatch(/^(Event|Venue|Starts):/m);
  expect(text).toContain('Seats: A-1, A-2');
});
