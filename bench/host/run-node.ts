import { spawn } from 'node:child_process';
import { NODE } from './child';
import { endedChildrenCpuMs } from './process-usage';

export interface Ran {
  readonly wallMs: number;
  /** Processor time of the process and of the processes it waited for. */
  readonly cpuMs: number;
  readonly stdout: string;
}

/**
 * Runs Node.js once in a fresh process and measures it. One run at a time: the processor time of two could not be told
 * apart.
 *
 * @throws Error with what it wrote, when it fails
 */
export async function runNode(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const cpuBefore = endedChildrenCpuMs();
  const startedAt = performance.now();
  const child = spawn(NODE, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0)
    throw new Error(`node ${args.join(' ')} ended with ${code}: ${Buffer.concat(errors).toString()}`);
  return {
    wallMs: performance.now() - startedAt,
    cpuMs: endedChildrenCpuMs() - cpuBefore,
    stdout: Buffer.concat(out).toString(),
  };
}
