import { parseArgs } from 'node:util';
import { CONTROLS } from '../faults/controls/controls';
import { playControls } from '../faults/controls/play-controls';
import { type FaultPlan, killPlans, pairPlans, singlePlans } from '../faults/matrix/fault-matrix';
import { type PlanResults, runPlans } from '../faults/matrix/run-plans';
import { parseSlice, type Slice, sliceOf } from '../faults/matrix/slice';
import { progressOf } from '../faults/progress';
import { synthesizeForThisProcess } from '../faults/temporary-run';
import { messageOf } from '../local/aws/error-message';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';

const HELP = `Usage: npm run faults -- [sets] [options]

Breaks what a purchase does, in every way, on local runs of the synthesised app, and checks every invariant afterwards.

Sets (default: all of them):
  singles    each effect goes wrong in each way
  kills      executions and functions die at each state and effect
  pairs      every pair of effects goes wrong together
  controls   each guard is taken out: the harness must see what goes wrong then

Options:
  --slice I/N   the I-th of N parts of each matrix, as the suite prints it for the pairs (default: the whole)
  --help        this text

Exit codes: 0 every invariant holds; 1 one does not, or a plan proves nothing; 2 it could not be run; 130 interrupted.
`;

const PLANS: Readonly<Record<string, () => FaultPlan[]>> = {
  singles: singlePlans,
  kills: killPlans,
  pairs: pairPlans,
};
const SETS = [...Object.keys(PLANS), 'controls'];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { slice: { type: 'string', default: '1/1' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return void process.stdout.write(HELP);
  const unknown = positionals.find((name) => !SETS.includes(name));
  if (unknown) throw new Error(`There is no set ${unknown}. There are: ${SETS.join(', ')}`);
  const slice = parseSlice(values.slice, '--slice');

  const assemblyDirectory = await synthesizeForThisProcess();
  let broken = 0;
  for (const name of positionals.length > 0 ? positionals : SETS) {
    const plans = PLANS[name];
    broken += plans
      ? await runSet(name, sliceOf(plans(), slice), assemblyDirectory)
      : await runControls(slice, assemblyDirectory);
  }
  process.stdout.write(`\ninconsistent end states: ${broken}\n`);
  if (broken > 0) process.exitCode = 1;
}

/** @returns how many violations there are, and plans that prove nothing */
async function runSet(name: string, plans: readonly FaultPlan[], assemblyDirectory: string): Promise<number> {
  const startedAt = Date.now();
  const onProgress = progressOf(`${name}, purchases answered`, plans.length);
  const results = await runPlans(plans, { assemblyDirectory, onProgress });
  const { violations, unmet } = results;
  process.stdout.write(
    `\n${name}: ${plans.length} purchases in ${secondsSince(startedAt)} s, ${violations.length} violations\n\n`,
  );
  process.stdout.write(table(results));
  for (const violation of violations) process.stdout.write(`VIOLATION ${violation}\n`);
  for (const plan of unmet) process.stdout.write(`NOT MET, so it proves nothing: ${plan}\n`);
  return violations.length + unmet.length;
}

/** @returns of how many guards the harness has not seen that they were missing, or has seen it while they were there */
async function runControls(slice: Slice, assemblyDirectory: string): Promise<number> {
  const startedAt = Date.now();
  const controls = sliceOf(CONTROLS, slice);
  const onPlayed = progressOf('controls', controls.length);
  const played = await playControls(controls, { assemblyDirectory, onPlayed });
  process.stdout.write(`\ncontrols: ${controls.length} guards in ${secondsSince(startedAt)} s\n\n`);
  let broken = 0;
  for (const { control, guarded, unguarded } of played) {
    const isSeen = control.violation.test(unguarded.join('\n'));
    process.stdout.write(`${isSeen ? 'seen    ' : 'NOT SEEN'}  without ${control.guard}\n`);
    for (const violation of guarded) process.stdout.write(`VIOLATION with ${control.guard}: ${violation}\n`);
    if (!isSeen || guarded.length > 0) broken++;
  }
  return broken;
}

function secondsSince(startedAt: number): string {
  return ((Date.now() - startedAt) / 1000).toFixed(0);
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
  process.stderr.write(`${messageOf(error)}\nnpm run faults -- --help tells how it is used.\n`);
  process.exitCode = 2;
});
