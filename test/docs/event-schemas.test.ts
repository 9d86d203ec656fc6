import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { complaintOf, SCHEMA_FOLDER } from '../../harness/domain-event-schemas';
import { DOMAIN_EVENTS, eventJsonSchema } from '../../lib/event-bus/event-schema';

test.each(DOMAIN_EVENTS)('the schema of %s is as scripts/event-schemas.ts writes it', (event) => {
  const written: unknown = JSON.parse(readFileSync(join(SCHEMA_FOLDER, `${event}.json`), 'utf8'));

  expect(written).toEqual(eventJsonSchema(event));
});

test('there is a schema for each event, and no other', () => {
  expect(readdirSync(SCHEMA_FOLDER)).toEqual(DOMAIN_EVENTS.map((event) => `${event}.json`).sort());
});

const EVENT = {
  ...{ version: '0', id: '1', source: 'eventpro.checkout', account: '1', region: 'x', resources: [] },
  ...{ 'detail-type': 'EventCancelled', time: '2027-03-20T18:00:00Z' },
  detail: {
    ...{ version: 1, id: 'gala-2', sequence: '2', reference: 'gala', eventId: 'gala', name: 'Gala' },
    ...{ venue: 'Hall', startsAt: '2027-03-20T18:00:00Z', timeZone: 'Europe/Berlin', changedAt: '7' },
  },
};

test('an event is judged by the file', () => {
  expect(complaintOf(EVENT)).toBeUndefined();
  expect(complaintOf({ ...EVENT, 'replay-name': 'again' } as typeof EVENT)).toBeUndefined();
});

test.each([
  ['a field that nobody has allowed', { email: 'ada@example.com' }, /additional properties.* email/],
  ['a number that is one', { sequence: 2 }, /\/detail\/sequence must be string/],
  ['a field that is missing', { changedAt: undefined }, /changedAt/],
])('%s is found out', (_, change, complaint) => {
  expect(complaintOf({ ...EVENT, detail: { ...EVENT.detail, ...change } } as typeof EVENT)).toMatch(
    complaint,
  );
});

test('an event of another source is none of ours', () => {
  const foreign = { ...EVENT, source: 'somebody' };

  expect(complaintOf(foreign)).toMatch(/source/);
});
