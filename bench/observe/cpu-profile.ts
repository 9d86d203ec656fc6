import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(__dirname, '..', '..');

/** The part of V8's `.cpuprofile` that says where the time went. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** Processor time of one thread by where its code comes from, milliseconds. */
export interface ThreadProfile {
  readonly thread: string;
  readonly areas: Readonly<Record<string, number>>;
  /** The functions with the most time of their own. */
  readonly functions: readonly { readonly name: string; readonly area: string; readonly ms: number }[];
}

/**
 * @param cpuMs processor time of the thread meanwhile. The profiler samples by the clock on the wall, and a thread that
 *   waits for a processor looks as if it ran: so what it saw is scaled to what the thread really had.
 */
export function summarize(
  thread: string,
  { nodes, samples, timeDeltas }: CpuProfile,
  cpuMs: number,
): ThreadProfile {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const areas = new Map<string, number>();
  const functions = new Map<string, { name: string; area: string; ms: number }>();
  const busy = samples.flatMap((id, index) => {
    const frame = frames.get(id)!;
    return frame.functionName === '(idle)' ? [] : [{ ...frame, microseconds: timeDeltas[index]! }];
  });
  const seen = busy.reduce((sum, { microseconds }) => sum + microseconds, 0);
  for (const { functionName, url, lineNumber, microseconds } of busy) {
    const ms = (microseconds / seen) * cpuMs;
    const area = areaOf(functionName, url, lineNumber);
    areas.set(area, (areas.get(area) ?? 0) + ms);
    const key = `${functionName} ${area}`;
    const known = functions.get(key) ?? { name: functionName || '(anonymous)', area, ms: 0 };
    functions.set(key, { ...known, ms: known.ms + ms });
  }
  return {
    thread,
    areas: Object.fromEntries([...areas].sort(([, a], [, b]) => b - a)),
    functions: [...functions.values()].sort((a, b) => b.ms - a.ms).slice(0, 15),
  };
}

/** `aws-sdk`-like package, `local/sns`, `lambda/seat`, `node:http`, or V8's own word for what is no JavaScript. */
function areaOf(functionName: string, url: string, lineNumber: number): string {
  if (!url) return functionName.startsWith('(') ? functionName : '(native)';
  if (url.startsWith('node:')) return url.replace(/^node:internal\//, 'node:').split('/')[0]!;
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  return sourceArea(
    path.endsWith('/index.js') && /asset\.|eventpro-bench/.test(path) ? moduleAt(path, lineNumber) : path,
  );
}

export function sourceArea(path: string): string {
  const [, name] = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  return (
    name ??
    relative(ROOT, join(ROOT, path.replace(ROOT, '')))
      .split('/')
      .slice(0, 2)
      .join('/')
  );
}

const modulesOf = new Map<string, readonly string[]>();

/** An esbuild bundle that is not minified names each source file in a comment before its code. */
function moduleAt(bundle: string, lineNumber: number): string {
  let modules = modulesOf.get(bundle);
  if (!modules) {
    let current = 'bundle';
    modules = readFileSync(bundle, 'utf8')
      .split('\n')
      .map((line) => (current = /^\s*\/\/ ((?:node_modules|lambda|bench)\/\S+)$/.exec(line)?.[1] ?? current));
    modulesOf.set(bundle, modules);
  }
  return modules[lineNumber] ?? 'bundle';
}
