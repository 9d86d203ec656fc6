import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../local/cloudformation/synthesize';

const PROJECT = join(__dirname, '..');

/**
 * Synthesises the app for this process. Its temporary files and those of its local runs share a folder, which goes with
 * the process, also when a signal ends it.
 *
 * @returns the cloud assembly
 */
export async function synthesizeForThisProcess(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'eventpro-faults-'));
  process.env['TMPDIR'] = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // Ends by `exit`, so that the engines of the runs go, too.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  const assemblyDirectory = join(folder, 'cdk.out');
  await synthesize(PROJECT, assemblyDirectory);
  return assemblyDirectory;
}
