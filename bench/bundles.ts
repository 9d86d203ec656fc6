import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { BUNDLING } from '../lib/bundle';
import { type FunctionName, FUNCTIONS } from '../lib/functions';

export interface Bundle {
  readonly name: string;
  /** The one file. */
  readonly file: string;
  readonly bytes: number;
  /** Bytes by npm package, largest first; `(own code)` is the project's. */
  readonly packages: readonly PackageShare[];
}

export interface PackageShare {
  readonly name: string;
  readonly bytes: number;
}

/**
 * Functions as they are deployed, in a folder that goes with this process.
 *
 * @param names which; by default every one
 */
export async function buildBundles(
  options: BuildOptions = {},
  names: readonly FunctionName[] = Object.keys(FUNCTIONS) as FunctionName[],
): Promise<Map<string, Bundle>> {
  return bundle(
    names.map((name) => [name, FUNCTIONS[name].entry]),
    options,
  );
}

/** @param entries name of the bundle and path of its entry, relative to the project */
export async function bundle(
  entries: readonly (readonly [name: string, entry: string])[],
  options: BuildOptions = {},
): Promise<Map<string, Bundle>> {
  const folder = mkdtempSync(join(tmpdir(), 'eventpro-bench-bundles-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { metafile } = await build({
    ...BUNDLING,
    ...options,
    entryPoints: entries.map(([name, entry]) => ({ in: entry, out: join(name, 'index') })),
    outdir: folder,
    metafile: true,
  });
  const outputs = new Map(
    Object.values(metafile.outputs).flatMap((output) =>
      output.entryPoint ? [[output.entryPoint, output] as const] : [],
    ),
  );
  return new Map(
    entries.map(([name, entry]) => {
      const { bytes, inputs } = outputs.get(entry)!;
      return [name, { name, file: join(folder, name, 'index.js'), bytes, packages: packagesOf(inputs) }];
    }),
  );
}

/** Bytes that each npm package has in a bundle, from esbuild's metafile. */
export function packagesOf(inputs: Metafile['outputs'][string]['inputs']): PackageShare[] {
  const bytes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = packageOf(path);
    bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
  }
  return [...bytes]
    .map(([name, bytes]) => ({ name, bytes }))
    .filter((share) => share.bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
}

/** The package of a source file: the last `node_modules` counts, as packages may bring packages of their own. */
export function packageOf(path: string): string {
  const [, name] = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  return name ?? '(own code)';
}
