import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandLine } from '../core/running-process';

/**
 * Ends the engine that a killed run left behind on this folder: a run that dies by SIGKILL cannot end its child. Only for
 * whoever knows that no run has the folder.
 *
 * The process is ended only if its command line shows our engine and this very folder: the number may long belong to
 * somebody else.
 */
export async function endOrphan(directory: string): Promise<void> {
  const pid = readPid(directory);
  if (pid === undefined) return;
  for (let waited = 0; isEngineOf(directory, pid); waited += 20) {
    if (waited === 0) end(pid, 'SIGTERM');
    if (waited === 2_000) end(pid, 'SIGKILL');
    await delay(20);
  }
  rmSync(pidFileOf(directory), { force: true });
}

export function writePid(directory: string, pid: number): void {
  writeFileSync(pidFileOf(directory), String(pid));
}

/** Unless it is the number of another engine. */
export function removePid(directory: string, pid: number): void {
  if (readPid(directory) === pid) rmSync(pidFileOf(directory), { force: true });
}

/** What the command line of an engine of this folder contains; the name of its database file begins like this. */
export function engineMark(directory: string): string {
  return resolve(directory, 'dynamodb.');
}

function isEngineOf(directory: string, pid: number): boolean {
  const command = pid > 1 ? commandLine(pid) : '';
  return command.includes('dynoxide') && command.includes(engineMark(directory));
}

function pidFileOf(directory: string): string {
  return join(directory, 'dynamodb.pid');
}

function readPid(directory: string): number | undefined {
  try {
    return Number(readFileSync(pidFileOf(directory), 'utf8'));
  } catch {
    return undefined; // There is none, or another start has just removed it.
  }
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended by itself, or another start has ended it.
  }
}
