import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANGUAGE_SCENARIOS } from './language-scenarios';
import { type Outcome, type Scenario } from './scenario';
import { seedScenarios } from './seed-scenarios';

/** Scenarios that change only when somebody writes others, so that the second engine's answers to them can be kept. */
export const KEPT = {
  language: async (): Promise<readonly Scenario[]> => LANGUAGE_SCENARIOS,
  seeds: seedScenarios,
};
export type Kept = keyof typeof KEPT;

/** What a comparison of these scenarios is called. */
export const comparisonOf = (scenarios: string) => `state-machines-${scenarios}`;

const fileOf = (kept: Kept) => join(__dirname, '..', 'golden', `${kept}.jsonl`);

/** What LocalStack's engine made of each scenario, by its name: played by `npm test` without that engine. */
export function readGolden(kept: Kept): ReadonlyMap<string, Outcome> {
  const lines = readFileSync(fileOf(kept), 'utf8').trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as [string, Outcome]));
}

export function keepGolden(kept: Kept, scenarios: readonly Scenario[], outcomes: readonly Outcome[]): void {
  const lines = scenarios.map(({ name }, index) => JSON.stringify([name, outcomes[index]]));
  writeFileSync(fileOf(kept), `${lines.join('\n')}\n`);
}
