import { type EventLayout, eventLayoutSchema } from '../../../lambda/event/event-layout';
import { storedTimes } from '../../../lambda/event/event-times';
import { parse } from '../../../lambda/shared/validation';
import { LAYOUT } from '../checkout';

/** The times of an event that was put with these. */
function timesOf(put: object): Partial<EventLayout> {
  const asPut = { ...LAYOUT, startsAt: undefined, timeZone: undefined, saleClosesAt: undefined, ...put };
  const times = Object.entries(parse(eventLayoutSchema, asPut)).filter(([field]) =>
    /At$|^timeZone$/.test(field),
  );
  return Object.fromEntries(times);
}

describe('times are kept in UTC, with the zone to print them in', () => {
  test.each([
    ['an offset', { startsAt: '2027-03-20T20:00:00+01:00' }, '2027-03-20T19:00:00Z', '+01:00'],
    ['UTC', { startsAt: '2027-03-20T20:00:00Z' }, '2027-03-20T20:00:00Z', 'UTC'],
    [
      'no seconds',
      { startsAt: '2027-03-20T20:00', timeZone: 'Europe/Berlin' },
      ...(['2027-03-20T19:00:00Z', 'Europe/Berlin'] as const),
    ],
    ['a fraction', { startsAt: '2027-03-20T20:00:00.750Z' }, '2027-03-20T20:00:00Z', 'UTC'],
    ['the last offset there is', { startsAt: '2027-01-01T14:00:00+14:00' }, '2027-01-01T00:00:00Z', '+14:00'],
    [
      'the clock of a zone in winter',
      { startsAt: '2027-03-20T20:00:00', timeZone: 'Europe/Berlin' },
      ...(['2027-03-20T19:00:00Z', 'Europe/Berlin'] as const),
    ],
    [
      'the clock of a zone in summer',
      { startsAt: '2027-07-20T20:00:00', timeZone: 'America/New_York' },
      ...(['2027-07-21T00:00:00Z', 'America/New_York'] as const),
    ],
    [
      'the clock of a zone of half hours',
      { startsAt: '2027-07-20T20:00:00', timeZone: 'Asia/Kolkata' },
      ...(['2027-07-20T14:30:00Z', 'Asia/Kolkata'] as const),
    ],
    [
      'an instant, and a zone to print it in',
      { startsAt: '2027-03-20T19:00:00Z', timeZone: 'Europe/Berlin' },
      ...(['2027-03-20T19:00:00Z', 'Europe/Berlin'] as const),
    ],
    [
      'a day that a zone nearly left out',
      { startsAt: '2011-12-31T20:00:00', timeZone: 'Pacific/Apia' },
      ...(['2011-12-31T06:00:00Z', 'Pacific/Apia'] as const),
    ],
    [
      'the hour that comes twice, with its offset',
      { startsAt: '2027-10-31T02:30:00+02:00', timeZone: 'Europe/Berlin' },
      '2027-10-31T00:30:00Z',
      'Europe/Berlin',
    ],
    ['a leap day', { startsAt: '2028-02-29T20:00:00Z' }, '2028-02-29T20:00:00Z', 'UTC'],
    ['a time long past', { startsAt: '2020-03-20T20:00:00Z' }, '2020-03-20T20:00:00Z', 'UTC'],
  ])('%s', (_, put, startsAt, timeZone) => {
    expect(timesOf(put)).toEqual({ startsAt, timeZone, saleClosesAt: startsAt });
  });

  test('of an event with all of them', () => {
    const put = {
      ...{ startsAt: '2027-03-20T20:00:00', timeZone: 'Europe/Berlin', endsAt: '2027-03-20T22:30:00' },
      ...{ doorsOpenAt: '2027-03-20T19:00:00', saleOpensAt: '2026-12-01T10:00:00Z' },
      saleClosesAt: '2027-03-20T20:15:00',
    };

    expect(timesOf(put)).toEqual({
      ...{ startsAt: '2027-03-20T19:00:00Z', timeZone: 'Europe/Berlin', endsAt: '2027-03-20T21:30:00Z' },
      ...{ doorsOpenAt: '2027-03-20T18:00:00Z', saleOpensAt: '2026-12-01T10:00:00Z' },
      saleClosesAt: '2027-03-20T19:15:00Z',
    });
  });

  test('put again as they were answered, they are the same', () => {
    const times = timesOf({ startsAt: '2027-03-20T20:00:00+01:00', saleOpensAt: '2026-12-01T10:00:00Z' });

    expect(timesOf(times)).toEqual(times);
  });
});

describe('what is no time is refused, and named', () => {
  const BERLIN = { timeZone: 'Europe/Berlin' };
  const start = { startsAt: '2027-03-20T20:00:00Z' };
  test.each<[string, object, string]>([
    ['a day', { startsAt: '2027-03-20' }, 'startsAt must be a date and a time, like'],
    ['30 February', { startsAt: '2027-02-30T20:00:00Z' }, 'startsAt must be a date and a time'],
    ['29 February of another year', { startsAt: '2027-02-29T20:00:00Z' }, 'startsAt must be a date'],
    ['24 o’clock', { startsAt: '2027-03-20T24:00:00Z' }, 'startsAt must be a date and a time'],
    [
      'neither offset nor zone',
      { startsAt: '2027-03-20T20:00:00' },
      'startsAt: has no offset, so the event needs a timeZone',
    ],
    [
      'an offset no clock has',
      { startsAt: '2027-03-20T20:00:00+14:30' },
      'startsAt: has an offset that no clock has',
    ],
    [
      'a zone there is not',
      { ...start, timeZone: 'Europe/Atlantis' },
      'timeZone: must be a time zone of the IANA database',
    ],
    ['a zone that is an offset no clock has', { ...start, timeZone: '-23:00' }, 'timeZone: must be'],
    ['an empty zone', { ...start, timeZone: '' }, 'timeZone: must be'],
    [
      'half past two when spring begins',
      { ...BERLIN, startsAt: '2027-03-28T02:30:00' },
      'startsAt: is left out when the clocks of Europe/Berlin change from UTC+1 to UTC+2: ' +
        'say it with its offset, +01:00 or +02:00',
    ],
    [
      'half past two when summer ends',
      { ...BERLIN, startsAt: '2027-10-31T02:30:00' },
      'comes twice when the clocks of Europe/Berlin change from UTC+2 to UTC+1',
    ],
    [
      'the hour that New York leaves out',
      { startsAt: '2027-03-14T02:00:00', timeZone: 'America/New_York' },
      'change from UTC-5 to UTC-4',
    ],
    [
      'the half hour that Lord Howe leaves out',
      { startsAt: '2027-10-03T02:15:00', timeZone: 'Australia/Lord_Howe' },
      'change from UTC+10:30 to UTC+11',
    ],
    [
      'the day that Samoa left out',
      { startsAt: '2011-12-30T20:00:00', timeZone: 'Pacific/Apia' },
      'change from UTC-10 to UTC+14',
    ],
    [
      'a sale that opens in a gap',
      { ...start, ...BERLIN, saleOpensAt: '2027-03-28T02:30:00' },
      'saleOpensAt: is left out',
    ],
    [
      'an end before the beginning',
      { ...start, endsAt: '2027-03-20T19:00:00Z' },
      'endsAt: must be after startsAt',
    ],
    [
      'doors that open too late',
      { ...start, doorsOpenAt: '2027-03-20T20:01:00Z' },
      'doorsOpenAt: must not be after startsAt',
    ],
    [
      'a sale that ends as it begins',
      { ...start, saleOpensAt: start.startsAt },
      'saleOpensAt: must be before the sale closes',
    ],
    [
      'a sale that goes on after the end',
      { ...start, endsAt: '2027-03-20T22:00:00Z', saleClosesAt: '2027-03-20T22:00:01Z' },
      'saleClosesAt: must not be after endsAt',
    ],
  ])('%s', (_, put, message) => {
    expect(() => timesOf(put)).toThrow(message);
  });
});

test.each([
  ['2027-03-20T20:00:00+01:00', '2027-03-20T19:00:00Z', '+01:00'],
  ['2027-03-20T20:00:00Z', '2027-03-20T20:00:00Z', 'UTC'],
])('an event that an older version kept, at %s, is sold until it starts', (kept, startsAt, timeZone) => {
  expect(storedTimes({ startsAt: kept })).toEqual({ startsAt, timeZone, saleClosesAt: startsAt });
});
