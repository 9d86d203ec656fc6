import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { keptDatabase, volatileDatabase } from './database-file';
import { dynamoDbClient } from './dynamodb-client';
import { engineBinary } from './engine-binary';
import { endOrphan, engineMark, removePid, writePid } from './engine-pid-file';

export interface DynamoDbEngine {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint: string;
  /** Of the engine's process; undefined for an engine of somebody else. */
  readonly pid?: number;
  close(): Promise<void>;
}

export interface DynamoDbEngineOptions {
  /** Folder that keeps the tables; no other run has it. @default - in memory */
  readonly dataDirectory?: string;
  /** Folder of a run in memory, by which `endOrphan` finds the engine if this run is killed. @default - not found */
  readonly runDirectory?: string;
  /** Finds a port, which somebody else may take before the engine has it. @default one of the system's */
  readonly findPort?: () => Promise<number>;
  /** Hears that the engine ended by itself. @default - nobody */
  readonly onUnexpectedEnd?: (error: Error) => void;
}

/** A second is usual; a machine that is busy with something else takes many. An engine that fails ends, which is seen at once. */
const READY_WITHIN_MS = 60_000;

const PORTS_TRIED = 5;

class PortTaken extends Error {}

/**
 * Starts a DynamoDB engine of its own on a free port, or takes the one `DYNAMODB_ENDPOINT` names.
 *
 * @throws Error telling what to install, or which data file is damaged
 */
export async function startDynamoDbEngine(options: DynamoDbEngineOptions = {}): Promise<DynamoDbEngine> {
  const elsewhere = process.env.DYNAMODB_ENDPOINT;
  if (elsewhere) return connect(elsewhere);

  const { dataDirectory, findPort = freePort, runDirectory } = options;
  const directory = dataDirectory ?? runDirectory;
  if (directory) {
    mkdirSync(directory, { recursive: true });
    await endOrphan(directory);
  }
  for (let tried = 1; ; tried++) {
    try {
      return await startOn(await findPort(), options);
    } catch (error) {
      if (!(error instanceof PortTaken) || tried === PORTS_TRIED) throw error;
    }
  }
}

async function startOn(
  port: number,
  { dataDirectory, runDirectory, onUnexpectedEnd = () => undefined }: DynamoDbEngineOptions,
): Promise<DynamoDbEngine> {
  const binary = engineBinary();
  const directory = dataDirectory ?? runDirectory;
  const kept = dataDirectory && keptDatabase(`${engineMark(dataDirectory)}sqlite`);
  const volatile = kept === undefined ? volatileDatabase() : undefined;
  const endpoint = `http://127.0.0.1:${port}`;
  const address = ['--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(binary, ['serve', ...address, '--db-path', kept ?? volatile!.file], {
    // An engine of one run has nothing else to be known by.
    argv0: runDirectory ? `dynoxide (${engineMark(runDirectory)}memory)` : binary,
    stdio: ['ignore', 'ignore', 'pipe'],
    // Nothing of the environment reaches it, so no variable of the machine changes what it does.
    env: {},
  });
  if (directory && child.pid) writePid(directory, child.pid);
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2_000)));
  const exited = new Promise<void>((ended) => {
    child.once('exit', () => ended());
    child.once('error', (error) => {
      complaint += error.message;
      ended();
    });
  });
  let closing = false;
  const killWithParent = (): void => {
    child.kill('SIGKILL');
    volatile?.remove();
  };
  process.once('exit', killWithParent);
  const close = async (): Promise<void> => {
    closing = true;
    process.removeListener('exit', killWithParent);
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), 2_000);
    await exited;
    clearTimeout(killer);
    volatile?.remove();
    if (directory && child.pid) removePid(directory, child.pid);
  };

  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && running(child)) {
    // What has the port may be somebody else's, who never answers.
    if (await Promise.race([answers(endpoint), exited.then(() => false)])) {
      complaint = '';
      volatile?.remove();
      void exited.then(() => {
        if (!closing) onUnexpectedEnd(endOf(child, complaint));
      });
      return { endpoint, pid: child.pid, close };
    }
    await Promise.race([delay(10), exited]);
  }
  await close();
  if (complaint.includes(`port ${port} is already in use`)) throw new PortTaken(complaint.trim());
  const file = kept && ` on ${kept}. If the file is damaged, move it away`;
  throw new Error(
    `The DynamoDB engine did not start${file ?? ''}: ${complaint.trim() || 'it does not answer'}`,
  );
}

/** @throws Error when nothing answers there */
async function connect(endpoint: string): Promise<DynamoDbEngine> {
  if (!(await answers(endpoint))) throw new Error(`Nothing answers at DYNAMODB_ENDPOINT=${endpoint}`);
  return { endpoint, close: async () => undefined };
}

function endOf({ exitCode, signalCode }: ChildProcess, complaint: string): Error {
  const how = signalCode ?? `exit code ${exitCode}`;
  return new Error(`The DynamoDB engine ended (${how})${complaint && `: ${complaint.trim()}`}`);
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

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer().once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => found(port));
    });
  });
}
