import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { eventLayoutSchema } from '../../../lambda/event/event-layout';
import { handler } from '../../../lambda/event/get-layout';
import { handler as putHandler } from '../../../lambda/event/put-event';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { parse } from '../../../lambda/shared/validation';
import { useTables } from '../../support/tables';
import { Checkout, LAYOUT } from '../checkout';
import { answerOf, apiRequest, CONTEXT } from '../invocation';

const tables = useTables();
process.env[ENVIRONMENT.announceChangeFunction] =
  'arn:aws:lambda:us-east-1:000000000000:function:announce:live';
let checkout: Checkout;

beforeEach(async () => {
  checkout = await Checkout.open(tables);
});

async function read(eventId = checkout.eventId) {
  const answer = await handler(apiRequest({ pathParameters: { eventId } }), CONTEXT);
  return { ...answerOf(answer), tag: String(answer.headers?.['ETag']) };
}

async function put(layout: object, headers: Record<string, string>, eventId = checkout.eventId) {
  const request = apiRequest({ pathParameters: { eventId }, body: JSON.stringify(layout) });
  return answerOf(await putHandler({ ...request, headers }, CONTEXT));
}

const changed = { statusCode: 409, body: { code: 'EVENT_CHANGED' } };

test('what is read can be put again: the event is then what it was', async () => {
  const layout = {
    ...LAYOUT,
    ...{ startsAt: '2100-03-20T19:00:00Z', doorsOpenAt: '2100-03-20T18:00:00Z', saleClosesAt: undefined },
    ...{ endsAt: '2100-03-20T22:00:00Z', blocked: ['A-1'], accessible: ['A-2'] },
  };
  await put(layout, {});
  const stored = await checkout.events.findLayout(checkout.eventId);

  const { body, tag } = await read();
  expect(await put(body, { 'if-match': tag })).toMatchObject({ statusCode: 200 });

  expect(body).not.toHaveProperty('saleClosesAt');
  expect(parse(eventLayoutSchema, body)).toEqual(parse(eventLayoutSchema, layout));
  expect(await checkout.events.findLayout(checkout.eventId)).toEqual(stored);
});

test('a seat that is sold and blocked is told as blocked, which the seat map does not tell', async () => {
  await checkout.pending(['A-1']);
  await put({ ...LAYOUT, blocked: ['A-1'] }, {});

  expect((await read()).body.blocked).toEqual(['A-1']);
});

test.each(['no-such-event', 'No Event'])('there is no event %j', async (eventId) => {
  expect(await read(eventId)).toMatchObject({ statusCode: 404, body: { code: 'EVENT_NOT_FOUND' } });
});

describe('of two who change the event they have both read', () => {
  test('the second is refused, and nothing of the first is lost', async () => {
    const { tag } = await read();
    await put({ ...LAYOUT, venue: 'The first' }, { 'If-Match': tag });

    expect(await put({ ...LAYOUT, venue: 'The second' }, { 'If-Match': tag })).toMatchObject(changed);

    expect((await read()).body.venue).toBe('The first');
  });

  test('the second goes on with what it has read since', async () => {
    const { tag } = await read();
    await put({ ...LAYOUT, venue: 'The first' }, { 'If-Match': tag });
    const { tag: since } = await read();

    expect(await put({ ...LAYOUT, venue: 'The second' }, { 'if-match': since })).toMatchObject({
      statusCode: 200,
    });
  });

  test('whoever names no tag replaces what is there, as ever', async () => {
    expect(await put({ ...LAYOUT, venue: 'Elsewhere' }, {})).toMatchObject({ statusCode: 200 });
  });
});

test('an event that an older version wrote has a tag, too, until it is put again', async () => {
  await tables.client.send(
    new UpdateCommand({
      TableName: tables.seatTable,
      Key: { pk: `EVENT#${checkout.eventId}`, sk: 'LAYOUT' },
      UpdateExpression: 'REMOVE revision',
    }),
  );
  const { tag } = await read();

  expect(await put(LAYOUT, { 'If-Match': tag })).toMatchObject({ statusCode: 200 });
  expect(await put(LAYOUT, { 'If-Match': tag })).toMatchObject(changed);
});

test('whoever creates an event does not replace one that is there', async () => {
  expect(await put(LAYOUT, { 'If-None-Match': '*' })).toMatchObject(changed);
  const created = await put(LAYOUT, { 'If-None-Match': '*' }, `new-${checkout.eventId}`);
  expect(created).toMatchObject({ statusCode: 201 });
});

test('an event that is not there matches nothing', async () => {
  expect(await put(LAYOUT, { 'If-Match': '*' }, `new-${checkout.eventId}`)).toMatchObject(changed);
});
