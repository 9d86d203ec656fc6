import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { type LocalRun, startLocalRun } from '../../bin/local-run';
import { referenceOf } from '../../lambda/shared/reference';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { DYNAMODB } from '../../local/dynamodb/plugin';
import { eventually, EventProClient } from '../../harness/eventpro-client';
import { cloudAssembly } from '../support/cloud-assembly';
import { expectDocumented } from '../support/documented-api';

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

const foundIn = (text: string) => WORDS.filter((word) => text.includes(word));

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

  await eventpro.advanceClock(120 * DAY);
  const after = await erase();

  expect(after).toEqual({ erased: 1, kept: [] });
  expect(foundIn(await tables())).toEqual([]);
  expect(foundIn(files())).toEqual([]);
  expect(foundIn(lines.join('\n'))).toEqual([]);
  expect(await eventpro.purchase(purchaseId)).toMatchObject({ status: 'CONFIRMED', amount: 24_000 });
});

test('after the retention nothing of the sale is left, and no money moves', async () => {
  const { purchaseId } = await eventpro.buy({ seats: ['B-1'], eventId: await another(), buyer: BUYER });
  const [payment] = await eventpro.payments(purchaseId);

  await eventpro.advanceClock(179 * DAY);
  const kept = await purchaseItem(purchaseId);
  await eventpro.advanceClock(12 * DAY);
  await eventually(async () => ((await purchaseItem(purchaseId)) ? undefined : true), 'the sale to go');
  await eventpro.advanceClock(3_600);

  expect(kept).toBeDefined();
  expect(foundIn(await tables())).toEqual([]);
  expect(await eventpro.payments(purchaseId)).toMatchObject([
    { paymentIntentId: payment!.paymentIntentId, refunded: 0 },
  ]);
});

async function purchaseItem(purchaseId: string): Promise<Record<string, unknown> | undefined> {
  const items = JSON.parse(await tables()) as Record<string, { S?: string }>[];
  return items.find((item) => item['purchaseId']?.S === purchaseId && item['executionId']);
}

/** An event in ten days, by the run's clock. */
async function another(): Promise<string> {
  const { now } = (await eventpro.request('GET', '/local/clock')).body as { now: string };
  const layout = {
    ...{ name: 'Another', venue: 'Hall', currency: 'EUR', timeZone: 'Europe/Berlin' },
    startsAt: new Date(Date.parse(now) + 10 * DAY * 1_000).toISOString(),
    tiers: [{ tier: 'standard', price: 8_000 }],
    sections: [{ section: 'Stalls', rows: [{ row: 'B', tier: 'standard', seats: 4 }] }],
  };
  await eventpro.putEvent('another', layout);
  return 'another';
}
