import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, startOf } from './running-process';

/**
 * Takes a folder for this run alone: a second one would take the database away from the first, and write into its journals.
 *
 * The lock of a run that was killed is taken over. Its number may be another process by now, after a restart of a container
 * even this one, so the lock says when its process was started, too. Where the system does not tell that (Windows), a process
 * of this number counts as the run, until somebody deletes the lock.
 *
 * @returns what gives the folder back
 * @throws Error when another run has it, or when it cannot be a folder
 */
export function lockFolder(directory: string): () => void {
  const file = join(directory, 'run.lock');
  const own = `${process.pid} ${startOf(process.pid)}\n`;
  makeFolder(directory);
  while (!create(file, own)) {
    const found = contentOf(file);
    const [, pid = '', start = ''] = /^(\d+) (.*)\n$/.exec(found) ?? [];
    if (isRun(Number(pid), start)) {
      throw new Error(`${directory} is in use by process ${pid}. End that run first, or use another folder.`);
    }
    remove(file, found);
  }
  const release = (): void => {
    process.removeListener('exit', release);
    if (contentOf(file) === own) rmSync(file);
  };
  process.once('exit', release);
  return release;
}

function makeFolder(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    const isFile = ['EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    throw isFile ? new Error(`${directory} cannot be a folder: there is a file in its place.`) : error;
  }
}

function create(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // Given back meanwhile.
  }
}

function isRun(pid: number, start: string): boolean {
  return pid > 0 && isRunning(pid) && [start, ''].includes(startOf(pid));
}

/** Moved first: of two starts that find the same lock at once, one may already have put its own in the place. */
function remove(file: string, expected: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== expected) linkSync(aside, file);
    rmSync(aside);
  } catch (error) {
    // The other start was quicker still: whose the folder is, the next look tells.
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
