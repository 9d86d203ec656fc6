import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';
import { FUNCTIONS, type FunctionName } from './functions';

const ROOT = join(__dirname, '..');

/** How a function is bundled, whatever its entry; the benchmark bundles its baselines the same way. */
export const BUNDLING = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  // Lambda runs Node.js 24; the same bundles run on a laptop that has Node.js 20.
  target: 'node20',
  // ES modules shake better than the CommonJS that esbuild prefers for Node.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
} satisfies BuildOptions;

let output: string | undefined;

/**
 * The function's bundle: CommonJS, minified, one folder a function.
 *
 * All bundles come from one esbuild call a process: ten `NodejsFunction`s would start npx and esbuild ten times.
 */
export function bundleOf(name: FunctionName): Code {
  output ??= buildAll();
  return Code.fromAsset(join(output, name));
}

/** Into a folder of this process: two syntheses at once, as `npm start` beside `npm test`, must not share one. */
function buildAll(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'eventpro-bundles-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  buildSync({
    ...BUNDLING,
    entryPoints: Object.entries(FUNCTIONS).map(([name, { entry }]) => ({
      in: entry,
      out: join(name, 'index'),
    })),
    outdir,
  });
  return outdir;
}
