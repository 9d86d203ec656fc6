import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  DescribeTableCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { LocalClock } from '../../../local/core/clock';
import { createTable } from '../../../local/dynamodb/create-table';
import { dynamoDbClient } from '../../../local/dynamodb/dynamodb-client';
import { type DynamoDbEngine, startDynamoDbEngine } from '../../../local/dynamodb/engine';
import { emptyTable } from '../../../local/dynamodb/empty-table';
import { startTtlSweeper, type TtlSweeper } from '../../../local/dynamodb/ttl-sweeper';

let engine: DynamoDbEngine;
let client: ReturnType<typeof dynamoDbClient>;
const sweepers: TtlSweeper[] = [];
let tables = 0;

beforeAll(async () => {
  engine = await startDynamoDbEngine();
  client = dynamoDbClient(engine.endpoint);
});
afterEach(async () => {
  for (const sweeper of sweepers.splice(0)) await sweeper.close();
});
afterAll(async () => {
  client.destroy();
  await engine.close();
});

/** As TableV2 synthesises it. */
const globalTable = {
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk', 'unsettled'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  BillingMode: 'PAY_PER_REQUEST',
  GlobalSecondaryIndexes: [
    {
      IndexName: 'unsettled',
      KeySchema: [{ AttributeName: 'unsettled', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  Replicas: [{ Region: 'us-east-1', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
  SSESpecification: { SSEEnabled: true },
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
};

async function seatTable(): Promise<string> {
  return (await createTable(engine.endpoint, { ...globalTable, TableName: `Seats${tables++}` })).tableName;
}

function sweeperOf(tableName: string, clock: LocalClock): TtlSweeper {
  const sweeper = startTtlSweeper({
    endpoint: engine.endpoint,
    tables: [{ tableName, keyAttributes: ['pk', 'sk'], ttlAttribute: 'expiresAt' }],
    clock,
    intervalSeconds: 3600,
  });
  sweepers.push(sweeper);
  return sweeper;
}

const item = (name: string, expiresAt?: AttributeValue): Record<string, AttributeValue> => ({
  pk: { S: 'E' },
  sk: { S: name },
  ...(expiresAt && { expiresAt }),
});
const seconds = (clock: LocalClock, more: number) => ({ N: String(Math.floor(clock.now() / 1000) + more) });

async function names(TableName: string): Promise<string[]> {
  const { Items } = await client.send(new ScanCommand({ TableName }));
  return Items!.map(({ sk }) => sk!.S!).sort();
}

test('a global table of TableV2 is created with its keys and indexes, and once more without complaint', async () => {
  const properties = { ...globalTable, TableName: 'Twice' };

  const first = await createTable(engine.endpoint, properties);
  const second = await createTable(engine.endpoint, properties);
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Twice' }));

  expect(first).toEqual({ tableName: 'Twice', keyAttributes: ['pk', 'sk'], ttlAttribute: 'expiresAt' });
  expect(second).toEqual(first);
  expect(Table!.KeySchema).toEqual(globalTable.KeySchema);
  expect(Table!.GlobalSecondaryIndexes!.map(({ IndexName }) => IndexName)).toEqual(['unsettled']);
});

test('a table of the older kind, with provisioned throughput, is created too', async () => {
  const created = await createTable(engine.endpoint, {
    TableName: 'Older',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
  });

  expect(created).toEqual({ tableName: 'Older', keyAttributes: ['id'] });
});

test('a table is emptied, however much is in it, and stays', async () => {
  const table = await createTable(engine.endpoint, { ...globalTable, TableName: 'Full' });
  const seats = Array.from({ length: 60 }, (_, seat) => item(`A-${seat}`));
  await Promise.all(
    seats.map((Item) => client.send(new PutItemCommand({ TableName: table.tableName, Item }))),
  );

  await emptyTable(client, table);

  expect(await names(table.tableName)).toEqual([]);
});

test('of a table that is emptied stays what is to be kept, by its key', async () => {
  const table = await createTable(engine.endpoint, { ...globalTable, TableName: 'Kept' });
  for (const Item of [item('A-1'), item('A-2')])
    await client.send(new PutItemCommand({ TableName: table.tableName, Item }));
  const keys: unknown[] = [];

  await emptyTable(client, table, (key) => keys.push(key) > 0 && key.includes('A-2'));

  expect(await names(table.tableName)).toEqual(['A-2']);
  expect(keys).toHaveLength(2);
});

test('a table that exists with other keys is refused', async () => {
  const tableName = await seatTable();
  const other = {
    TableName: tableName,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  };

  await expect(createTable(engine.endpoint, other)).rejects.toThrow(`${tableName} exists with other keys`);
});

describe('a table that exists', () => {
  const index = (Projection: object, IndexName = 'byTime') => ({
    IndexName,
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'unsettled', KeyType: 'RANGE' },
    ],
    Projection,
  });
  const including = (...NonKeyAttributes: string[]) => ({ ProjectionType: 'INCLUDE', NonKeyAttributes });
  const table = {
    ...globalTable,
    TableName: 'Indexed',
    GlobalSecondaryIndexes: [index(including('a', 'b'), 'global'), index({ ProjectionType: 'ALL' }, 'other')],
    LocalSecondaryIndexes: [index({ ProjectionType: 'KEYS_ONLY' })],
  };
  const [global, other] = table.GlobalSecondaryIndexes;
  beforeAll(() => createTable(engine.endpoint, table));

  test('is left as it is when only the order of its indexes and attributes has changed', async () => {
    const again = createTable(engine.endpoint, {
      ...table,
      AttributeDefinitions: table.AttributeDefinitions.toReversed(),
      GlobalSecondaryIndexes: [other, index(including('b', 'a'), 'global')],
    });

    await expect(again).resolves.toMatchObject({ tableName: 'Indexed' });
  });

  test.each([
    [
      'another projection',
      { GlobalSecondaryIndexes: [global, index({ ProjectionType: 'KEYS_ONLY' }, 'other')] },
    ],
    ['other projected attributes', { GlobalSecondaryIndexes: [index(including('a'), 'global'), other] }],
    ['another local index', { LocalSecondaryIndexes: [index({ ProjectionType: 'ALL' })] }],
    ['no local index', { LocalSecondaryIndexes: undefined }],
    [
      'a key of another type',
      {
        AttributeDefinitions: table.AttributeDefinitions.map((each) =>
          each.AttributeName === 'sk' ? { ...each, AttributeType: 'N' } : each,
        ),
      },
    ],
    ['an index less', { GlobalSecondaryIndexes: [global] }],
    [
      'one more index, and a key of another type',
      {
        GlobalSecondaryIndexes: [global, other, index({ ProjectionType: 'ALL' }, 'third')],
        AttributeDefinitions: table.AttributeDefinitions.map((each) => ({ ...each, AttributeType: 'N' })),
      },
    ],
  ])('is refused with %s', async (_, change) => {
    const creating = createTable(engine.endpoint, { ...table, ...change });

    await expect(creating).rejects.toThrow('Indexed exists with other keys or indexes');
  });

  test('gets the indexes that it lacks, with the items that it has', async () => {
    const attributes = (...names: string[]) =>
      names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
    const old = {
      ...{ TableName: 'Old', KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] },
      AttributeDefinitions: attributes('pk'),
    };
    const keysOnly = (IndexName: string, AttributeName: string) => ({
      ...{ IndexName, KeySchema: [{ AttributeName, KeyType: 'HASH' }] },
      Projection: { ProjectionType: 'KEYS_ONLY' },
    });
    const indexes = [keysOnly('byA', 'a'), keysOnly('byB', 'b')];
    const today = {
      ...{ ...old, AttributeDefinitions: attributes('pk', 'a', 'b') },
      GlobalSecondaryIndexes: indexes,
    };
    await createTable(engine.endpoint, old);
    const Item = { pk: { S: '1' }, a: { S: 'x' }, b: { S: 'y' }, c: { S: 'z' } };
    await client.send(new PutItemCommand({ TableName: 'Old', Item }));
    await client.send(new PutItemCommand({ TableName: 'Old', Item: { pk: { S: '2' } } }));

    await createTable(engine.endpoint, today);
    await createTable(engine.endpoint, today);

    const found = await Promise.all(
      (['a', 'b'] as const).map((key) =>
        client.send(
          new QueryCommand({
            ...{ TableName: 'Old', IndexName: `by${key.toUpperCase()}` },
            KeyConditionExpression: `${key} = :value`,
            ExpressionAttributeValues: { ':value': Item[key] },
          }),
        ),
      ),
    );
    expect(found.map(({ Items }) => Items)).toEqual([
      [{ pk: Item.pk, a: Item.a }],
      [{ pk: Item.pk, b: Item.b }],
    ]);
    const { Items } = await client.send(new ScanCommand({ TableName: 'Old' }));
    expect(Items).toHaveLength(2);
  });
});

test.each([
  [
    'a stream with a policy',
    { StreamSpecification: { ResourcePolicy: {} } },
    'StreamSpecification.ResourcePolicy',
  ],
  ['two regions', { Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }] }, 'several regions'],
  ['an import', { ImportSourceSpecification: {} }, 'ImportSourceSpecification'],
])('%s is refused by name', async (_, change, message) => {
  const creating = createTable(engine.endpoint, { ...globalTable, ...change, TableName: 'Refused' });

  await expect(creating).rejects.toMatchObject({ name: 'UnsupportedLocally' });
  await expect(creating).rejects.toThrow(message);
});

test('a sweep deletes what has expired and nothing else', async () => {
  const clock = new LocalClock();
  const table = await seatTable();
  const items = [
    item('expired', seconds(clock, -2)),
    item('held', seconds(clock, 600)),
    item('sold'),
    item('text', { S: '1' }),
    item('ancient', { N: '1' }),
  ];
  for (const Item of items) await client.send(new PutItemCommand({ TableName: table, Item }));

  const deleted = await sweeperOf(table, clock).sweep();

  expect(deleted).toBe(1);
  expect(await names(table)).toEqual(['ancient', 'held', 'sold', 'text']);
});

test('moving the clock sweeps by itself', async () => {
  const clock = new LocalClock();
  const table = await seatTable();
  await client.send(new PutItemCommand({ TableName: table, Item: item('held', seconds(clock, 600)) }));
  const sweeper = sweeperOf(table, clock);
  const before = await sweeper.sweep();

  clock.advance(601);
  for (let tries = 0; tries < 100 && (await names(table)).length > 0; tries++) await delay(20);

  expect(before).toBe(0);
  expect(await names(table)).toEqual([]);
});

test('a sweep that takes long is followed by a long rest, unless the clock is moved', async () => {
  const clock = new LocalClock();
  let scans = 0;
  const slow = createServer((request, response) => {
    request.resume();
    scans++;
    setTimeout(() => response.end('{"Items":[],"Count":0,"ScannedCount":0}'), 200);
  });
  await new Promise<void>((listening) => slow.listen(0, '127.0.0.1', listening));
  try {
    const { port } = slow.address() as AddressInfo;
    const sweeper = startTtlSweeper({
      ...{ clock, endpoint: `http://127.0.0.1:${port}`, intervalSeconds: 0.01 },
      tables: [{ tableName: 'Slow', keyAttributes: ['pk'], ttlAttribute: 'expiresAt' }],
    });
    sweepers.push(sweeper);

    for (; scans === 0;) await delay(10);
    // The rest is 10 s at least; without it, there would be four more.
    await delay(1_000);
    const atRest = scans;
    clock.advance(1);
    for (; scans === atRest;) await delay(10);

    expect(atRest).toBe(1);
  } finally {
    slow.close();
  }
});

test('more items than a page holds are all swept', async () => {
  const clock = new LocalClock();
  const table = await seatTable();
  const large = { S: 'x'.repeat(60_000) };
  const puts = Array.from({ length: 50 }, (_, n) => ({
    PutRequest: { Item: { ...item(`s${n}`, seconds(clock, -2)), large } },
  }));
  for (let n = 0; n < 50; n += 25) {
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts.slice(n, n + 25) } }));
  }
  const { LastEvaluatedKey } = await client.send(new ScanCommand({ TableName: table }));

  const deleted = await sweeperOf(table, clock).sweep();

  expect(LastEvaluatedKey).toBeDefined();
  expect(deleted).toBe(50);
});

test('an item that is renewed while sweeps run is never deleted after its renewal', async () => {
  const clock = new LocalClock();
  const table = await seatTable();
  const sweeper = sweeperOf(table, clock);
  const all = Array.from({ length: 60 }, (_, n) => `s${n}`);
  for (const name of all) {
    await client.send(new PutItemCommand({ TableName: table, Item: item(name, seconds(clock, -2)) }));
  }
  const renew = async (name: string): Promise<string | undefined> => {
    const renewal = new UpdateItemCommand({
      TableName: table,
      Key: item(name),
      UpdateExpression: 'SET expiresAt = :later',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':later': seconds(clock, 600) },
    });
    return client.send(renewal).then(
      () => name,
      () => undefined,
    );
  };

  const [renewed] = await Promise.all([
    Promise.all(all.map(async (name, n) => (await delay(n), renew(name)))),
    sweeper.sweep(),
    sweeper.sweep(),
  ]);
  await sweeper.sweep();

  const survivors = renewed.filter((name) => name !== undefined).sort();
  expect(survivors.length).toBeGreaterThan(0);
  expect(await names(table)).toEqual(survivors);
});
