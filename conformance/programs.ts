import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Skipped } from './comparison';

/** What is downloaded and compiled is kept here, and never committed. */
const CACHE = join(__dirname, '..', 'node_modules', '.cache', 'conformance');

/** @throws Skipped when one of the programs is not installed */
export function requirePrograms(...programs: readonly string[]): void {
  for (const program of programs) {
    if (spawnSync(program, ['--version']).error) throw new Skipped(`${program} is not installed`);
  }
}

/**
 * A folder of the cache that `fill` has filled from these files. When one of them changes, or a fill failed, it begins anew.
 *
 * @throws Skipped when it cannot be filled: most likely there is no network
 */
export async function cached(
  name: string,
  sources: readonly string[],
  fill: (directory: string) => Promise<void>,
  cache = CACHE,
): Promise<string> {
  const directory = join(cache, name);
  const marker = join(directory, '.filled-from');
  const digest = createHash('sha256');
  for (const source of sources) digest.update(readFileSync(source));
  const filledFrom = digest.digest('hex');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === filledFrom) return directory;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  await fill(directory).catch((error: Error) => {
    throw new Skipped(`${name} could not be got: ${error.message}`);
  });
  writeFileSync(marker, filledFrom);
  return directory;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Written to its standard input. @default nothing */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Hears each line of its standard error. */
  readonly onError?: (line: string) => void;
}

/** What a program prints. Rejects with the end of its standard error when it fails, and ends it when `signal` is aborted. */
export async function run(
  program: string,
  args: readonly string[],
  { signal, input, env, onError }: RunOptions,
): Promise<string> {
  const child = spawn(program, args, { signal, env: { ...process.env, ...env } });
  const output: Buffer[] = [];
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000);
    for (const line of chunk.toString().split('\n')) if (line) onError?.(line);
  });
  child.stdin.on('error', () => undefined).end(input ?? '');
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (status !== 0)
    throw new Error(`${program} ended with ${status}: ${errors.trim().split('\n').slice(-5).join(' | ')}`);
  return Buffer.concat(output).toString();
}
