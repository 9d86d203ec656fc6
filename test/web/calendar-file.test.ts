import { calendarFile } from '../../web/calendar-file.js';

const NOW = Date.parse('2027-01-02T03:04:05.678Z');
const EVENT = {
  name: 'The Late Quartet',
  venue: 'Meridian Hall',
  startsAt: '2027-03-20T19:00:00Z',
  timeZone: 'Europe/Berlin',
};
const PURCHASE = { reference: '5W2K9V8Z3Q', places: 'Row A, seats 12 and 13' };

/** The properties of a file, unfolded and with their escapes undone as RFC 5545 says. */
function propertiesOf(file: string): Record<string, string> {
  const lines = file.replace(/\r\n /g, '').trimEnd().split('\r\n');
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([A-Z]+):(.*)$/.exec(line)!;
      return [name, value!.replace(/\\n/g, '\n').replace(/\\(.)/g, '$1')];
    }),
  );
}

test('an event is an entry at its instant, with the clocks of its venue in words', () => {
  expect(propertiesOf(calendarFile(EVENT, PURCHASE, NOW))).toEqual({
    BEGIN: 'VEVENT',
    VERSION: '2.0',
    PRODID: '-//EventPro//Storefront//EN',
    UID: '5W2K9V8Z3Q@eventpro',
    DTSTAMP: '20270102T030405Z',
    DTSTART: '20270320T190000Z',
    SUMMARY: 'The Late Quartet',
    LOCATION: 'Meridian Hall',
    DESCRIPTION: expect.stringMatching(
      /^Sat.*20 March 2027.*20:00 CET\.\nRow A, seats 12 and 13\. Reference 5W2K9V8Z3Q\.$/,
    ),
    END: 'VCALENDAR',
  });
});

test('an end and doors are there where they are known, also over the night in which the clocks change', () => {
  const times = {
    startsAt: '2027-03-27T22:00:00Z',
    doorsOpenAt: '2027-03-27T21:00:00Z',
    endsAt: '2027-03-28T02:00:00Z',
  };

  const { DTSTART, DTEND, DESCRIPTION } = propertiesOf(calendarFile({ ...EVENT, ...times }, PURCHASE, NOW));

  expect([DTSTART, DTEND]).toEqual(['20270327T220000Z', '20270328T020000Z']);
  expect(DESCRIPTION).toMatch(/27 March 2027.*23:00 CET\.\nDoors: .*22:00 CET\./);
});

test.each([
  'Tom, Dick; and "Harry" \\ co',
  'Two\nlines, and a tab',
  'Ænima: '.repeat(20),
  '音楽会'.repeat(30),
  '👩‍🎤'.repeat(25),
])('a name comes back as it is, in lines of 75 octets at the most: %s', (name) => {
  const file = calendarFile({ ...EVENT, name }, PURCHASE, NOW);

  expect(propertiesOf(file)['SUMMARY']).toBe(name);
  expect(Math.max(...file.split('\r\n').map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
  expect(file).toMatch(/^BEGIN:VCALENDAR\r\n[^]*END:VCALENDAR\r\n$/);
});

test('nothing that a name holds becomes a line of its own', () => {
  const file = calendarFile(
    { ...EVENT, venue: 'Hall\r\nATTACH:https://evil.example\r\u0000' },
    PURCHASE,
    NOW,
  );

  expect(file.split('\r\n').filter((line) => line.startsWith('ATTACH'))).toEqual([]);
  expect(file).not.toMatch(/[^\r]\n|\r[^\n]|\u0000/);
});
