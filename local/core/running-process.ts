import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Linux has a folder for each process; elsewhere `ps` is asked. */
const HAS_PROC = existsSync('/proc/self/stat');

/** Whether there is such a process. One that has ended, and waits for its parent to notice, is none any more. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It runs, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statusOf(pid)[0] !== 'Z';
}

/** What tells a process from a later one of the same number: when it was started. Empty where nobody tells (Windows). */
export function startOf(pid: number): string {
  return HAS_PROC ? (statusOf(pid)[19] ?? '') : ps('lstart=', pid);
}

/** Empty when there is no such process, or when it has ended and waits for its parent to notice. */
export function commandLine(pid: number): string {
  return HAS_PROC ? read(`/proc/${pid}/cmdline`) : ps('command=', pid);
}

/** The fields of `/proc/PID/stat` from the third on. The second is the name, which may contain anything. */
function statusOf(pid: number): string[] {
  const status = HAS_PROC ? read(`/proc/${pid}/stat`) : '';
  return status.slice(status.lastIndexOf(')') + 2).split(' ');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function ps(column: string, pid: number): string {
  if (process.platform === 'win32') return '';
  try {
    // A date must read the same whoever asks.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8', env }).trim();
  } catch {
    return '';
  }
}
