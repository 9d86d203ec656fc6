import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Ends the engine that a killed run left behind on the same database file.
 *
 * A run that dies by SIGKILL cannot end its child, and a second engine on one SQLite file would answer from another
 * state. The process is ended only if its command line shows our engine on this very file: the number may long
 * belong to somebody else.
 */
export async function endOrphan(pidFile: string, databaseFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  if (Number.isInteger(pid) && pid > 1 && isEngineOn(databaseFile, pid)) {
    process.kill(pid, 'SIGTERM');
    for (let waited = 0; isEngineOn(databaseFile, pid); waited += 20) {
      if (waited === 2_000) process.kill(pid, 'SIGKILL');
      await delay(20);
    }
  }
  rmSync(pidFile, { force: true });
}

export function writePid(pidFile: string, pid: number): void {
  writeFileSync(pidFile, String(pid));
}

function isEngineOn(databaseFile: string, pid: number): boolean {
  const command = commandLine(pid);
  return command.includes('dynoxide') && command.includes(databaseFile);
}

/** Empty when there is no such process, or when it has ended and waits for its parent to notice. */
function commandLine(pid: number): string {
  if (existsSync('/proc/self/cmdline')) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  }
  if (process.platform === 'win32') return '';
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
