import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { dynamoDbClient } from './dynamodb-client';
import { engineBinary } from './engine-binary';
import { endOrphan, writePid } from './engine-pid-file';

export interface DynamoDbEngine {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint: string;
  /** Of the engine's process; undefined for an engine of somebody else. */
  readonly pid?: number;
  close(): Promise<void>;
}

export interface DynamoDbEngineOptions {
  /** Folder that keeps the tables. @default - in memory */
  readonly dataDirectory?: string;
}

const READY_WITHIN_MS = 10_000;

/**
 * Starts a DynamoDB engine of its own on a free port, or takes the one `DYNAMODB_ENDPOINT` names.
 *
 * @throws Error telling what to install, or which data file is damaged
 */
export async function startDynamoDbEngine({
  dataDirectory,
}: DynamoDbEngineOptions = {}): Promise<DynamoDbEngine> {
  const elsewhere = process.env.DYNAMODB_ENDPOINT;
  if (elsewhere) {
    if (!(await answers(elsewhere))) throw new Error(`Nothing answers at DYNAMODB_ENDPOINT=${elsewhere}`);
    return { endpoint: elsewhere, close: async () => undefined };
  }
  const binary = engineBinary();
  if (!dataDirectory) return launch(binary, []);

  const databaseFile = resolve(dataDirectory, 'dynamodb.sqlite');
  const pidFile = join(dataDirectory, 'dynamodb.pid');
  mkdirSync(dataDirectory, { recursive: true });
  await endOrphan(pidFile, databaseFile);
  const engine = await launch(binary, ['--db-path', databaseFile], databaseFile);
  if (engine.pid) writePid(pidFile, engine.pid);
  return {
    ...engine,
    async close() {
      await engine.close();
      rmSync(pidFile, { force: true });
    },
  };
}

async function launch(
  binary: string,
  args: readonly string[],
  databaseFile?: string,
): Promise<DynamoDbEngine> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(binary, ['serve', '--host', '127.0.0.1', '--port', String(port), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Nothing of the environment reaches it, so no variable of the machine changes what it does.
    env: {},
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2_000)));
  const exited = new Promise<void>((ended) => {
    child.once('exit', () => ended());
    child.once('error', (error) => {
      complaint += error.message;
      ended();
    });
  });
  const killWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithParent);
  const close = async (): Promise<void> => {
    process.removeListener('exit', killWithParent);
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), 2_000);
    await exited;
    clearTimeout(killer);
  };

  for (let waited = 0; waited < READY_WITHIN_MS && running(child); waited += 10) {
    if (await answers(endpoint)) return { endpoint, pid: child.pid, close };
    await Promise.race([delay(10), exited]);
  }
  await close();
  const file = databaseFile && ` on ${databaseFile}. If the file is damaged, move it away`;
  throw new Error(
    `The DynamoDB engine did not start${file ?? ''}: ${complaint.trim() || 'it does not answer'}`,
  );
}

function running({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

async function answers(endpoint: string): Promise<boolean> {
  const client = dynamoDbClient(endpoint);
  try {
    await client.send(new ListTablesCommand({}));
    return true;
  } catch {
    return false;
  } finally {
    client.destroy();
  }
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer().once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => found(port));
    });
  });
}
