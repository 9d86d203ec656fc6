import { parseArgs } from 'node:util';
import { chaos } from '../faults/chaos/chaos';
import { synthesizeForThisProcess } from '../faults/temporary-run';
import { messageOf } from '../local/aws/error-message';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';

const HELP = `Usage: npm run chaos -- [options]

Runs random schedules of purchases, repeats, faults, deaths and clock moves, and checks every invariant after each.

Options:
  --runs N         schedules (default 20)
  --operations N   operations of a schedule at most; every other one has as many (default 250)
  --seed S         the schedules of an earlier run (default: new ones)
  --help           this text

Exit codes: 0 every invariant holds; 1 one does not, and the seed and the smallest schedule that breaks it are printed;
2 it could not be run; 130 interrupted.
`;

bypassProxyOnThisMachine();
main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\nnpm run chaos -- --help tells how it is used.\n`);
  process.exitCode = 2;
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '20' },
      operations: { type: 'string', default: '250' },
      seed: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const runs = whole('runs', values.runs);
  const operations = whole('operations', values.operations);
  const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed || NaN);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed must be a whole number, not ${values.seed}`);

  process.stdout.write(`seed ${seed}\n`);
  const assemblyDirectory = await synthesizeForThisProcess();
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
