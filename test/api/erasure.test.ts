import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { type LocalRun, startLocalRun } from '../../bin/local-run';
import { purchaseHash, referenceOf } from '../../lambda/shared/reference';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { DYNAMODB } from '../../local/dynamodb/plugin';
import { signedHeaders } from '../../local/http/signed-fetch';
import { S3 } from '../../local/s3/plugin';
import { eventually, EventProClient } from '../../harness/eventpro-client';
import { cloudAssembly } from '../support/cloud-assembly';
import { expectDocumented } from '../support/documented-api';

const HOUR = 3_600;
const DAY = 86_400;
/** Recognisable wherever they turn up. */
const BUYER = { name: 'Quillon Xanthos', email: 'quillon@privacy.example', phone: '+4915799887766' };
const WORDS = ['Quillon', 'Xanthos', 'privacy.example', '4915799887766'];

const folder = mkdtempSync(join(tmpdir(), 'eventpro-erasure-'));
const lines: string[] = [];
let run: LocalRun;
const eventpro = new EventProClient(() => run.url, expectDocumented);

beforeAll(async () => {
  run = await startLocalRun({
    ...{ assemblyDirectory: await cloudAssembly(), port: 0, waitScale: 0, warm: false },
    dataDirectory: folder,
    log: ({ text }) => void lines.push(text),
  });
});
afterAll(async () => {
  await run?.close();
  rmSync(folder, { recursive: true, force: true });
});

const erase = async () =>
  (
    await eventpro.signed<{ erased: number; kept: { reference: string; why: string }[] }>(
      ...(['POST', '/api/erasures', { email: BUYER.email.toUpperCase() }] as const),
    )
  ).body;

/** Every item of every table, as one text. */
async function tables(): Promise<string> {
  const { endpoint, tables: all } = run.cloud.get(DYNAMODB);
  const client = new DynamoDBClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
  const items: object[] = [];
  for (const { tableName: TableName } of all) {
    for await (const { Items = [] } of paginateScan({ client }, { TableName })) items.push(...Items);
  }
  client.destroy();
  return JSON.stringify(items);
}

/** What is in the buckets, and in the queues' journals. */
function files(): string {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((file) => file.isFile() && /s3|sqs/.test(join(file.parentPath, file.name)))
    .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'))
    .join('\n');
}

/** The demo event is three to four months ahead, and a few days. */
async function secondsUntilDemo(): Promise<number> {
  const path = '/api/events';
  const { body } = await eventpro.request<{ events: { eventId: string; startsAt: string }[] }>('GET', path);
  const { startsAt } = body.events.find(({ eventId }) => eventId === 'demo')!;
  return Math.ceil((Date.parse(startsAt) - Date.now()) / 1_000);
}

const foundIn = (text: string) => WORDS.filter((word) => text.includes(word));

test('the sales of an event are a table for the door and the books, with what Stripe has kept of each', async () => {
  const buyer = { name: '=Ann', email: 'ann@door.example' };
  const { purchaseId } = await eventpro.buy({ seats: ['B-1'], buyer });
  await eventpro.buy({ seats: ['B-2'], buyer, paymentMethod: 'pm_card_chargeDeclined' });
  const url = `${eventpro.url}/api/events/demo/purchases?email=${buyer.email}`;

  const signed = await signedHeaders(url, { method: 'GET' });
  const table = await fetch(url, { headers: { ...signed, accept: 'text/csv' } });

  const [head, ...rows] = (await table.text())
    .trim()
    .split('\r\n')
    .map((row) => row.split(','));
  const [sale, declined] = rows
    .map((row) => Object.fromEntries(row.map((cell, index) => [head![index], cell])))
    .toSorted((one, other) => (one['status']! < other['status']! ? -1 : 1));
  const { amount } = await eventpro.purchase(purchaseId);
  expect(table.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(rows).toHaveLength(2);
  expect(sale).toMatchObject({
    ...{ reference: referenceOf(purchaseId), status: 'CONFIRMED', seats: 'B-1', email: buyer.email },
    ...{ name: `"'=Ann"`, amount: (amount / 100).toFixed(2), given_back: '0.00', payout_currency: 'EUR' },
  });
  expect(Number(sale!['fee'])).toBeGreaterThan(0);
  expect(Number(sale!['fee']) + Number(sale!['net'])).toBeCloseTo(amount / 100, 2);
  // Of a declined card Stripe keeps nothing.
  expect(declined).toMatchObject({ status: 'FAILED', fee: '', net: '' });
});

test('a buyer is let go: first what nothing is due for, the rest after the event, and then nobody finds a word of them', async () => {
  const { purchaseId } = await eventpro.buy({ seats: ['A-1', 'A-2'], buyer: BUYER });
  await eventpro.buy({ seats: ['A-3'], buyer: BUYER, paymentMethod: 'pm_card_chargeDeclined' });
  await eventpro.emailAbout(purchaseId);
  await eventually(async () => {
    const { dueAt } = (await purchaseItem(purchaseId)) ?? {};
    return dueAt === undefined ? true : undefined;
  }, 'the sale to be told');

  const before = await erase();
  expect(before).toEqual({ erased: 1, kept: [{ reference: referenceOf(purchaseId), why: 'EVENT_AHEAD' }] });
  expect(foundIn(await tables())).toEqual(WORDS);

  await eventpro.advanceClock((await secondsUntilDemo()) + DAY);
  const after = await erase();

  expect(after).toEqual({ erased: 1, kept: [] });
  expect(foundIn(await tables())).toEqual([]);
  expect(foundIn(files())).toEqual([]);
  expect(foundIn(lines.join('\n'))).toEqual([]);
  expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CONFIRMED', amount: 24_000 });
});

test('over each edge of the retention there goes what is to go, until nothing is left of the buyer, and no money moves', async () => {
  const eventId = await another();
  await eventpro.putExtras([{ extraId: 'programme', name: 'Programme', price: 500, stock: 3 }], eventId);
  const { purchaseId } = await eventpro.buy({ seats: ['B-1'], eventId, buyer: BUYER });
  const key = await declinedOf(eventId);
  const order = { eventId, items: [{ extraId: 'programme', quantity: 1 }], buyer: BUYER };
  const sold = await eventpro.order(order);
  await eventpro.orderThatIs(sold.orderId, 'CONFIRMED');
  const failed = await eventpro.order({ ...order, paymentMethod: 'pm_card_chargeDeclined' });
  await eventpro.orderThatIs(failed.orderId, 'FAILED');
  const payments = await eventpro.payments();

  // What has failed: 40 days. What is sold stays, and its key has its answer still.
  await advance(40 * DAY - HOUR);
  const before = await there(purchaseId, key, sold.orderId, failed.orderId);
  await advance(2 * HOUR);
  await eventually(
    async () => ((await there(key, failed.orderId)).length === 0 ? true : undefined),
    ...until('what has failed to go'),
  );
  const after = await there(purchaseId, sold.orderId);
  const again = await eventpro.buy({ key: purchaseId, seats: ['B-1'], eventId, buyer: BUYER });
  const anew = await eventpro.buy({ key, seats: ['B-2'], eventId, buyer: BUYER });

  expect(before).toHaveLength(4);
  expect(after).toHaveLength(2);
  expect([again.status, anew.status]).toEqual([201, 201]);

  // The tickets: seven days before what they are of.
  await advance((20 + 172) * DAY - 2 * HOUR);
  const tickets = await ticketsOf(purchaseId, key);
  await advance(2 * DAY);
  await eventually(
    async () => ((await ticketsOf(purchaseId, key)) === 0 ? true : undefined),
    ...until('the tickets to go'),
  );
  const kept = await there(purchaseId, key, sold.orderId);

  expect(tickets).toBe(2);
  expect(kept).toHaveLength(3);

  // The records with all that hangs on them: 180 days after the event.
  await advance(8 * DAY);
  await eventually(
    async () => ((await there(purchaseId, key, sold.orderId)).length === 0 ? true : undefined),
    ...until('what was sold to go'),
  );
  await advance(HOUR);

  expect(foundIn(await tables())).toEqual([]);
  expect(foundIn(files())).toEqual([]);
  expect(foundIn(lines.join('\n'))).toEqual([]);
  expect(foundIn((await eventpro.request('GET', '/local/schedules')).text)).toEqual([]);
  const items = await tables();
  for (const id of [purchaseId, key, sold.orderId, failed.orderId]) expect(items).not.toContain(id);
  expect(await eventpro.availableExtras(eventId)).toEqual({ programme: 2 });
  const refunds = (await eventpro.payments()).map(({ refunded }) => refunded);
  expect(refunds).toEqual(Array(payments.length + 1).fill(0));
}, 600_000);

/** How long a test waits on a machine that is at work on others. */
const until = (what: string): [what: string, patience: number] => [what, 90_000];

const advance = (seconds: number) => eventpro.advanceClock(seconds);

/** The key of a purchase whose card was declined. */
async function declinedOf(eventId: string): Promise<string> {
  const paymentMethod = 'pm_card_chargeDeclined';
  const { purchaseId, status } = await eventpro.buy({ seats: ['B-2'], eventId, buyer: BUYER, paymentMethod });
  expect(status).toBe(402);
  return purchaseId;
}

/** Those of purchases and orders that have a record. */
async function there(...ids: string[]): Promise<string[]> {
  const items = JSON.parse(await tables()) as Record<string, { S?: string }>[];
  const keys = new Set(
    items.filter(({ status }) => status).map(({ purchaseId, pk }) => purchaseId?.S ?? pk?.S?.split('#')[1]),
  );
  return ids.filter((id) => keys.has(id));
}

/** How many of them have a ticket. */
async function ticketsOf(...purchaseIds: string[]): Promise<number> {
  const found = purchaseIds.map((id) => run.cloud.get(S3).objectsMentioning(purchaseHash(id)));
  return (await Promise.all(found)).flat().length;
}

async function purchaseItem(purchaseId: string): Promise<Record<string, unknown> | undefined> {
  const items = JSON.parse(await tables()) as Record<string, { S?: string }>[];
  return items.find((item) => item['purchaseId']?.S === purchaseId && item['executionId']);
}

/** An event in sixty days, by the run's clock. */
async function another(): Promise<string> {
  const { now } = (await eventpro.request('GET', '/local/clock')).body as { now: string };
  const layout = {
    ...{ name: 'Another', venue: 'Hall', currency: 'EUR', timeZone: 'Europe/Berlin' },
    startsAt: new Date(Date.parse(now) + 60 * DAY * 1_000).toISOString(),
    tiers: [{ tier: 'standard', price: 8_000 }],
    sections: [{ section: 'Stalls', rows: [{ row: 'B', tier: 'standard', seats: 4 }] }],
  };
  await eventpro.putEvent('another', layout);
  return 'another';
}
