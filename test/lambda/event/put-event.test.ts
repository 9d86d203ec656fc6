import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { type EventLayout, seatsOf } from '../../../lambda/event/event-layout';
import { EventRepository } from '../../../lambda/event/event-repository';
import { handler, putEvent, RESERVING_SECONDS } from '../../../lambda/event/put-event';
import { LAYOUT_SECONDS } from '../../../lambda/event/recent-layouts';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { FUNCTIONS } from '../../../lib/functions';
import { useTables } from '../../support/tables';
import { Checkout, errorOf, LAYOUT } from '../checkout';
import { answerOf, apiRequest, CONTEXT } from '../invocation';

const tables = useTables();
process.env[ENVIRONMENT.announceChangeFunction] =
  'arn:aws:lambda:us-east-1:000000000000:function:announce:live';
let checkout: Checkout;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
  waits = [];
  meanwhile = undefined;
});

const [stalls, circle] = LAYOUT.sections as [EventLayout['sections'][0], EventLayout['sections'][0]];

/** Milliseconds that each replacement has waited for. */
let waits: number[];
/** What happens while a replacement waits for the first time. */
let meanwhile: (() => Promise<unknown>) | undefined;
async function wait(milliseconds: number): Promise<void> {
  if (waits.push(milliseconds) === 1) await meanwhile?.();
}
const parts = () => {
  const { events, revisions, announcements, seats, clock } = checkout;
  const executions = { start: () => Promise.reject(new Error('Nobody is to be told')) };
  return { events, revisions, announcements, executions, seats, clock };
};
const replace = (layout: EventLayout) => putEvent(checkout.eventId, layout, { ...parts(), wait });

async function put(eventId: string, body: string | null) {
  return answerOf(await handler(apiRequest({ pathParameters: { eventId }, body }), CONTEXT));
}

describe('the route', () => {
  test('creates an event, then replaces it', async () => {
    const eventId = `event-${randomUUID()}`;

    const created = await put(eventId, JSON.stringify(LAYOUT));
    const replaced = await put(eventId, JSON.stringify({ ...LAYOUT, venue: 'Elsewhere' }));

    expect(created).toMatchObject({ statusCode: 201, body: { eventId, seats: 30 } });
    expect(replaced).toMatchObject({ statusCode: 200, body: { eventId, seats: 30 } });
    expect(await checkout.events.findLayout(eventId)).toEqual({
      ...{ ...LAYOUT, venue: 'Elsewhere' },
      factsRevision: 2,
    });
  });

  test.each([
    ['no body', null, 'The request body is not JSON.'],
    ['text', 'hello', 'The request body is not JSON.'],
    ['nothing in it', '{}', 'name must be string; venue must be string;'],
    [
      'a price in euros',
      JSON.stringify({ ...LAYOUT, tiers: [{ tier: 'premium', price: 12.5 }] }),
      'tiers.0.price',
    ],
    ['a field of its own', JSON.stringify({ ...LAYOUT, doors: '19:00' }), 'fields that are not known'],
    [
      'a section twice',
      JSON.stringify({ ...LAYOUT, sections: [stalls, { ...circle, section: 'Stalls' }] }),
      'a section is listed twice',
    ],
  ])('refuses a body with %s, names the field, and writes nothing', async (_, body, detail) => {
    const eventId = `event-${randomUUID()}`;

    const answer = await put(eventId, body);

    expect(answer).toMatchObject({
      statusCode: 400,
      contentType: 'application/problem+json',
      body: { code: 'VALIDATION', detail: expect.stringContaining(detail) },
    });
    expect(await checkout.events.findLayout(eventId)).toBeUndefined();
  });

  test.each(['Capital', 'a#b', 'a/b', '-a', 'a-', '', 'x'.repeat(65)])(
    'refuses the event id %j',
    async (eventId) => {
      const answer = await put(eventId, JSON.stringify(LAYOUT));

      expect(answer).toMatchObject({ statusCode: 400, body: { code: 'VALIDATION' } });
    },
  );

  test.each(['', 'nobody', 'Buyers'])('refuses to notify %j, and writes nothing', async (notify) => {
    const eventId = `event-${randomUUID()}`;
    const body = JSON.stringify(LAYOUT);
    const request = apiRequest({ pathParameters: { eventId }, queryStringParameters: { notify }, body });

    expect(answerOf(await handler(request, CONTEXT))).toMatchObject({
      ...{ statusCode: 400, body: { code: 'VALIDATION', detail: 'notify must be buyers, or left out.' } },
    });
    expect(await checkout.events.findLayout(eventId)).toBeUndefined();
  });

  test('refuses with 409 to let a taken seat vanish, and names it', async () => {
    await checkout.confirmed(['C-1']);

    const answer = await put(checkout.eventId, JSON.stringify({ ...LAYOUT, sections: [stalls] }));

    expect(answer).toMatchObject({
      statusCode: 409,
      body: { code: 'SEAT_UNAVAILABLE', detail: 'Held or sold, so they must stay: C-1.' },
    });
  });
});

describe('an event that is replaced', () => {
  test('keeps its sold and held seats', async () => {
    await checkout.confirmed(['A-1']);
    await checkout.pending(['C-1']);
    const before = await checkout.seatItems();
    const tiers = LAYOUT.tiers.map((tier) => ({ ...tier, price: tier.price * 2 }));

    const result = await replace({ ...LAYOUT, tiers });

    expect(result).toEqual({ created: false });
    expect(await checkout.seatItems()).toEqual(before);
    expect((await errorOf(checkout.pending(['A-1']))).name).toBe('SeatUnavailable');
  });

  test('is sold at its new prices once the answer is there, although a sandbox has just read the old ones', async () => {
    await checkout.pending(['A-1']);
    await replace({ ...LAYOUT, tiers: LAYOUT.tiers.map(({ tier }) => ({ tier, price: 100 })) });

    checkout.clock.advance(waits[0]! / 1000);
    const { amount } = await checkout.reserve(checkout.order(['A-2', 'B-1']));

    expect(waits).toEqual([LAYOUT_SECONDS * 1000]);
    expect(amount).toBe(200);
  });

  test.each([
    ['keeps seats for the house', { blocked: ['A-1'] }],
    ['is sold until earlier', { saleClosesAt: '2100-03-20T18:00:00Z' }],
    ['is sold from later', { saleOpensAt: '2100-01-01T00:00:00Z' }],
  ])('one that %s is so everywhere once the answer is there', async (_, change) => {
    await replace({ ...LAYOUT, ...change });

    expect(waits).toEqual([LAYOUT_SECONDS * 1000]);
  });

  test.each([
    ['that is new', `event-${randomUUID()}`, LAYOUT],
    ['whose seats and prices stay as they are', undefined, { ...LAYOUT, name: 'The Early Quartet' }],
  ])('one %s is answered without waiting', async (_, eventId, layout) => {
    await putEvent(eventId ?? checkout.eventId, layout, { ...parts(), wait });

    expect(waits).toEqual([]);
  });

  test.each([
    ['its row is gone', { ...LAYOUT, sections: [{ ...stalls, rows: [stalls.rows[0]!] }, circle] }],
    [
      'its row is shorter',
      {
        ...LAYOUT,
        sections: [{ ...stalls, rows: [stalls.rows[0]!, { ...stalls.rows[1]!, seats: 3 }] }, circle],
      },
    ],
    ['its section gets a code', { ...LAYOUT, sections: [{ ...stalls, code: 'P' }, circle] }],
    ['its section is gone', { ...LAYOUT, sections: [circle] }],
    // The seat's item lies in the partition of its section: moved, it could be sold twice.
    ['its section has another name', { ...LAYOUT, sections: [{ ...stalls, section: 'Parterre' }, circle] }],
    [
      'its row is in another section',
      {
        ...LAYOUT,
        sections: [
          { ...stalls, rows: [stalls.rows[0]!] },
          { ...circle, rows: [...circle.rows, stalls.rows[1]!] },
        ],
      },
    ],
  ])('may not lose a sold seat because %s', async (_, layout) => {
    await checkout.confirmed(['B-4']);

    const error = await errorOf(replace(layout));

    expect(error).toMatchObject({
      name: 'SeatUnavailable',
      message: 'Held or sold, so they must stay: B-4.',
    });
    expect(await checkout.events.findLayout(checkout.eventId)).toEqual(LAYOUT);
  });

  test('may not lose a held seat, but one whose hold has expired', async () => {
    await checkout.pending(['C-1']);
    const withoutCircle = { ...LAYOUT, sections: [stalls] };

    checkout.clock.advance(599);
    const early = await errorOf(replace(withoutCircle));
    checkout.clock.advance(1);
    await replace(withoutCircle);

    expect(early.name).toBe('SeatUnavailable');
    expect(await checkout.events.findLayout(checkout.eventId)).toEqual(withoutCircle);
  });

  test('names at most twenty of the seats in its way', async () => {
    const inStalls = seatsOf(LAYOUT, 'Stalls').map(({ seatId }) => seatId);
    for (let start = 0; start < inStalls.length; start += 8) {
      await checkout.confirmed(inStalls.slice(start, start + 8));
    }

    const error = await errorOf(replace({ ...LAYOUT, sections: [circle] }));

    expect(error.message.match(/[AB]-\d+/g)).toHaveLength(20);
  });
});

describe('a row that moves to another section', () => {
  const moved: EventLayout = {
    ...LAYOUT,
    sections: [
      { ...stalls, rows: [stalls.rows[0]!] },
      { ...circle, rows: [...circle.rows, stalls.rows[1]!] },
    ],
  };
  const stored = () => checkout.events.findLayout(checkout.eventId);

  test('is not sold twice to a sandbox that still knows the old section: the map stays as it was', async () => {
    await checkout.pending(['A-1']);
    // The layout this sandbox has just read says where B-4 was.
    meanwhile = () => checkout.pending(['B-4']);

    const error = await errorOf(replace(moved));

    expect(error.message).toBe('Held or sold, so they must stay: B-4.');
    expect(await stored()).toEqual(LAYOUT);
  });

  test('is in no map while it moves, and in its new section afterwards', async () => {
    let between: EventLayout | undefined;
    meanwhile = async () => (between = await stored());

    await replace(moved);

    expect(between!.sections).toEqual([{ ...stalls, rows: [stalls.rows[0]] }, circle]);
    expect(waits).toEqual([(LAYOUT_SECONDS + RESERVING_SECONDS) * 1000, LAYOUT_SECONDS * 1000]);
    expect(await stored()).toEqual(moved);
  });

  test('moves for the second of two requests at once only when that is sent again', async () => {
    const elsewhere = { ...LAYOUT, sections: [circle, { section: 'Balcony', rows: stalls.rows }] };
    meanwhile = async () => {
      const found = await checkout.events.find(checkout.eventId);
      await checkout.events.put(checkout.eventId, elsewhere, found);
    };

    const error = await errorOf(replace(moved));

    expect(error).toMatchObject({ name: 'EventChanged' });
    expect(await stored()).toEqual(elsewhere);
  });

  test('is waited for again when the replacement before died, although the map seems to lack it already', async () => {
    const inOneSection = { ...LAYOUT, sections: [{ ...circle, rows: [...circle.rows, ...stalls.rows] }] };
    meanwhile = () => Promise.reject(new Error('The function died'));
    const died = jest.spyOn(checkout.events, 'put').mockImplementation(async (...args) => {
      if (died.mock.calls.length > 1) throw new Error('and could not put it back');
      return EventRepository.prototype.put.apply(checkout.events, args);
    });
    await errorOf(replace(inOneSection));
    died.mockRestore();
    const left = await stored();
    waits = [];
    // A sandbox that has read the map before.
    meanwhile = async () => {
      await tables.client.send(
        new PutCommand(
          checkout.seats.hold(
            checkout.eventId,
            checkout.seat('B-4'),
            randomUUID(),
            checkout.clock.nowSeconds(),
          ).Put!,
        ),
      );
    };

    const error = await errorOf(replace(inOneSection));

    expect(left!.sections).toEqual([{ ...stalls, rows: [] }, circle]);
    expect(error.message).toBe('Held or sold, so they must stay: B-4.');
  });

  test('waits as long as a reservation may be under way', () => {
    expect(RESERVING_SECONDS).toBe(FUNCTIONS.ReserveSeat.timeoutSeconds);
  });
});
