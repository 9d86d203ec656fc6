import { comparisonOf, type Kept, keepGolden, KEPT } from './golden-file';
import { playInLocalStack } from './localstack';

/**
 * Plays the scenarios in LocalStack's engine, and keeps what it answers.
 *
 * @param compared names of the comparisons that were made: what was not compared stays as it is
 */
export async function writeGolden(compared: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
  for (const kept of Object.keys(KEPT) as Kept[]) {
    if (!compared.has(comparisonOf(kept))) continue;
    const scenarios = await KEPT[kept]();
    keepGolden(kept, scenarios, await playInLocalStack(scenarios, signal, () => undefined));
  }
}
