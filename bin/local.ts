import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../local/aws-service';
import { synthesize } from '../local/cloudformation/synthesize';
import type * as localRun from './local-run';

const HELP = `Usage: npm start -- [options]

Runs EventPro on this machine: synthesises the app and runs the synthesised templates.

Options:
  --data DIR     keep everything in DIR across restarts (default: in memory)
  --verbose      print what the functions log
  --help         this text

Environment:
  PORT               port of the pages and the API (default 3000; 0 picks a free one)
  DYNAMODB_ENDPOINT  another DynamoDB engine, for example http://127.0.0.1:8000 (DynamoDB Local)
`;

const PROJECT = join(__dirname, '..');
const DIST = join(PROJECT, 'dist');

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

async function main(): Promise<void> {
  const { data, help, verbose } = readArguments();
  if (help) return void process.stdout.write(HELP);
  const port = readPort(process.env.PORT ?? '3000');

  removeAbandonedAssemblies();
  const assemblyDirectory = join(DIST, `local-run-${process.pid}`);
  process.once('exit', () => rmSync(assemblyDirectory, { recursive: true, force: true }));
  let run: localRun.LocalRun | undefined;
  let synthesizing = true;
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A second Ctrl-C does not wait; what was started dies with this process.
      if (stopping || !(run || synthesizing)) process.exit(130);
      stopping = true;
      void run?.close().finally(() => process.exit(0));
    });
  }

  process.stdout.write('Synthesising the app …\n');
  // Loaded while the app is being synthesised, each on a processor of its own.
  const [synthesized, loaded] = await Promise.allSettled([
    synthesize(PROJECT, assemblyDirectory, { stage: 'dev' }),
    loadLocalRun(),
  ]);
  synthesizing = false;
  // Not before both have ended. Ctrl-C ends the app too, which would go on writing into its folder, and the compiler of the
  // loader: then it is no failure that one of them failed.
  if (stopping) process.exit(130);
  if (synthesized.status === 'rejected') throw synthesized.reason;
  if (loaded.status === 'rejected') throw loaded.reason;
  const { startLocalRun } = loaded.value;
  run = await startLocalRun({
    assemblyDirectory,
    port,
    dataDirectory: data === undefined ? undefined : resolve(data),
    log: verbose ? ({ functionName, text }) => process.stdout.write(`${functionName}: ${text}\n`) : undefined,
  });
  process.stdout.write(`EventPro is running at ${run.url}\n`);
  process.stdout.write(
    `  storefront ${run.url}/   console ${run.url}/console/   API ${run.url}/api/events   (Ctrl-C stops)\n`,
  );
  const { accessKeyId, secretAccessKey } = LOCAL_CREDENTIALS;
  process.stdout.write(
    `  AWS CLI    AWS_ENDPOINT_URL=${run.cloud.endpointUrl} AWS_REGION=${LOCAL_REGION} ` +
      `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}\n`,
  );
}

/** Of runs that were killed before they could clean up: some 20 MB each. */
function removeAbandonedAssemblies(): void {
  for (const name of existsSync(DIST) ? readdirSync(DIST) : []) {
    const [, pid] = /^local-run-(\d+)$/.exec(name) ?? [];
    if (pid && !isRunning(Number(pid))) rmSync(join(DIST, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It runs, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Not by `import()`, which knows no TypeScript. */
async function loadLocalRun(): Promise<typeof localRun> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('./local-run') as typeof localRun;
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        verbose: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${HELP}`);
  }
}

function readPort(value: string): number {
  const port = Number(value);
  if (value !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT must be a number from 0 to 65535, not "${value}"`);
}
