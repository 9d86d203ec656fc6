import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { chaos } from '../faults/chaos/chaos';
import { synthesize } from '../local/cloudformation/synthesize';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';

const HELP = `Usage: npm run chaos -- [options]

Runs random schedules of purchases, repeats, faults, deaths and clock moves, and checks every invariant after each.

Options:
  --runs N         schedules (default 20)
  --operations N   operations of a schedule at most; every other one has as many (default 250)
  --seed S         the schedules of an earlier run (default: new ones)
  --help           this text

Exit code 1 tells that an invariant was broken; the seed and the smallest schedule that breaks it are printed.
`;

bypassProxyOnThisMachine();
main().catch((error: unknown) => {
  process.stderr.write(`${inspect(error)}\n`);
  process.exit(2);
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '20' },
      operations: { type: 'string', default: '250' },
      seed: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const runs = whole('runs', values.runs);
  const operations = whole('operations', values.operations);
  const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);

  const assemblyDirectory = mkdtempSync(join(tmpdir(), 'eventpro-chaos-'));
  process.once('exit', () => rmSync(assemblyDirectory, { recursive: true, force: true }));
  // Ends by `exit`, so that the engines and folders of the runs go, too.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

  process.stdout.write(`seed ${seed}\n`);
  await synthesize(join(__dirname, '..'), assemblyDirectory);
  const startedAt = Date.now();
  let schedules = 0;
  let performed = 0;
  let redriven = 0;
  const { failure } = await chaos({
    ...{ assemblyDirectory, runs, operations, seed },
    progress(done) {
      schedules++;
      performed += done.operations;
      redriven += done.deadLetters;
      const perSecond = (performed / ((Date.now() - startedAt) / 1000)).toFixed(1);
      const [violation] = done.violations;
      const state = violation ? `looking for a smaller schedule. ${violation}` : 'all invariants hold';
      process.stdout.write(
        `${schedules}: ${performed} operations, ${perSecond}/s, ${redriven} dead letters redriven, ${state}\n`,
      );
    },
  });
  if (!failure) return void process.stdout.write(`All invariants hold. Seed ${seed}.\n`);
  process.stdout.write(
    `${failure.violations}\n\nThe smallest schedule found:\n` +
      failure.schedule.map((operation) => `  ${JSON.stringify(operation)}\n`).join('') +
      `\nAgain: npm run chaos -- --runs ${runs} --operations ${operations} --seed ${seed}\n`,
  );
  process.exitCode = 1;
}

function whole(name: string, value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${name} must be a whole number above 0, not ${value}`);
}
