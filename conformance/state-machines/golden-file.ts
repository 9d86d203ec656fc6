import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome } from './scenario';

export const GOLDEN_FILE = join(__dirname, '..', 'golden', 'language.jsonl');

/** What LocalStack's engine made of each scenario of the language, by its name: played by `npm test` without that engine. */
export function readGolden(): ReadonlyMap<string, Outcome> {
  const lines = readFileSync(GOLDEN_FILE, 'utf8').trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as [string, Outcome]));
}
