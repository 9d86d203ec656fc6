import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventProClient } from '../../harness/eventpro-client';
import { cloudAssembly } from './cloud-assembly';

export interface LocalProcess {
  readonly child: ChildProcess;
  readonly client: EventProClient;
}

export interface LocalProcesses {
  /** The folder of `--data`, which all of them have: what one leaves, the next one finds. */
  readonly data: string;
  /** Starts `npm start -- --data` as a person does, on a port of its own. */
  readonly start: () => Promise<LocalProcess>;
}

/** Local runs in processes of their own, one after another, which a test may kill. */
export function useLocalProcesses(): LocalProcesses {
  const data = mkdtempSync(join(tmpdir(), 'eventpro-process-'));
  const children: ChildProcess[] = [];
  afterAll(async () => {
    for (const child of children) {
      await stop(child, 'SIGTERM');
      // A killed run cannot delete the assembly it synthesised.
      rmSync(join('dist', `local-run-${child.pid}`), { recursive: true, force: true });
    }
    rmSync(data, { recursive: true, force: true });
  });

  async function start(): Promise<LocalProcess> {
    const app = await cloudAssembly();
    const child = spawn(process.execPath, ['-r', 'tsx/cjs', 'bin/local.ts', '--app', app, '--data', data], {
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        const [, found] = /EventPro is running at (\S+)/.exec(output) ?? [];
        if (found) resolve(found);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', () => reject(new Error(`The local run did not start: ${output}`)));
    });
    return { child, client: new EventProClient(() => url) };
  }

  return { data, start };
}

/** Ends a process, if it still runs. */
export async function stop(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
