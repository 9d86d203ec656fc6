import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FOLDER } from './jest-run-folder';

/**
 * Path of a file or folder that a run of jest makes once: the first test file that asks makes it and the others wait. Nobody
 * waits for what nobody asks for.
 *
 * Synchronous, because a test file cannot wait for a promise while it is loaded.
 */
export function oncePerRun(name: string, make: (path: string) => void): string {
  const path = join(process.env[RUN_FOLDER]!, name);
  const claim = `${path}.claim`;
  while (!existsSync(path)) {
    if (!claimed(claim)) {
      pause(50);
      continue;
    }
    try {
      if (existsSync(path)) break;
      make(`${path}.unfinished`);
      // Renamed into place, so that who waits never reads half of it.
      renameSync(`${path}.unfinished`, path);
    } finally {
      rmdirSync(claim);
    }
  }
  return path;
}

/** Runs TypeScript in a process of its own, where the CDK loads many times faster than in jest. @throws Error when it fails */
export function runTypeScript(code: string, ...args: readonly string[]): void {
  execFileSync(process.execPath, ['-r', 'tsx/cjs', '-e', code, ...args], { stdio: 'pipe' });
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

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
