import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../local/cloudformation/synthesize';
import { Child } from '../host/child';
import { type ProcessUsage, usageOf } from '../host/process-usage';
import { type ServerAnswer, type ServerHello, type ServerQuestion } from './protocol';
import { type ServerOptions } from './server';

const PROJECT = join(__dirname, '..', '..');

/** A server process from the benchmark's point of view. */
export interface MeasuredServer extends ServerHello {
  ask(question: ServerQuestion): Promise<ServerAnswer>;
  /** Of the whole local run: the server process, and the DynamoDB engine beside it. */
  usage(): { readonly server: ProcessUsage; readonly engine: ProcessUsage };
  close(): Promise<void>;
}

let assembly: Promise<string> | undefined;

/** The app's cloud assembly, synthesised once for all measurements of a run. */
export function cloudAssembly(): Promise<string> {
  return (assembly ??= synthesized());
}

async function synthesized(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'eventpro-bench-assembly-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await synthesize(PROJECT, folder);
  return folder;
}

/** @param assembly folder of the cloud assembly to run; by default the app's own */
export async function startServer(mode: ServerOptions['mode'], assembly?: string): Promise<MeasuredServer> {
  // A profile replaces the bundles, so it needs an assembly of its own.
  const assemblyDirectory = assembly ?? (mode === 'profiled' ? await synthesized() : await cloudAssembly());
  const options: ServerOptions = { assemblyDirectory, mode };
  const { child, hello } = await Child.start<ServerQuestion, ServerAnswer, ServerHello>('server/server.ts', [
    JSON.stringify(options),
  ]);
  const enginePid = childrenOf(child.pid).find((pid) => commandOf(pid).includes('dynoxide'));
  if (!enginePid) throw new Error('The DynamoDB engine of the server is not to be found');
  return {
    ...hello,
    ask: (question) => child.ask(question),
    usage: () => ({ server: usageOf(child.pid), engine: usageOf(enginePid) }),
    close: () => child.close(),
  };
}

export function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
}
