import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { FUNCTIONS, type FunctionName } from './functions';

const ROOT = join(__dirname, '..');
const OUTPUT = join(ROOT, 'dist', 'lambda');

let built = false;

/**
 * The function's bundle: CommonJS, minified, one folder a function.
 *
 * All bundles come from one esbuild call a process: ten `NodejsFunction`s would start npx and esbuild ten times.
 */
export function bundleOf(name: FunctionName): Code {
  if (!built) buildAll();
  built = true;
  return Code.fromAsset(join(OUTPUT, name));
}

function buildAll(): void {
  rmSync(OUTPUT, { recursive: true, force: true });
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(FUNCTIONS).map(([name, { entry }]) => ({
      in: entry,
      out: join(name, 'index'),
    })),
    outdir: OUTPUT,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    // Lambda runs Node.js 24; the same bundles run on a laptop that has Node.js 20.
    target: 'node20',
    // ES modules shake better than the CommonJS that esbuild prefers for Node.
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
}
