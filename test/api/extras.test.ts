import { randomUUID } from 'node:crypto';
import { useLocalRun } from '../support/local-run';
import { expectProblem } from '../support/problem';

const eventpro = useLocalRun();

const PROGRAMME = { extraId: 'programme', name: 'Programme', price: 500, stock: 3 };
const PARKING = { extraId: 'parking', name: 'Parking', price: 1_500, stock: 10 };

const put = (extras: unknown, eventId = 'demo') =>
  eventpro.signed('PUT', `/api/events/${eventId}/extras`, { extras });
const listed = (eventId = 'demo') => eventpro.request('GET', `/api/events/${eventId}/extras`);

test('an organiser puts extras, and everybody sees them in that order, with what is left', async () => {
  const { status, body } = await put([PROGRAMME, PARKING]);

  expect(status).toBe(200);
  expect(body).toEqual({
    ...{ eventId: 'demo', currency: 'EUR' },
    extras: [
      { ...PROGRAMME, available: 3 },
      { ...PARKING, available: 10 },
    ],
  });
  expect((await listed()).body).toEqual(body);
});

test('what is left out is for sale no more; an event without extras has an empty list', async () => {
  await put([PROGRAMME, PARKING]);

  await put([PARKING]);
  expect((await listed()).body).toMatchObject({ extras: [{ extraId: 'parking' }] });

  await put([]);
  expect((await listed()).body).toMatchObject({ extras: [] });
});

test('there is no event', async () => {
  const eventId = `event-${randomUUID()}`;
  const refused = { status: 404, code: 'EVENT_NOT_FOUND' };

  expectProblem(await put([PROGRAMME], eventId), refused);
  expectProblem(await listed(eventId), refused);
  expectProblem(await listed('NOT-AN-EVENT'), refused);
});

test.each([
  ['a price that nobody can pay', [{ ...PROGRAMME, price: 1 }], 'extras.0.price is less than can be charged'],
  ['less than nothing', [{ ...PROGRAMME, stock: -1 }], 'extras.0.stock'],
  ['a part of one', [{ ...PROGRAMME, stock: 1.5 }], 'extras.0.stock'],
  ['an extra twice', [PROGRAMME, PROGRAMME], 'an extra is listed twice'],
  ['no id', [{ ...PROGRAMME, extraId: '' }], 'extras.0.extraId'],
  ['an id that a key would take for more', [{ ...PROGRAMME, extraId: 'a#b' }], 'extras.0.extraId'],
  ['a name that nobody can read', [{ ...PROGRAMME, name: '\u200b' }], 'extras.0.name'],
  ['a field that nobody knows', [{ ...PROGRAMME, available: 3 }], 'fields that are not known'],
  ['too many', Array.from({ length: 51 }, (_, n) => ({ ...PROGRAMME, extraId: `e${n}` })), 'extras is too'],
  ['none at all', undefined, 'extras must be array'],
])('extras with %s are refused, and nothing changes', async (_, extras, detail) => {
  const { body: before } = await put([PARKING]);

  const answer = await put(extras);

  expectProblem(answer, { status: 400, code: 'VALIDATION' });
  expect(answer.text).toContain(detail);
  expect((await listed()).body).toEqual(before);
});

test("extras are the organiser's to put: unsigned and by a gate it is refused", async () => {
  const body = JSON.stringify({ extras: [] });
  const gate = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'RolesGatePolicy', secretAccessKey: 'local' },
  };

  expect((await eventpro.request('PUT', '/api/events/demo/extras', { body })).status).toBe(403);
  expect((await eventpro.signed('PUT', '/api/events/demo/extras', { extras: [] }, gate)).status).toBe(403);
});
