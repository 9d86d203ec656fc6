import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { handler } from '../../../lambda/event/list-events';
import { useTables } from '../../support/tables';
import { Checkout, LAYOUT, pagesOf } from '../checkout';
import { answerOf, apiRequest, CONTEXT } from '../invocation';

const tables = useTables();

const listEvents = async () => answerOf(await handler(apiRequest(), CONTEXT));

test('before there is an event, the list is empty', async () => {
  const answer = await listEvents();

  expect(answer).toMatchObject({ statusCode: 200, contentType: 'application/json', body: { events: [] } });
});

test('every event is listed with what it is, how many seats it has and where prices begin, without its seats', async () => {
  const first = await Checkout.open(tables);
  const second = await Checkout.open(tables);
  await first.pending(['A-1']);

  const { body } = await listEvents();

  const summary = {
    name: LAYOUT.name,
    venue: LAYOUT.venue,
    startsAt: LAYOUT.startsAt,
    timeZone: LAYOUT.timeZone,
    saleClosesAt: LAYOUT.saleClosesAt,
    status: 'ON_SALE',
    currency: 'EUR',
    seats: 30,
    priceFrom: 8000,
  };
  expect(body.events).toHaveLength(2);
  expect(body.events).toEqual(
    expect.arrayContaining([
      { eventId: first.eventId, ...summary },
      { eventId: second.eventId, ...summary },
    ]),
  );
});

test('lists of seats are no part of it', async () => {
  const checkout = await Checkout.open(tables);
  await checkout.replaceLayout({ ...LAYOUT, blocked: ['A-1'], accessible: ['A-2'] });

  const { body } = await listEvents();

  const listed = (body.events as { eventId: string }[]).find(({ eventId }) => eventId === checkout.eventId);
  for (const field of ['blocked', 'accessible', 'sections', 'tiers'])
    expect(listed).not.toHaveProperty(field);
});

test('an event that was replaced is listed once, as it is now', async () => {
  const checkout = await Checkout.open(tables);
  const { eventId } = checkout;
  await checkout.replaceLayout({ ...LAYOUT, name: 'The Early Quartet' });

  const { body } = await listEvents();

  const listed = (body.events as { eventId: string }[]).filter((event) => event.eventId === eventId);
  expect(listed).toMatchObject([{ name: 'The Early Quartet' }]);
});

test('more events than a page of DynamoDB holds are all listed', async () => {
  const { events } = await Checkout.open(tables);
  // A page is 1 MB: ids and names of the greatest length make about 1 kB an event.
  const longest = '山'.repeat(120);
  const ids = Array.from({ length: 1_300 }, (_, n) => `many-${String(n).padStart(58, '0')}`);
  for (let start = 0; start < ids.length; start += 50) {
    const batch = ids.slice(start, start + 50);
    await Promise.all(batch.map((id) => events.put(id, { ...LAYOUT, name: longest, venue: longest })));
  }

  const { body } = await listEvents();

  expect(await pagesOf(tables, 'EVENTS')).toBeGreaterThan(1);
  const listed = (body.events as { eventId: string }[]).map(({ eventId }) => eventId);
  expect(listed.filter((id) => id.startsWith('many-'))).toEqual(ids);
});

test('an event of an older version is listed with its time in UTC, and sold until then', async () => {
  const startsAt = '2100-03-20T20:00:00+01:00';
  const { timeZone: _, saleClosesAt: __, tiers: ___, sections: ____, ...about } = { ...LAYOUT, startsAt };
  await tables.client.send(
    new PutCommand({
      TableName: tables.seatTable,
      Item: { pk: 'EVENTS', sk: 'old', eventId: 'old', ...about, seats: 1, priceFrom: 5_000 },
    }),
  );

  const { body } = await listEvents();

  expect((body.events as { eventId: string }[]).find(({ eventId }) => eventId === 'old')).toMatchObject({
    ...{ startsAt: '2100-03-20T19:00:00Z', timeZone: '+01:00', saleClosesAt: '2100-03-20T19:00:00Z' },
    status: 'ON_SALE',
  });
});
