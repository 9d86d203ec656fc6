import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The environment variable that names the folder of this run of jest: its workers share what is in it. */
export const RUN_FOLDER = 'EVENTPRO_JEST_RUN_FOLDER';

/** Jest's `globalSetup`. Temporary files go into the folder too: a worker of jest does not clean up at its exit. */
export default function createRunFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'eventpro-jest-'));
  Object.assign(process.env, { [RUN_FOLDER]: folder, TMPDIR: folder });
}
