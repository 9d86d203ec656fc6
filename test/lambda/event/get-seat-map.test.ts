import { randomUUID } from 'node:crypto';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { seatsOf } from '../../../lambda/event/event-layout';
import { getSeatMap, handler, SEATS_PER_ANSWER } from '../../../lambda/event/get-seat-map';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, LAYOUT, pagesOf } from '../checkout';
import { answerOf, apiRequest, CONTEXT } from '../invocation';

const tables = useTables();
let checkout: Checkout;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
});

/** Seat → status, of the seats that are not AVAILABLE. */
async function takenSeats(section?: string): Promise<Record<string, string>> {
  const { seats } = await getSeatMap(checkout.eventId, { section }, checkout);
  return Object.fromEntries(
    seats.filter(({ status }) => status !== 'AVAILABLE').map(({ seatId, status }) => [seatId, status]),
  );
}

test('every seat is there, in the order of the map, with what it is and costs', async () => {
  const map = await getSeatMap(checkout.eventId, {}, checkout);

  expect(map).toMatchObject({
    eventId: checkout.eventId,
    name: LAYOUT.name,
    venue: LAYOUT.venue,
    startsAt: LAYOUT.startsAt,
    timeZone: 'Europe/Berlin',
    status: 'ON_SALE',
    currency: 'EUR',
    tiers: LAYOUT.tiers,
  });
  expect(map.seats).toHaveLength(30);
  expect(map.seats[12]).toEqual({
    seatId: 'B-1',
    section: 'Stalls',
    row: 'B',
    number: 1,
    tier: 'standard',
    price: 8000,
    status: 'AVAILABLE',
  });
});

test('a seat is AVAILABLE, HELD or SOLD, in every section', async () => {
  await checkout.pending(['A-1', 'C-1']);
  await checkout.confirmed(['A-2', 'C-2']);

  expect(await takenSeats()).toEqual({ 'A-1': 'HELD', 'A-2': 'SOLD', 'C-1': 'HELD', 'C-2': 'SOLD' });
});

test('a hold shows until its last second, and its seat is AVAILABLE in the next though its item is still there', async () => {
  await checkout.pending(['A-1']);

  checkout.clock.advance(599);
  const early = await takenSeats();
  checkout.clock.advance(1);
  const late = await takenSeats();

  expect(early).toEqual({ 'A-1': 'HELD' });
  expect(late).toEqual({});
  expect(await checkout.seatStates()).toEqual(['A-1 HELD']);
});

test('what the map shows as AVAILABLE can be held, in the same second', async () => {
  await checkout.pending(['A-1']);
  checkout.clock.advance(600);

  const late = await takenSeats();
  await checkout.pending(['A-1']);

  expect(late).toEqual({});
});

test('a sold seat stays SOLD when its hold would have expired', async () => {
  await checkout.confirmed(['A-1']);
  checkout.clock.advance(10_000);

  expect(await takenSeats()).toEqual({ 'A-1': 'SOLD' });
});

test('one section alone, with its own seats and statuses', async () => {
  await checkout.pending(['A-1', 'C-1']);

  const { seats } = await getSeatMap(checkout.eventId, { section: 'Circle' }, checkout);

  expect(seats.map(({ seatId, status }) => `${seatId} ${status}`)).toEqual([
    'C-1 HELD',
    ...['C-2', 'C-3', 'C-4', 'C-5', 'C-6'].map((seatId) => `${seatId} AVAILABLE`),
  ]);
});

test('the names of all sections come with every answer, and which one it holds when it holds one', async () => {
  const sections = [
    { section: 'Stalls', seats: 24 },
    { section: 'Circle', seats: 6 },
  ];

  const whole = await getSeatMap(checkout.eventId, {}, checkout);
  const circle = await getSeatMap(checkout.eventId, { section: 'Circle' }, checkout);

  expect(whole).toMatchObject({ sections });
  expect(whole).not.toHaveProperty('section');
  expect(circle).toMatchObject({ sections, section: 'Circle' });
});

test('an event too large for one answer shows its first section, and reads no other', async () => {
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => ({ row: `R${from + n}`, tier: 'standard', seats: 500 }));
  const sections = [
    { section: 'North', rows: rows(0, 1) },
    { section: 'South', rows: rows(1, SEATS_PER_ANSWER / 500) },
  ];
  await checkout.replaceLayout({ ...LAYOUT, sections });
  const listTaken = jest.spyOn(checkout.seats, 'listTaken');

  const whole = await getSeatMap(checkout.eventId, {}, checkout);
  const south = await getSeatMap(checkout.eventId, { section: 'South' }, checkout);

  expect(whole.section).toBe('North');
  expect(whole.seats).toHaveLength(500);
  expect(south.seats).toHaveLength(SEATS_PER_ANSWER);
  expect(listTaken.mock.calls.map(([, section]) => section)).toEqual(['North', 'South']);
});

test('a section too large for one answer comes in several', async () => {
  const rows = Array.from({ length: 120 }, (_, n) => ({ row: `R${n}`, tier: 'standard', seats: 500 }));
  const layout = { ...LAYOUT, sections: [{ section: 'Everywhere', rows }] };
  await checkout.replaceLayout(layout);

  const seatIds: string[] = [];
  let cursor: string | undefined;
  do {
    const map = await getSeatMap(checkout.eventId, { cursor }, checkout);
    expect(map.seats.length).toBeLessThanOrEqual(SEATS_PER_ANSWER);
    seatIds.push(...map.seats.map(({ seatId }) => seatId));
    cursor = map.nextCursor;
  } while (cursor !== undefined);

  expect(seatIds).toEqual(seatsOf(layout).map(({ seatId }) => seatId));
});

test.each(['x', '-1', '1.5', ''])('a cursor %j that was never answered is refused', async (cursor) => {
  const error = await errorOf(getSeatMap(checkout.eventId, { cursor }, checkout));

  expect(error.name).toBe('ValidationFailed');
});

test("a buyer's name, or which purchase has a seat, is nobody's business", async () => {
  const { purchaseId } = await checkout.confirmed(['A-1']);

  const map = await getSeatMap(checkout.eventId, {}, checkout);

  expect(JSON.stringify(map)).not.toMatch(new RegExp(`${purchaseId}|Ada`));
});

test.each([
  ['an event there is not', 'no-such-event'],
  ['what is no id, and too long for a key', 'x'.repeat(3_000)],
])('%s: EventNotFound', async (_, eventId) => {
  const error = await errorOf(getSeatMap(eventId, {}, checkout));

  expect(error.name).toBe('EventNotFound');
});

describe('as the route', () => {
  const get = async (eventId: string, queryStringParameters: { section: string } | null = null) =>
    answerOf(await handler(apiRequest({ pathParameters: { eventId }, queryStringParameters }), CONTEXT));

  test('the map of the event', async () => {
    await checkout.pending(['A-1']);

    const { statusCode, body } = await get(checkout.eventId);

    expect(statusCode).toBe(200);
    expect(body.seats).toHaveLength(30);
    expect(body.seats[0]).toMatchObject({ seatId: 'A-1', status: 'HELD' });
  });

  test('the section that is asked for, and no seat for one there is not', async () => {
    const circle = await get(checkout.eventId, { section: 'Circle' });
    const nowhere = await get(checkout.eventId, { section: 'Nowhere' });

    expect(circle.body.seats).toHaveLength(6);
    expect(nowhere).toMatchObject({ statusCode: 200, body: { seats: [] } });
  });

  test('404 as a problem for an event there is not', async () => {
    const answer = await get('no-such-event');

    expect(answer).toMatchObject({
      statusCode: 404,
      contentType: 'application/problem+json',
      body: { code: 'EVENT_NOT_FOUND', detail: 'There is no event no-such-event.' },
    });
  });
});

test('more taken seats than a page of DynamoDB holds are all shown', async () => {
  // A page is 1 MB: a section's name of the greatest length makes about 270 bytes a seat.
  const section = '山'.repeat(40);
  const rows = Array.from({ length: 9 }, (_, n) => ({ row: `R${n}`, tier: 'standard', seats: 500 }));
  const layout = { ...LAYOUT, sections: [{ section, rows }] };
  await checkout.replaceLayout(layout);
  const holds = seatsOf(layout).map((seat) => {
    const now = checkout.clock.nowSeconds();
    return checkout.seats.hold(checkout.eventId, seat, randomUUID(), now).Put!;
  });
  for (let start = 0; start < holds.length; start += 25) {
    const writes = holds.slice(start, start + 25).map(({ Item }) => ({ PutRequest: { Item } }));
    await tables.client.send(new BatchWriteCommand({ RequestItems: { [tables.seatTable]: writes } }));
  }

  const taken = await takenSeats();

  expect(await pagesOf(tables, holds[0]!.Item!['pk'] as string)).toBeGreaterThan(1);
  expect(Object.keys(taken)).toEqual(seatsOf(layout).map(({ seatId }) => seatId));
});

test('seats of the house are BLOCKED unless they were taken before, and accessible ones say so', async () => {
  await checkout.confirmed(['A-1']);
  await checkout.replaceLayout({ ...LAYOUT, blocked: ['A-1', 'A-2'], accessible: ['A-2', 'C-1'] });

  const map = await getSeatMap(checkout.eventId, {}, checkout);

  const shown = map.seats.filter((seat) => seat.status !== 'AVAILABLE' || 'accessible' in seat);
  expect(shown).toMatchObject([
    { seatId: 'A-1', status: 'SOLD' },
    { seatId: 'A-2', status: 'BLOCKED', accessible: true },
    { seatId: 'C-1', status: 'AVAILABLE', accessible: true },
  ]);
  expect(map).not.toHaveProperty('blocked');
  expect(map).not.toHaveProperty('accessible');
});

test('a cancelled event says since when, and why in the words of the organiser; one that is not says nothing', async () => {
  const before = await getSeatMap(checkout.eventId, {}, checkout);
  const at = checkout.clock.nowSeconds();
  await checkout.eventCancellations.open(checkout.eventId, { message: 'Ill.', at }, 0);

  const { status, cancellation } = await getSeatMap(checkout.eventId, {}, checkout);

  expect(before).not.toHaveProperty('cancellation');
  expect(status).toBe('CANCELLED');
  expect(cancellation).toEqual({ message: 'Ill.', at: new Date(at * 1000).toISOString() });
});
