import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateScan,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { type LocalRun, startLocalRun } from '../../bin/local-run';
import { DYNAMODB } from '../../local/dynamodb/plugin';
import { type FunctionPool } from '../../local/lambda/function-pool';
import { dynamoDbClient } from '../../local/dynamodb/dynamodb-client';
import { cloudAssembly } from '../support/cloud-assembly';
import { EventProClient, eventually } from '../../harness/eventpro-client';

type Item = NonNullable<NonNullable<WriteRequest['PutRequest']>['Item']>;

let run: LocalRun;
let dynamodb: DynamoDBClient;
let audits = 0;
const eventpro = new EventProClient(() => run.url);
const KEYS = { PurchaseTable: ['purchaseId'], SeatTable: ['pk', 'sk'] } as const;
type Table = keyof typeof KEYS;
const TABLES = Object.keys(KEYS) as Table[];

beforeAll(async () => {
  const aroundInvoke =
    (invoke: FunctionPool['invoke']): FunctionPool['invoke'] =>
    async (name, payload, options) => {
      const answer = await invoke(name, payload, options);
      if (name.includes('-Audit')) audits++;
      return answer;
    };
  const assemblyDirectory = await cloudAssembly();
  run = await startLocalRun({ assemblyDirectory, aroundInvoke, port: 0, waitScale: 0 });
  dynamodb = dynamoDbClient(run.cloud.get(DYNAMODB).endpoint);
});
afterAll(async () => {
  dynamodb?.destroy();
  await run?.close();
});

// docs/runbook.md, "Restore tables from point-in-time recovery", with a copy of the items for the restored tables.
test('both tables lost and put back: an audit in between gives nothing back, and every sale is as it was', async () => {
  const before = [await buy(['A-1', 'A-2']), await buy(['C-5'])];
  const restored = await copy();
  const after = await buy(['E-7']);
  const answers = await Promise.all(before.map((id) => eventpro.purchase(id)));

  for (const table of TABLES)
    await write(
      table,
      (await scan(table)).map((item) => ({ DeleteRequest: { Key: keyOf(table, item) } })),
    );
  await hours(2);
  expect(await eventpro.request('GET', `/api/purchases/${before[0]}`)).toMatchObject({ status: 404 });
  await expectAllPaid([...before, after]);

  for (const table of TABLES) {
    await write(
      table,
      restored[table].map((Item) => ({ PutRequest: { Item } })),
    );
  }
  await hours(2);

  expect(await Promise.all(before.map((id) => eventpro.purchase(id)))).toEqual(answers);
  for (const seatId of ['A-1', 'A-2', 'C-5']) expect(await eventpro.seatStatus(seatId)).toBe('SOLD');
  for (const id of before) expect(await eventpro.ticket(id)).toMatchObject({ status: 302 });
  // What was sold after the moment has neither record nor seat: step 4. Its money and its ticket are still there.
  await expectAllPaid([...before, after]);
  expect(await eventpro.request('GET', `/api/purchases/${after}`)).toMatchObject({ status: 404 });
  expect(await eventpro.seatStatus('E-7')).toBe('AVAILABLE');
});

async function buy(seats: string[]): Promise<string> {
  const { status, purchaseId } = await eventpro.buy({ seats });
  expect(status).toBe(201);
  await eventually(async () => {
    const item = (await scan('PurchaseTable')).find((each) => each.purchaseId?.S === purchaseId)!;
    return 'delivery_email' in item && !JSON.stringify(Object.keys(item)).includes('nsettled')
      ? true
      : undefined;
  }, 'a settled purchase');
  return purchaseId;
}

async function copy(): Promise<Record<Table, Item[]>> {
  return { PurchaseTable: await scan('PurchaseTable'), SeatTable: await scan('SeatTable') };
}

async function scan(table: Table): Promise<Item[]> {
  const items: Item[] = [];
  for await (const { Items = [] } of paginateScan(
    { client: dynamodb },
    { TableName: nameOf(table), ConsistentRead: true },
  )) {
    items.push(...Items);
  }
  return items;
}

/** By 25, as DynamoDB takes them. */
async function write(table: Table, requests: readonly WriteRequest[]): Promise<void> {
  for (let first = 0; first < requests.length; first += 25) {
    const { UnprocessedItems = {} } = await dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { [nameOf(table)]: requests.slice(first, first + 25) } }),
    );
    expect(UnprocessedItems).toEqual({});
  }
}

function keyOf(table: Table, item: Item): Item {
  return Object.fromEntries(KEYS[table].map((name) => [name, item[name]!]));
}

function nameOf(table: Table): string {
  return run.cloud.get(DYNAMODB).tables.find(({ tableName }) => tableName.includes(`-${table}`))!.tableName;
}

/** So many turns of the reconciler and of the audit. */
async function hours(count: number): Promise<void> {
  for (let hour = 0; hour < count; hour++) {
    const before = audits;
    await eventpro.advanceClock(3_700);
    await eventually(async () => (audits > before ? true : undefined), 'an audit');
  }
}

async function expectAllPaid(purchaseIds: readonly string[]): Promise<void> {
  const payments = await eventpro.payments();
  for (const id of purchaseIds) {
    const [payment, ...others] = payments.filter(({ metadata }) => metadata.purchaseId === id);
    expect(others).toEqual([]);
    expect(payment).toMatchObject({ status: 'succeeded', refunded: 0 });
  }
}
