import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cloudAssembly } from './cloud-assembly';
import { RUN_FOLDER } from './jest-run-folder';

/** Where a run is, and what answers which events on its bus since the last question were not as their schema says. */
export interface SharedRun {
  readonly url: string;
  readonly complaints: string;
}

/**
 * Each function is loaded when a test first calls it, and half of them never is. The waits before retries cost nothing: how long
 * they are is asserted on the state machine's definition.
 */
export const UNLOADED = { warm: false, port: 0, waitScale: 0 } as const;

/**
 * The local run that one worker of jest has for all its test files, one after another: loading it and its functions costs more
 * than most files do with it. The first file that asks starts it.
 *
 * A process, because nothing that a test file has loaded outlives the file.
 */
export async function sharedLocalRun(): Promise<SharedRun> {
  const note = join(process.env[RUN_FOLDER]!, `local-run-${process.env.JEST_WORKER_ID}.json`);
  if (existsSync(note)) {
    const noted = JSON.parse(readFileSync(note, 'utf8')) as SharedRun;
    if (
      await fetch(noted.complaints).then(
        () => true,
        () => false,
      )
    )
      return noted;
  }
  const told = await start(await cloudAssembly());
  writeFileSync(note, told);
  return JSON.parse(told) as SharedRun;
}

/** Answers what it says when it is ready. It ends with this process, whose end closes its input. */
async function start(assembly: string): Promise<string> {
  const program = join(__dirname, 'local-run-process.ts');
  const child = spawn(process.execPath, ['-r', 'tsx/cjs', program, assembly], {
    env: process.env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    // It must not keep this process from ending.
    child.unref();
    (child.stdin as unknown as NodeJS.ReadStream).unref();
    child.stdout.destroy();
    return line;
  }
  throw new Error('The local run of the tests did not start');
}
