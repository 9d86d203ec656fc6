import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../local/cloudformation/synthesize';
import { type FaultPlan, killPlans, pairPlans, singlePlans } from '../faults/matrix/fault-matrix';
import { type PlanResults, runPlans } from '../faults/matrix/run-plans';
import { messageOf } from '../local/error-message';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';

/**
 * Runs every single fault, every kill and every pair, and prints the matrix with counts: `npm run faults`, or
 * `npm run faults -- singles kills`. Exit code 1 when an invariant does not hold.
 */
const SETS: Readonly<Record<string, () => FaultPlan[]>> = {
  singles: singlePlans,
  kills: killPlans,
  pairs: pairPlans,
};

async function main(): Promise<void> {
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SETS);
  const unknown = wanted.find((name) => !SETS[name]);
  if (unknown) throw new Error(`There is no set ${unknown}. There are: ${Object.keys(SETS).join(', ')}`);
  const assemblyDirectory = mkdtempSync(join(tmpdir(), 'eventpro-faults-'));
  process.once('exit', () => rmSync(assemblyDirectory, { recursive: true, force: true }));
  // Ends by `exit`, so that the engines and folders of the runs go, too.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  await synthesize(join(__dirname, '..'), assemblyDirectory);
  let broken = 0;
  for (const name of wanted) broken += await runSet(name, SETS[name]!(), assemblyDirectory);
  process.stdout.write(`\ninconsistent end states: ${broken}\n`);
  if (broken > 0) process.exitCode = 1;
}

/** @returns how many violations there are */
async function runSet(name: string, plans: readonly FaultPlan[], assemblyDirectory: string): Promise<number> {
  const startedAt = Date.now();
  const results = await runPlans(plans, {
    assemblyDirectory,
    onProgress: (answered) => progress(`${name}: ${answered} of ${plans.length} purchases`),
  });
  progress('');
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
  const { violations, unmet } = results;
  process.stdout.write(
    `\n${name}: ${plans.length} purchases in ${seconds} s, ${violations.length} violations\n\n`,
  );
  process.stdout.write(table(results));
  for (const violation of violations) process.stdout.write(`VIOLATION ${violation}\n`);
  for (const plan of unmet) process.stdout.write(`NOT MET, so it proves nothing: ${plan}\n`);
  return violations.length + unmet.length;
}

/** A line that is written over; nothing where there is no terminal. */
function progress(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r${text.padEnd(60)}${text ? '' : '\r'}`);
}

/** A line for each row and column of the matrix, with how its purchases ended. */
function table({ plans, outcomes }: PlanResults): string {
  const rows = new Map<string, Map<string, number>>();
  for (const [index, { row, column }] of plans.entries()) {
    const cell = `${row} × ${column}`;
    const counts = rows.get(cell) ?? new Map<string, number>();
    const outcome = outcomes[index]!;
    rows.set(cell, counts.set(outcome, (counts.get(outcome) ?? 0) + 1));
  }
  const width = Math.max(...[...rows.keys()].map((cell) => cell.length));
  const head = `${'effect × fault'.padEnd(width)}  CONFIRMED  FAILED  never opened\n`;
  const count = (counts: Map<string, number>, outcome: string, columns: number) =>
    String(counts.get(outcome) ?? 0).padStart(columns);
  const lines = [...rows].map(
    ([cell, counts]) =>
      `${cell.padEnd(width)}  ${count(counts, 'CONFIRMED', 9)}  ${count(counts, 'FAILED', 6)}  ${count(counts, 'NONE', 12)}\n`,
  );
  return head + lines.join('');
}

bypassProxyOnThisMachine();
main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
