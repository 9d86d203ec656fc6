import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttributeValue,
  DescribeTableCommand,
  DynamoDBClient,
  paginateScan,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type LocalRun, startLocalRun } from '../../bin/local-run';
import { AlteredAssembly } from '../../faults/altered-assembly';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { DYNAMODB } from '../../local/dynamodb/plugin';
import { eventually, EventProClient } from '../../harness/eventpro-client';
import { cloudAssembly } from '../support/cloud-assembly';
import { expectDocumented } from '../support/documented-api';

const PATIENCE_MS = 90_000;
const BUYER = { name: 'Ada Lovelace', email: 'ada@older.example' };

/** What came with the version that finds buyers and lets them go: an index with what it is of, and a time. */
const NEW_INDEXES = ['buyers', 'events'];
const NEW_ATTRIBUTES = ['emailHash', 'eventShard', 'keptUntil', 'expiresAt'];

const dataFolder = mkdtempSync(join(tmpdir(), 'eventpro-older-data-'));
let older: AlteredAssembly | undefined;
let run: LocalRun | undefined;
const eventpro = new EventProClient(() => run!.url, expectDocumented);

afterAll(async () => {
  await run?.close();
  older?.remove();
  rmSync(dataFolder, { recursive: true, force: true });
});

async function start(assemblyDirectory: string): Promise<void> {
  run = await startLocalRun({
    ...{ assemblyDirectory, dataDirectory: dataFolder, port: 0, waitScale: 0, warm: false },
  });
}

interface Attribute {
  readonly AttributeName: string;
}
interface TableProperties {
  readonly KeySchema: readonly Attribute[];
  AttributeDefinitions: readonly Attribute[];
  GlobalSecondaryIndexes?: readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly Attribute[];
  }[];
}

/** The app as it is but for its tables, which are as they were. */
async function olderAssembly(): Promise<string> {
  older = AlteredAssembly.copyOf(await cloudAssembly());
  const stage = join(older.directory, 'assembly-EventPro-dev');
  const file = readdirSync(stage).find((name) => /Data.*\.template\.json$/.test(name))!;
  const path = join(stage, file);
  const template = JSON.parse(readFileSync(path, 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: TableProperties }>;
  };
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::DynamoDB::GlobalTable' || !Properties.GlobalSecondaryIndexes) continue;
    Properties.GlobalSecondaryIndexes = Properties.GlobalSecondaryIndexes.filter(
      ({ IndexName }) => !NEW_INDEXES.includes(IndexName),
    );
    const keys = [Properties, ...Properties.GlobalSecondaryIndexes].flatMap(({ KeySchema }) => KeySchema);
    Properties.AttributeDefinitions = Properties.AttributeDefinitions.filter(({ AttributeName }) =>
      keys.some((key) => key.AttributeName === AttributeName),
    );
  }
  writeFileSync(path, JSON.stringify(template));
  return older.directory;
}

/** With each table of purchases or orders: its client, its name and its records. */
async function eachRecordTable(
  visit: (
    client: DynamoDBClient,
    TableName: string,
    records: Record<string, AttributeValue>[],
  ) => Promise<void>,
): Promise<void> {
  const { endpoint, tables } = run!.cloud.get(DYNAMODB);
  const client = new DynamoDBClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
  for (const { tableName: TableName } of tables) {
    if (!/PurchaseTable|OrderTable/.test(TableName)) continue;
    const records: Record<string, AttributeValue>[] = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName }))
      records.push(...Items.filter((item) => item['status']));
    await visit(client, TableName, records);
  }
  client.destroy();
}

/** Takes from each record what the older version did not write. @returns how many there are */
async function age(): Promise<number> {
  let aged = 0;
  await eachRecordTable(async (client, TableName, records) => {
    for (const { purchaseId, pk, sk } of records) {
      const Key: Record<string, AttributeValue> = purchaseId ? { purchaseId } : { pk: pk!, sk: sk! };
      const UpdateExpression = `REMOVE ${NEW_ATTRIBUTES.join(', ')}`;
      await client.send(new UpdateItemCommand({ TableName, Key, UpdateExpression }));
      aged++;
    }
  });
  return aged;
}

async function indexNames(): Promise<Record<string, string[]>> {
  const names: Record<string, string[]> = {};
  await eachRecordTable(async (client, TableName) => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    const [table] = /PurchaseTable|OrderTable/.exec(TableName)!;
    names[table] = Table!.GlobalSecondaryIndexes!.map(({ IndexName }) => IndexName!).toSorted();
  });
  return names;
}

const find = async (query: string) =>
  (
    await eventpro.signed<{ purchases: { status: string }[] }>('GET', `/api/events/demo/purchases?${query}`)
  ).body.purchases
    .map(({ status }) => status)
    .toSorted();

test('a data folder of an older version gets the indexes, and its next audits find the buyers who are in it', async () => {
  await start(await olderAssembly());
  const before = await indexNames();
  await eventpro.putExtras([{ extraId: 'programme', name: 'Programme', price: 500, stock: 3 }]);
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'], buyer: BUYER });
  await eventpro.buy({ seats: ['A-2'], buyer: BUYER, paymentMethod: 'pm_card_chargeDeclined' });
  const { orderId } = await eventpro.order({ items: [{ extraId: 'programme', quantity: 1 }], buyer: BUYER });
  const { reference } = await eventpro.orderThatIs(orderId, 'CONFIRMED');
  await eventpro.emailAbout(purchaseId);
  await eventually(
    async () => (await eventpro.inbox()).find(({ text = '' }) => text.includes(reference)),
    'an e-mail about the order',
    PATIENCE_MS,
  );
  const aged = await age();
  await run!.close();

  await start(await cloudAssembly());
  const after = await indexNames();
  const foundAtFirst = await find(`email=${BUYER.email}`);
  await eventpro.advanceClock(3_600);
  await eventually(
    async () => ((await find(`email=${BUYER.email}`)).length === 2 ? true : undefined),
    'an audit that has gone through both tables',
    PATIENCE_MS,
  );

  expect(before).toEqual({ OrderTable: ['due'], PurchaseTable: ['due', 'references', 'unsettled'] });
  expect(aged).toBe(3);
  expect(after).toEqual({
    OrderTable: ['buyers', 'due'],
    PurchaseTable: ['buyers', 'due', 'events', 'references', 'unsettled'],
  });
  expect(foundAtFirst).toEqual([]);
  expect(await find('')).toEqual(['CONFIRMED', 'FAILED']);
  expect(await find('seat=A-1')).toEqual(['CONFIRMED']);
}, 600_000);
