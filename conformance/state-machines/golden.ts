import { writeFileSync } from 'node:fs';
import { GOLDEN_FILE } from './golden-file';
import { LANGUAGE_SCENARIOS } from './language-scenarios';
import { playInLocalStack } from './localstack';

/** Plays the scenarios of the language in LocalStack's engine, and keeps what it answers. */
export async function writeGolden(signal: AbortSignal): Promise<void> {
  const outcomes = await playInLocalStack(LANGUAGE_SCENARIOS, signal, () => undefined);
  const lines = LANGUAGE_SCENARIOS.map(({ name }, index) => JSON.stringify([name, outcomes[index]]));
  writeFileSync(GOLDEN_FILE, `${lines.join('\n')}\n`);
}
