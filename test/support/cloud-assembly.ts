import { existsSync, mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { synthesize } from '../../local/cloudformation/synthesize';
import { RUN_FOLDER } from './jest-run-folder';

/**
 * Folder of the app's cloud assembly (`cdk.out`), synthesised once in a run of jest.
 *
 * The first test file that asks synthesises and the others wait, so a run without a local run pays nothing.
 */
export async function cloudAssembly(): Promise<string> {
  const folder = process.env[RUN_FOLDER]!;
  const assembly = join(folder, 'cdk.out');
  const claim = join(folder, 'synthesizing');
  while (!existsSync(assembly)) {
    if (!claimed(claim)) {
      await delay(50);
      continue;
    }
    try {
      if (!existsSync(assembly)) {
        const unfinished = join(folder, 'unfinished');
        await synthesize(process.cwd(), unfinished);
        // Renamed into place, so that who waits never reads half of it.
        renameSync(unfinished, assembly);
      }
    } finally {
      rmdirSync(claim);
    }
  }
  return assembly;
}

/** Making a folder is atomic between processes, so one of them alone succeeds. */
function claimed(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
