import { spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import { compiledJava } from '../java-engines';

export const DYNAMODB_LOCAL = 'DynamoDB Local 2.6.1';

const ENGINE = {
  name: 'dynamodb-local-2.6.1',
  pom: join(__dirname, 'pom.xml'),
  source: join(__dirname, 'DynamoDbLocal.java'),
};

export interface DynamoDbLocal {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts DynamoDB Local in memory on a free port of 127.0.0.1.
 *
 * @throws Skipped without Java or Maven, or when the libraries cannot be downloaded
 */
export async function startDynamoDbLocal(signal: AbortSignal): Promise<DynamoDbLocal> {
  const { classPath, library } = await compiledJava(ENGINE, signal);
  const args = [`-Dsqlite4java.library.path=${library}`, '-cp', classPath, basename(ENGINE.source, '.java')];
  // It ends when its standard input does, also when this process is killed.
  const child = spawn('java', args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, DDB_LOCAL_TELEMETRY: '0' },
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2_000)));
  const ended = new Promise<void>((resolve) =>
    child.on('error', () => resolve()).on('close', () => resolve()),
  );
  const close = async () => {
    child.stdin.end();
    await ended;
  };
  const port = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const [, told] = /^(\d+)$/m.exec(output) ?? [];
      if (told !== undefined) resolve(told);
    });
    void ended.then(() => reject(new Error(`DynamoDB Local has ended: ${complaint}`)));
  });
  return { url: `http://127.0.0.1:${port}`, close };
}
