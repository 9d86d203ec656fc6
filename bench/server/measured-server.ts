import { readFileSync } from 'node:fs';
import { Child } from '../host/child';
import { type ProcessUsage, usageOf } from '../host/process-usage';
import { type ServerAnswer, type ServerHello, type ServerOptions, type ServerQuestion } from './protocol';

/** A server process from the benchmark's point of view. */
export interface MeasuredServer extends ServerHello {
  ask(question: ServerQuestion): Promise<ServerAnswer>;
  /** Of the whole local run: the server process, and the DynamoDB engine beside it. */
  usage(): { readonly server: ProcessUsage; readonly engine: ProcessUsage };
  close(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<MeasuredServer> {
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
