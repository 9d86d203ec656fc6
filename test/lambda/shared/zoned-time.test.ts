import fc from 'fast-check';
import { startTime } from '../../../lambda/shared/wording';
import { instantsOf, isTimeZone, offsetAt, zoneName } from '../../../lambda/shared/zoned-time';
import { wallClockOf, zoneName as zoneNameOnPage } from '../../../web/zoned-time.js';

const ZONES = [
  ...[
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'Asia/Tokyo',
  ],
  ...['Africa/Casablanca', 'America/Sao_Paulo', 'UTC', '+01:00', '-03:30'],
];
const zones = fc.constantFrom(...ZONES);
const instants = fc
  .integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2060, 0, 1) / 1000 })
  .map((s) => s * 1000);

test('every instant is among those that its wall clock stands for', () => {
  fc.assert(
    fc.property(zones, instants, (zone, instant) => {
      expect(instantsOf(instant + offsetAt(instant, zone), zone).instants).toContain(instant);
    }),
  );
});

test.each([
  ['2027-03-20T19:00:00Z', 'Europe/Berlin', 'Sat, 20 March 2027 at 20:00 CET'],
  ['2027-07-20T18:00:00Z', 'Europe/Berlin', 'Tue, 20 July 2027 at 20:00 CEST'],
  ['2027-03-20T20:00:00Z', 'Europe/London', 'Sat, 20 March 2027 at 20:00 GMT'],
  ['2027-01-20T20:00:00Z', 'America/New_York', 'Wed, 20 January 2027 at 15:00 EST'],
  ['2027-01-20T20:00:00Z', 'Asia/Tokyo', 'Thu, 21 January 2027 at 05:00 JST'],
  ['2027-01-20T20:00:00Z', 'Asia/Kathmandu', 'Thu, 21 January 2027 at 01:45 (UTC+5:45)'],
  ['2027-01-20T20:00:00Z', 'UTC', 'Wed, 20 January 2027 at 20:00 UTC'],
  ['2027-01-20T20:00:00Z', '+01:00', 'Wed, 20 January 2027 at 21:00 (UTC+1)'],
  // A reservation of an older version has no zone.
  ['2027-03-20T20:00:00+01:00', undefined, 'Sat, 20 March 2027 at 20:00 (UTC+1)'],
  ['2027-03-20T20:00:00Z', undefined, 'Sat, 20 March 2027 at 20:00 UTC'],
])('%s is printed in %s as %s', (time, zone, printed) => {
  expect(startTime(time, zone)).toBe(printed);
});

test('what a zone was called in another year is not its name now', () => {
  const names = ['2005-02-23', '2025-03-10', '2005-02-23'].map((day) =>
    zoneName(Date.parse(day), 'Africa/Casablanca'),
  );

  expect(names).toEqual(['WET', 'UTC', 'WET']);
});

test('the pages show the same clocks and names of zones', () => {
  fc.assert(
    fc.property(zones, instants, (zone, instant) => {
      const time = new Date(instant).toISOString();

      expect(wallClockOf(time, zone).getTime()).toBe(instant + offsetAt(instant, zone));
      expect(zoneNameOnPage(time, zone)).toBe(zoneName(instant, zone));
    }),
    { numRuns: 50 },
  );
});

test.each(['', ' ', 'Mars/Olympus', '+1:00', '+14:01', '+0100', '01:00', 'Europe/Berlin\n'])(
  '%j is no zone',
  (zone) => {
    expect(isTimeZone(zone)).toBe(false);
  },
);
