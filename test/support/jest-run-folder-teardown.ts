import { rmSync } from 'node:fs';
import { RUN_FOLDER } from './jest-run-folder';

/** Jest's `globalTeardown`. */
export default function removeRunFolder(): void {
  rmSync(process.env[RUN_FOLDER]!, { recursive: true, force: true });
}
