import { type Kept, keepGolden, KEPT } from './golden-file';
import { playInLocalStack } from './localstack';

/** Plays the scenarios in LocalStack's engine, and keeps what it answers. */
export async function writeGolden(signal: AbortSignal): Promise<void> {
  for (const kept of Object.keys(KEPT) as Kept[]) {
    const scenarios = await KEPT[kept]();
    keepGolden(kept, scenarios, await playInLocalStack(scenarios, signal, () => undefined));
  }
}
