import { randomUUID } from 'node:crypto';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type EventLayout } from '../../../lambda/event/event-layout';
import { publicFacts } from '../../../lambda/event/event-revision';
import { putEvent } from '../../../lambda/event/put-event';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, LAYOUT } from '../checkout';

const tables = useTables();
let checkout: Checkout;
let eventId: string;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  eventId = `event-${randomUUID()}`;
});

const wait = () => Promise.resolve();
const executions = { start: () => Promise.reject(new Error('Nobody is to be told')) };
const put = (change: Partial<EventLayout> = {}, id = eventId) =>
  putEvent(id, { ...LAYOUT, ...change }, { ...checkout, wait, executions });
const revision = (id = eventId) => checkout.revisions.find(id);
const POSTPONED = { startsAt: '2100-03-27T19:00:00Z', saleClosesAt: '2100-03-27T19:00:00Z' };

test('a new event is published, and each change of its facts is the next revision', async () => {
  await put();
  const published = await revision();
  checkout.clock.advance(60);
  await put(POSTPONED);
  const postponed = await revision();
  await put({ ...POSTPONED, venue: 'Elsewhere' });

  const changedAt = checkout.clock.nowSeconds();
  expect(published).toMatchObject({
    ...{ eventId, revision: 1, change: 'PUBLISHED', changedAt: changedAt - 60 },
    ...publicFacts(LAYOUT),
  });
  expect(published?.before).toBeUndefined();
  expect(postponed).toMatchObject({
    ...{ revision: 2, change: 'CHANGED', changedAt, startsAt: POSTPONED.startsAt },
    before: publicFacts(LAYOUT),
  });
  expect(await revision()).toMatchObject({ revision: 3, before: { startsAt: POSTPONED.startsAt } });
});

test.each<[string, Partial<EventLayout>]>([
  ['the name', { name: 'The Early Quartet' }],
  ['the venue', { venue: 'Elsewhere' }],
  ['the start', { startsAt: '2100-03-20T18:00:00Z' }],
  ['the time zone', { timeZone: 'Europe/London' }],
  ['when doors open', { doorsOpenAt: '2100-03-20T18:00:00Z' }],
  ['the end', { endsAt: '2100-03-20T22:00:00Z' }],
])('%s is a fact: it changes, and goes back, by a revision each', async (_, change) => {
  await put();
  await put(change);
  expect(await revision()).toMatchObject({ revision: 2, change: 'CHANGED' });
  await put();
  expect(await revision()).toMatchObject({ revision: 3, change: 'CHANGED' });
});

test.each<[string, Partial<EventLayout>]>([
  ['the same again', {}],
  ['other prices', { tiers: LAYOUT.tiers.map((tier) => ({ ...tier, price: 1_000 })) }],
  ['more seats', { sections: [...LAYOUT.sections, { ...LAYOUT.sections[1]!, section: 'Box', code: 'X' }] }],
  ['other hours of sale', { saleOpensAt: '2100-01-01T00:00:00Z', saleClosesAt: '2100-03-20T12:00:00Z' }],
])('%s makes no revision', async (_, change) => {
  await put();
  await put(change);

  expect(await revision()).toMatchObject({ revision: 1, change: 'PUBLISHED' });
});

test('of two changes at once one is made, and the other is the next revision when it is sent again', async () => {
  await put();

  const done = await Promise.allSettled([put({ venue: 'North' }), put({ venue: 'South' })]);
  const [failed] = done.filter((each) => each.status === 'rejected');
  const { venue } = (await revision())!;
  const other = venue === 'North' ? 'South' : 'North';
  await put({ venue: other });

  expect(failed?.reason).toMatchObject({ name: 'EventChanged' });
  expect(await revision()).toMatchObject({ revision: 3, venue: other, before: { venue } });
});

test('a change that is refused, because a seat would vanish, makes no revision', async () => {
  await put();
  const hold = checkout.seats.hold(
    ...([eventId, checkout.seat('C-1'), randomUUID(), checkout.clock.nowSeconds()] as const),
  );
  await tables.client.send(new PutCommand(hold.Put!));

  const error = await errorOf(put({ venue: 'Elsewhere', sections: [LAYOUT.sections[0]!] }));

  expect(error.name).toBe('SeatUnavailable');
  expect(await revision()).toMatchObject({ revision: 1 });
});

describe('an event of an older version', () => {
  /** Without a revision, as `events.put` alone has always written it. */
  const old = () => checkout.eventId;

  test('has no revision until its facts change', async () => {
    await put({}, old());
    expect(await revision(old())).toBeUndefined();

    await put(POSTPONED, old());

    expect(await revision(old())).toMatchObject({
      ...{ revision: 1, change: 'CHANGED', startsAt: POSTPONED.startsAt },
      before: publicFacts(LAYOUT),
    });
  });

  test('whose start was kept with its offset has not changed when it is put as it is', async () => {
    await tables.client.send(
      new UpdateCommand({
        ...{ TableName: tables.seatTable, Key: { pk: `EVENT#${old()}`, sk: 'LAYOUT' } },
        UpdateExpression: 'SET startsAt = :start REMOVE #timeZone, saleClosesAt',
        ExpressionAttributeNames: { '#timeZone': 'timeZone' },
        ExpressionAttributeValues: { ':start': '2100-03-20T20:00:00+01:00' },
      }),
    );

    await put({ timeZone: '+01:00' }, old());

    expect(await revision(old())).toBeUndefined();
  });
});

describe('a cancellation', () => {
  const cancel = (at: number) =>
    checkout.eventCancellations.open(eventId, { message: 'The violist is ill.', at }, at + 60);

  test('is the last revision of the facts, which stay as they were', async () => {
    await put();
    await put(POSTPONED);

    await cancel(checkout.clock.nowSeconds());
    const last = await revision();
    await cancel(checkout.clock.nowSeconds() + 1);

    expect(last).toMatchObject({
      ...{ revision: 3, change: 'CANCELLED', changedAt: checkout.clock.nowSeconds() },
      ...publicFacts({ ...LAYOUT, ...POSTPONED }),
    });
    expect(await revision()).toEqual(last);
  });

  test('of an event of an older version, which has no revision, is its first', async () => {
    const { eventId: older } = checkout;
    await checkout.eventCancellations.open(older, { message: 'Ill.', at: 1 }, 2);

    expect(await revision(older)).toMatchObject({ revision: 1, change: 'CANCELLED' });
  });

  test('of no event makes no revision', async () => {
    expect(await cancel(1)).toBeUndefined();
    expect(await revision()).toBeUndefined();
  });

  test('goes on where the facts change at the same moment', async () => {
    await put();

    const [opened] = await Promise.all([cancel(1), put(POSTPONED).catch(() => undefined)]);

    expect(opened).toEqual({ message: 'The violist is ill.', at: 1 });
    expect(await revision()).toMatchObject({ change: 'CANCELLED' });
    expect(await checkout.eventCancellations.find(eventId)).toMatchObject({ at: 1 });
  });
});
