import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

/** An effect of a function under test: a line in a file. The plan says before or after which of them the function dies. */
export function effect(name: string): void {
  dieAt(`before ${name}`);
  appendFileSync(process.env.EFFECTS!, `${name}\n`);
  dieAt(`after ${name}`);
}

/** Dies once for each mention in the plan, uncatchably: nothing of the function runs any more. */
function dieAt(point: string): void {
  const file = `${process.env.EFFECTS!}.deaths`;
  const plan = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : [];
  const at = plan.indexOf(point);
  if (at < 0) return;
  writeFileSync(file, JSON.stringify(plan.toSpliced(at, 1)));
  process.exit(1);
}
