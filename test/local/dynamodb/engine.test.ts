import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createTable } from '../../../local/dynamodb/create-table';
import { dynamoDbClient } from '../../../local/dynamodb/dynamodb-client';
import { type DynamoDbEngine, freePort, startDynamoDbEngine } from '../../../local/dynamodb/engine';
import { engineBinary } from '../../../local/dynamodb/engine-binary';
import { endOrphan } from '../../../local/dynamodb/engine-pid-file';

const root = mkdtempSync(join(tmpdir(), 'dynamodb-engine-'));
const engines: DynamoDbEngine[] = [];
afterEach(async () => {
  delete process.env.DYNAMODB_ENDPOINT;
  for (const engine of engines.splice(0)) await engine.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function start(dataDirectory?: string): Promise<DynamoDbEngine> {
  const engine = await startDynamoDbEngine({ dataDirectory });
  engines.push(engine);
  return engine;
}

const seats = {
  TableName: 'Seats',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
};

const alive = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
};

test('a port that somebody else takes first is another one’s, and the engine takes the next', async () => {
  const silent: Socket[] = [];
  const server = createServer((socket) => silent.push(socket));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port: taken } = server.address() as AddressInfo;
  const found: number[] = [];
  const findPort = async () => {
    found.push(found.length === 0 ? taken : await freePort());
    return found.at(-1)!;
  };

  const engine = await startDynamoDbEngine({ findPort });
  engines.push(engine);
  server.close();
  for (const socket of silent) socket.destroy();

  expect(found[0]).toBe(taken);
  expect(engine.endpoint).toBe(`http://127.0.0.1:${found[1]}`);
});

test('an engine in memory answers the SDK, and its process ends when it is closed', async () => {
  const engine = await start();
  await createTable(engine.endpoint, seats);
  const client = dynamoDbClient(engine.endpoint);

  await client.send(new PutItemCommand({ TableName: 'Seats', Item: { pk: { S: 'A-1' } } }));
  const { Item } = await client.send(new GetItemCommand({ TableName: 'Seats', Key: { pk: { S: 'A-1' } } }));
  await engine.close();

  expect(Item).toEqual({ pk: { S: 'A-1' } });
  expect(engine.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(alive(engine.pid!)).toBe(false);
});

test('a data folder keeps the items over a restart', async () => {
  const directory = join(root, 'kept');
  const first = await start(directory);
  await createTable(first.endpoint, seats);
  const item = { TableName: 'Seats', Item: { pk: { S: 'A-1' } } };
  await dynamoDbClient(first.endpoint).send(new PutItemCommand(item));
  await first.close();

  const second = await start(directory);
  await createTable(second.endpoint, seats);
  const found = await dynamoDbClient(second.endpoint).send(
    new GetItemCommand({ TableName: 'Seats', Key: { pk: { S: 'A-1' } } }),
  );

  expect(found.Item).toEqual({ pk: { S: 'A-1' } });
  expect(second.pid).not.toBe(first.pid);
});

test('the engine that a killed run left behind is ended at the next start on its folder, and loses nothing', async () => {
  const directory = join(root, 'orphan');
  const script = `
    const { startDynamoDbEngine } = require(${JSON.stringify(join(process.cwd(), 'local/dynamodb/engine'))});
    startDynamoDbEngine({ dataDirectory: ${JSON.stringify(directory)} }).then((e) => console.log(JSON.stringify(e)));
  `;
  const run = spawn(process.execPath, ['-r', 'tsx/cjs', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = await new Promise<string>((told) =>
    run.stdout.once('data', (data: Buffer) => told(String(data))),
  );
  const orphan = JSON.parse(output) as DynamoDbEngine;
  await createTable(orphan.endpoint, seats);
  const ended = new Promise((resolve) => run.once('exit', resolve));
  run.kill('SIGKILL');
  await ended;
  const orphaned = alive(orphan.pid!);

  const engine = await start(directory);
  const answer = await dynamoDbClient(engine.endpoint).send(
    new GetItemCommand({ TableName: 'Seats', Key: { pk: { S: 'A-1' } } }),
  );

  expect(orphaned).toBe(true);
  expect(alive(orphan.pid!)).toBe(false);
  expect(answer.Item).toBeUndefined();
});

test('a stranger who has got the number in the pid file is left alone', async () => {
  const directory = join(root, 'stranger');
  mkdirSync(directory);
  const stranger = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30_000)']);
  writeFileSync(join(directory, 'dynamodb.pid'), String(stranger.pid));

  await start(directory);
  await delay(50);

  expect(alive(stranger.pid!)).toBe(true);
  stranger.kill('SIGKILL');
});

test('closing removes the pid file', async () => {
  const directory = join(root, 'closed');
  const engine = await start(directory);
  const during = readFileSync(join(directory, 'dynamodb.pid'), 'utf8');

  await engine.close();

  expect(during).toBe(String(engine.pid));
  expect(existsSync(join(directory, 'dynamodb.pid'))).toBe(false);
});

test('closing leaves the pid file of another engine', async () => {
  const directory = join(root, 'taken over');
  const engine = await start(directory);
  writeFileSync(join(directory, 'dynamodb.pid'), '1');

  await engine.close();

  expect(readFileSync(join(directory, 'dynamodb.pid'), 'utf8')).toBe('1');
});

test('an engine in memory is found by the folder of its run, and not by that of another', async () => {
  const runDirectory = join(root, 'local-run-1');
  const another = join(root, 'local-run-11');
  const engine = await startDynamoDbEngine({ runDirectory });
  engines.push(engine);
  mkdirSync(another);
  writeFileSync(join(another, 'dynamodb.pid'), String(engine.pid));

  await endOrphan(another);
  const aliveAfterAnother = alive(engine.pid!);
  await endOrphan(runDirectory);

  expect(aliveAfterAnother).toBe(true);
  expect(alive(engine.pid!)).toBe(false);
  expect(readdirSync(runDirectory)).toEqual([]);
});

test('an engine that ends by itself is told of, one that is closed is not', async () => {
  const onUnexpectedEnd = jest.fn();
  const closed = await startDynamoDbEngine({ onUnexpectedEnd });
  const killed = await startDynamoDbEngine({ onUnexpectedEnd });
  engines.push(killed);

  await closed.close();
  process.kill(killed.pid!, 'SIGKILL');
  while (alive(killed.pid!)) await delay(5);
  await delay(50);

  expect(onUnexpectedEnd.mock.calls).toEqual([
    [expect.objectContaining({ message: 'The DynamoDB engine ended (SIGKILL)' })],
  ]);
});

test('a damaged data file is named', async () => {
  const directory = join(root, 'damaged');
  mkdirSync(directory);
  writeFileSync(join(directory, 'dynamodb.sqlite'), 'this is no database '.repeat(500));

  await expect(startDynamoDbEngine({ dataDirectory: directory })).rejects.toThrow(
    /did not start on .*damaged\/dynamodb\.sqlite\. If the file is damaged, move it away: .*not a valid SQLite/,
  );
});

test('a platform without an engine is told what to install', () => {
  expect(() => engineBinary('sunos', 'sparc')).toThrow(
    'Run `npm install --no-save @dynoxide/sunos-sparc`, or set DYNAMODB_ENDPOINT',
  );
});

test('DYNAMODB_ENDPOINT takes another engine, which is not ended', async () => {
  const other = await start();
  process.env.DYNAMODB_ENDPOINT = other.endpoint;

  const taken = await start();
  await taken.close();

  expect(taken).toMatchObject({ endpoint: other.endpoint });
  expect(alive(other.pid!)).toBe(true);
  process.env.DYNAMODB_ENDPOINT = 'http://127.0.0.1:9';
  await expect(startDynamoDbEngine()).rejects.toThrow(
    'Nothing answers at DYNAMODB_ENDPOINT=http://127.0.0.1:9',
  );
});
