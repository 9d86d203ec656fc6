import type * as run from '../../bin/local-run';
import type * as engine from '../../local/dynamodb/engine';
import type * as machine from '../../local/step-functions/state-machine';
import { Stopwatch } from './stopwatch';

/* eslint-disable @typescript-eslint/no-require-imports -- what a module takes to load is what is measured */

/** The phases of a local run after the synthesis, each timed: prints them as JSON. */
async function main(assemblyDirectory: string): Promise<void> {
  const watch = new Stopwatch();
  const { startDynamoDbEngine } = await watch.time(
    'local run: load the DynamoDB client',
    () => require('../../local/dynamodb/engine') as typeof engine,
  );
  await watch.time(
    'local run: load the interpreter',
    () => require('../../local/step-functions/state-machine') as typeof machine,
  );
  const { startLocalRun } = await watch.time(
    'local run: load everything else',
    () => require('../../bin/local-run') as typeof run,
  );
  const alone = await watch.time('local run: the engine alone (part of the next)', () =>
    startDynamoDbEngine(),
  );
  await alone.close();
  const started = await watch.time('local run: services, resources, the demo event', () =>
    startLocalRun({ assemblyDirectory, port: 0, warm: false }),
  );
  process.stdout.write(JSON.stringify(watch.phases));
  await started.close();
}

void main(process.argv[2]!);
