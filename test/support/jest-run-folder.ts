import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The environment variable that names the folder of this run of jest: its workers share what is in it. */
export const RUN_FOLDER = 'EVENTPRO_JEST_RUN_FOLDER';

/** Jest's `globalSetup`. */
export default function createRunFolder(): void {
  process.env[RUN_FOLDER] = mkdtempSync(join(tmpdir(), 'eventpro-jest-'));
}
