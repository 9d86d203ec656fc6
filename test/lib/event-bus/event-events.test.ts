import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { EVENT_EVENT_NAMES, eventDetailSchema } from '../../../lambda/domain-event/event-events';
import { putEvent } from '../../../lambda/event/put-event';
import { EVENT_TEMPLATE } from '../../../lib/event-bus/detail-template';
import { eventPattern } from '../../../lib/event-bus/event-pattern';
import { type StreamRecord } from '../../../local/dynamodb/stream-record';
import { compileEventPattern } from '../../../local/eventbridge/event-pattern';
import { pipeInput } from '../../../local/pipes/pipe-input';
import { Checkout, LAYOUT } from '../../lambda/checkout';
import { useTables } from '../../support/tables';

const patterns = EVENT_EVENT_NAMES.map(
  (event) => [event, compileEventPattern(eventPattern(event), { operators: 'pipe' })] as const,
);
const detailOf = pipeInput(EVENT_TEMPLATE, { arn: '', name: '', source: '', target: '' });

const tables = useTables();
let checkout: Checkout;
let eventId: string;
beforeEach(async () => {
  checkout = await Checkout.open(tables);
  eventId = `event-${randomUUID()}`;
});

/** What the stream of the table would show of what is done, in no order. */
async function told(act: () => Promise<unknown>): Promise<[string, string][]> {
  const before = await items();
  await act();
  const records = [...(await items())].flatMap(([key, item]): StreamRecord[] => {
    const old = before.get(key);
    if (isDeepStrictEqual(old, item)) return [];
    const { pk, sk } = item;
    const images = { NewImage: marshall(item), ...(old && { OldImage: marshall(old) }) };
    const dynamodb = { Keys: marshall({ pk, sk }), ...images };
    return [{ eventName: old ? 'MODIFY' : 'INSERT', dynamodb } as unknown as StreamRecord];
  });
  expect(records.length).toBeGreaterThan(1);
  return records.flatMap((record) =>
    patterns.flatMap(([event, matches]): [string, string][] =>
      matches(record) ? [[event, detailOf(record, Date.now())]] : [],
    ),
  );
}

async function items(): Promise<Map<string, Record<string, unknown>>> {
  const { Items = [] } = await tables.client.send(
    new ScanCommand({ TableName: tables.seatTable, ConsistentRead: true }),
  );
  return new Map(
    Items.filter(({ pk, sk }) => `${pk as string} ${sk as string}`.includes(eventId)).map((item) => [
      `${item['pk'] as string} ${item['sk'] as string}`,
      item,
    ]),
  );
}

const wait = () => Promise.resolve();
const executions = { start: () => Promise.resolve() };
const put = (change: object = {}) =>
  putEvent(eventId, { ...LAYOUT, ...change }, { ...checkout, wait, executions });
const POSTPONED = { startsAt: '2100-03-27T19:00:00Z', saleClosesAt: '2100-03-27T19:00:00Z' };
const PRICES = { tiers: LAYOUT.tiers.map((tier) => ({ ...tier, price: tier.price + 100 })) };

test('an event is published, changed and cancelled, each under its number; new prices are no change of its facts', async () => {
  const details = [
    ...(await told(() => put())),
    ...(await told(() => put(POSTPONED))),
    ...(await told(() => put({ ...POSTPONED, ...PRICES }))),
    ...(await told(() =>
      checkout.eventCancellations.open(eventId, { message: 'The violist is ill.', at: 7 }, 8),
    )),
  ];

  expect(details.map(([event]) => event)).toEqual(['EventPublished', 'EventChanged', 'EventCancelled']);
  const parsed = details.map(([, detail]) => z.parse(eventDetailSchema, JSON.parse(detail)));
  expect(parsed.map(({ id, sequence }) => [id, sequence])).toEqual(
    ['1', '2', '3'].map((number) => [`${eventId}-${number}`, number]),
  );
  expect(parsed[2]).toEqual({
    ...{ version: 1, id: `${eventId}-3`, sequence: '3', reference: eventId, eventId },
    ...{ name: LAYOUT.name, venue: LAYOUT.venue, startsAt: POSTPONED.startsAt },
    ...{ timeZone: LAYOUT.timeZone, changedAt: '7' },
  });
});
