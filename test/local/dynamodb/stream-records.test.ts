import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { LocalClock } from '../../../local/core/clock';
import { createTable } from '../../../local/dynamodb/create-table';
import { dynamoDbClient } from '../../../local/dynamodb/dynamodb-client';
import { startDynamoDbEngine } from '../../../local/dynamodb/engine';
import { StreamHorizons, TableStream } from '../../../local/dynamodb/table-stream';
import { TtlRemovals } from '../../../local/dynamodb/ttl-removals';

const FOLDER = join(__dirname, '..', '..', '..', 'local', 'dynamodb');
const KEPT = 50_000;

const foldersOfEngines = () =>
  ['/dev/shm', tmpdir()].flatMap((folder) => {
    try {
      return readdirSync(folder).filter((name) => name.startsWith('eventpro-dynamodb-'));
    } catch {
      return [];
    }
  });

test('the database that an engine begins with is what its SQL makes', () => {
  const template = readFileSync(join(FOLDER, 'stream-records.sqlite')).toString('latin1');
  const sql = readFileSync(join(FOLDER, 'stream-records.sql'), 'utf8').replace(/^--.*\n/gm, '');
  // SQLite keeps the text of each statement.
  const statements = sql
    .split(/;\n(?=\n|$)/)
    .map((statement) => statement.trim())
    .filter(Boolean);

  expect(statements).toHaveLength(3);
  expect(statements.filter((statement) => !template.includes(statement.replace(/^CREATE /, '')))).toEqual([]);
});

test('a stream knows its newest record among more than ten thousand, and keeps the newest fifty thousand', async () => {
  const before = foldersOfEngines();
  const engine = await startDynamoDbEngine();
  try {
    const TableName = 'Numbers';
    await createTable(engine.endpoint, {
      TableName,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    const client = dynamoDbClient(engine.endpoint);
    const stream = new TableStream(
      ...([
        engine.endpoint,
        TableName,
        new StreamHorizons(undefined),
        new TtlRemovals(undefined),
        new LocalClock(),
      ] as const),
    );
    const write = async (from: number, to: number) => {
      for (let first = from; first < to; first += 25) {
        const puts = Array.from({ length: 25 }, (_, index) => ({
          PutRequest: { Item: { pk: { S: String(first + index) } } },
        }));
        await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }));
      }
    };

    await write(0, 11_000);
    expect(await stream.latest()).toBe('11000');
    await write(11_000, KEPT + 2_000);

    const { records } = await stream.read('0', 1);
    expect(records[0]!.dynamodb.SequenceNumber).toBe('2001');
    expect(await stream.latest()).toBe(String(KEPT + 2_000));
    // Its file is gone from the folder as soon as it is open, so that a killed run leaves nothing.
    if (process.platform !== 'win32') expect(foldersOfEngines()).toEqual(before);
  } finally {
    await engine.close();
  }
});
