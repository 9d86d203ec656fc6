import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../local/aws/aws-service';
import { synthesize } from '../local/cloudformation/synthesize';
import type * as dynamoDbEngine from '../local/dynamodb/engine';
import { endOrphan } from '../local/dynamodb/engine-pid-file';
import { listen } from '../local/http/http-server';
import { lockFolder } from '../local/core/run-lock';
import { writePrivately } from '../local/core/private-folder';
import { isRunning } from '../local/core/running-process';
import type * as localRun from './local-run';
import { messageOf } from '../local/aws/error-message';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';

const HELP = `Usage: npm start -- [options]

Runs EventPro on this machine: synthesises the app and runs the synthesised templates.

Options:
  --app DIR      run the cloud assembly in DIR, such as cdk.out after npm run synth (default: synthesise the app)
  --data DIR     keep everything in DIR across restarts (default: in memory)
  --verbose      print what the functions log
  --help         this text

Environment:
  PORT               port of the pages and the API (default 3000; 0 picks a free one)
  DYNAMODB_ENDPOINT  another DynamoDB engine, for example http://127.0.0.1:8000 (DynamoDB Local)
`;

const PROJECT = join(__dirname, '..');
const DIST = join(PROJECT, 'dist');

/** A terminal sends a signal to all processes at once. */
const SIGNALLED_WITHIN_MS = 200;

bypassProxyOnThisMachine();
writePrivately();
main().catch(fail);

async function main(): Promise<void> {
  const { app, data, help, verbose } = readArguments();
  if (help) return void process.stdout.write(HELP);
  const port = readPort(process.env.PORT ?? '3000');
  const dataDirectory = data === undefined ? undefined : resolve(data);
  await checkMachine(port, dataDirectory);

  await removeAbandonedRuns();
  const runDirectory = join(DIST, `local-run-${process.pid}`);
  const assemblyDirectory = app === undefined ? join(runDirectory, 'cdk.out') : resolve(app);
  process.once('exit', () => rmSync(runDirectory, { recursive: true, force: true }));
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

  if (app === undefined) process.stdout.write('Synthesising the app …\n');
  // Loaded while the app is being synthesised, each on a processor of its own.
  const [synthesized, loaded] = await Promise.allSettled([
    app === undefined ? synthesize(PROJECT, assemblyDirectory, { stage: 'dev' }) : undefined,
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
    ...{ assemblyDirectory, dataDirectory, port, runDirectory, demoExtras: true },
    log: verbose ? ({ functionName, text }) => process.stdout.write(`${functionName}: ${text}\n`) : undefined,
    warn: (message) => process.stderr.write(`${message}\n`),
    // Ctrl-C reaches the engine as well, perhaps before this process. Otherwise this ends at once: what is to be kept is on the
    // disk, and what there is to close would wait for what has gone.
    onBroken: (error) => void setTimeout(() => stopping || fail(error), SIGNALLED_WITHIN_MS),
  });
  process.stdout.write(`EventPro is running at ${run.url}\n`);
  process.stdout.write(
    `  storefront ${run.url}/   console ${run.url}/console/   desk ${run.url}/desk/   API ${run.url}/api/events   (Ctrl-C stops)\n`,
  );
  const { accessKeyId, secretAccessKey } = LOCAL_CREDENTIALS;
  process.stdout.write(
    `  AWS CLI    AWS_ENDPOINT_URL=${run.cloud.urls.aws} ` +
      `AWS_ENDPOINT_URL_DYNAMODB=${run.cloud.urls.dynamodb} AWS_REGION=${LOCAL_REGION} ` +
      `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}\n`,
  );
}

function fail(error: unknown): never {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}

/**
 * Says what the run would end with, before the seconds that the synthesis takes. What it asks for here it gives back, and the
 * run takes it later, with the same words if somebody was quicker.
 */
async function checkMachine(port: number, dataDirectory: string | undefined): Promise<void> {
  await (await listen(port)).close();
  if (dataDirectory !== undefined) lockFolder(dataDirectory)();
  if (process.env.DYNAMODB_ENDPOINT) {
    const { startDynamoDbEngine } = load('../local/dynamodb/engine') as typeof dynamoDbEngine;
    await (await startDynamoDbEngine()).close();
  }
}

/** Of runs that were killed before they could clean up: an engine, and some 20 MB each. */
async function removeAbandonedRuns(): Promise<void> {
  for (const name of existsSync(DIST) ? readdirSync(DIST) : []) {
    const [, pid] = /^local-run-(\d+)$/.exec(name) ?? [];
    if (!pid || isRunning(Number(pid))) continue;
    const directory = join(DIST, name);
    await endOrphan(directory);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function loadLocalRun(): Promise<typeof localRun> {
  return load('./local-run') as typeof localRun;
}

/** Not by `import()`, which knows no TypeScript. */
function load(module: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(module);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        app: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        verbose: { type: 'boolean' },
      },
    });
    // Nothing, as of a variable that is not set, would be the folder that this was started in.
    for (const name of ['app', 'data'] as const)
      if (values[name] === '') throw new Error(`--${name} must name a folder`);
    return values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${HELP}`);
  }
}

function readPort(value: string): number {
  const port = Number(value);
  if (value !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT must be a number from 0 to 65535, not "${value}"`);
}
