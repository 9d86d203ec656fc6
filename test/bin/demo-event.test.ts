import { demoEventAt } from '../../bin/demo-event';
import { eventLayoutSchema } from '../../lambda/event/event-layout';
import { parse } from '../../lambda/shared/validation';

test.each([
  ['2026-11-29T12:00:00Z', '2027-03-06T20:00:00'],
  ['2026-12-01T00:00:00Z', '2027-04-03T20:00:00'],
  ['2027-12-31T23:59:59Z', '2028-04-01T20:00:00'],
  ['2060-02-29T00:00:00Z', '2060-06-05T20:00:00'],
])('at %s the demo event is on a Saturday evening ahead, %s', (now, startsAt) => {
  const event = demoEventAt(new Date(now));

  expect(event).toMatchObject({ startsAt, timeZone: 'Europe/Berlin' });
  expect(new Date(`${event.startsAt}Z`).getUTCDay()).toBe(6);
  expect(() => parse(eventLayoutSchema, event)).not.toThrow();
});
