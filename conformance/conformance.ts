import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Comparison, Skipped, tally, type Tally } from './comparison';
import { writeResults } from './results';
import { DURABLE_FUNCTIONS_COMPARISONS } from './durable-functions/compare';
import { DYNAMODB } from './dynamodb/compare';
import { EVENT_PATTERNS } from './event-patterns/compare';
import { JSON_PATH } from './json-path/compare';
import { writeGolden } from './state-machines/golden';
import { APP_STATE_MACHINES, LANGUAGE, SEEDS } from './state-machines/compare';
import { STRIPE_MOCK_SERVER, STRIPE_OPENAPI } from './stripe/compare';
import { VELOCITY } from './velocity/compare';

const COMPARISONS: readonly Comparison[] = [
  ...[...VELOCITY, JSON_PATH, EVENT_PATTERNS, LANGUAGE, SEEDS, APP_STATE_MACHINES],
  ...DURABLE_FUNCTIONS_COMPARISONS,
  ...[STRIPE_OPENAPI, STRIPE_MOCK_SERVER, DYNAMODB],
];

const EXIT = { equal: 0, different: 1, usage: 2, skipped: 3, interrupted: 130 } as const;

const HELP = `Compares the local run with engines that nobody here wrote: npm run conformance

  --only NAME      one comparison; may be given several times
  --runs N         arbitrary bodies that each request template renders (default 100)
  --details FILE   writes what differs, with both sides, as JSON
  --write          keeps the second engine's answers for npm test, and the table in local/README.md
  --help

${COMPARISONS.map(({ name, about }) => `  ${name.padEnd(22)} ${about}`).join('\n')}

Needs Java and Maven for Velocity, JSONPath, event patterns and DynamoDB Local (Java 17), Python for the state machines and one of the two
tools for durable functions, Go for Stripe, and a network the first time; what the machine lacks is skipped by name. What is downloaded is kept in node_modules/.cache/conformance.

Exit codes: ${EXIT.equal} no difference but the named ones, ${EXIT.different} others, ${EXIT.skipped} none, but something was skipped, ${EXIT.usage} usage, ${EXIT.interrupted} interrupted.
`;

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\nSee: npm run conformance -- --help\n`);
    return EXIT.usage;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return EXIT.equal;
  }
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort(new Error('interrupted')));
  const { signal } = stopping;

  const results: { comparison: Comparison; against: string; result: Tally }[] = [];
  let skipped = 0;
  for (const comparison of options.only) {
    const progress = (what: string) => process.stderr.write(`${comparison.name}: ${what}\n`);
    try {
      const { against, cases } = await comparison.compare({ signal, progress, runs: options.runs });
      const result = tally(cases, comparison.named);
      results.push({ comparison, against, result });
      process.stdout.write(`${summary(comparison, against, result)}\n`);
    } catch (error) {
      if (signal.aborted) return EXIT.interrupted;
      if (!(error instanceof Skipped)) throw error;
      skipped++;
      process.stdout.write(`${comparison.name}: skipped, as ${error.message}\n`);
    }
  }
  if (options.details !== undefined) {
    const details = results.map(({ comparison: { name }, result }) => ({
      name,
      unexplained: result.unexplained,
    }));
    writeFileSync(options.details, JSON.stringify(details, null, 2));
  }
  if (options.write) {
    await writeGolden(new Set(results.map(({ comparison }) => comparison.name)), signal);
    await writeResults(join(__dirname, '..', 'local', 'README.md'), COMPARISONS, results);
  }
  if (results.some(({ result }) => result.unexplained.length > 0)) return EXIT.different;
  return skipped > 0 ? EXIT.skipped : EXIT.equal;
}

interface Options {
  readonly help: boolean;
  readonly write: boolean;
  readonly only: readonly Comparison[];
  readonly runs: number;
  readonly details?: string;
}

function readOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        runs: { type: 'string', default: '100' },
        details: { type: 'string' },
      },
    });
    const { help, write, details, only = COMPARISONS.map(({ name }) => name) } = values;
    const unknown = only.find((wanted) => !COMPARISONS.some(({ name }) => name === wanted));
    if (unknown !== undefined) {
      return `There is no comparison ${unknown}. There are: ${COMPARISONS.map(({ name }) => name).join(', ')}`;
    }
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1)
      return `--runs must be a whole number from 1, not ${values.runs}`;
    return { help, write, details, runs, only: COMPARISONS.filter(({ name }) => only.includes(name)) };
  } catch (error) {
    return (error as Error).message;
  }
}

/** Differences that nothing explains are shown, the first ones with both sides. */
function summary({ name }: Comparison, against: string, { cases, equal, named, unexplained }: Tally): string {
  const shown = (value: unknown) => JSON.stringify(value).slice(0, 300);
  return [
    `${name}: ${cases} cases against ${against}: ${equal} equal, ${unexplained.length} different`,
    ...[...named].map(([reason, count]) => `  ${count} named: ${reason}`),
    ...unexplained
      .slice(0, 20)
      .map(
        (each) =>
          `  ${each.name.slice(0, 200)}\n    here  ${shown(each.ours)}\n    there ${shown(each.theirs)}`,
      ),
  ].join('\n');
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = EXIT.different;
  },
);
