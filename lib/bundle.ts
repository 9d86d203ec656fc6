import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileSystem } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';
import { FAMILIES, FONT_FILE, packageOf } from '../lambda/ticket/shaping/families';
import { FUNCTIONS, type FunctionName } from './functions';

const ROOT = join(__dirname, '..');

/** Packages that bring more than a function needs, each replaced by a module that says what it leaves out. */
const SUBSTITUTES = {
  '@aws-sdk/credential-provider-node': join(ROOT, 'lambda/substitutes/credential-provider-node.ts'),
  culori: join(ROOT, 'lambda/substitutes/culori.ts'),
  fflate: join(ROOT, 'lambda/substitutes/fflate.ts'),
  'html-entities': join(ROOT, 'lambda/substitutes/html-entities.ts'),
  'node-html-better-parser': join(ROOT, 'lambda/substitutes/node-html-better-parser.ts'),
};

/** How a function is bundled, whatever its entry. */
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
  alias: SUBSTITUTES,
  // By `require`: an `import()` of `node:http`, as the SDK has it, reads each of its exports, and so loads all of undici.
  supported: { 'dynamic-import': false },
  // Left where they are: what a function loads late, and the files that it reads then (`addShaping`).
  external: ['*/shaping/shape-line', 'harfbuzzjs', '@fontsource/*', '@fontsource-variable/*'],
  logLevel: 'warning',
} satisfies BuildOptions;

let output: string | undefined;

/**
 * The function's bundle: CommonJS, minified, one folder a function.
 *
 * All bundles come from one esbuild call, and from none as long as nothing they are made of has changed: ten
 * `NodejsFunction`s would start npx and esbuild ten times.
 */
export function bundleOf(name: FunctionName): Code {
  output ??= buildAll();
  return Code.fromAsset(join(output, name));
}

/** In a folder named after what the bundles are made of. `rm -rf dist` forgets them all. */
function buildAll(): string {
  const bundles = join(ROOT, 'dist', 'bundles', fingerprintOfSources());
  if (existsSync(bundles)) return bundles;
  // Two syntheses may be at it, as `npm start` beside `npm test`: whoever is done first puts its folder in place.
  const outdir = `${bundles}-${randomUUID()}`;
  const { metafile } = buildSync({
    ...BUNDLING,
    entryPoints: Object.entries(FUNCTIONS).map(([name, { entry }]) => ({
      in: entry,
      out: join(name, 'index'),
    })),
    outdir,
    metafile: true,
  });
  for (const [file, { imports }] of Object.entries(metafile.outputs)) {
    if (imports.some(({ path }) => path === './shaping/shape-line')) addShaping(join(ROOT, dirname(file)));
  }
  try {
    renameSync(outdir, bundles);
  } catch (error) {
    rmSync(outdir, { recursive: true });
    if (!existsSync(bundles)) throw error;
  }
  return bundles;
}

/** Packages of which shaping reads files at run time, and those files. Their licences want to go where they go. */
const READ_PACKAGES = ['harfbuzzjs', ...FAMILIES.map(packageOf)];
const READ_FILES = [/(?:package\.json|LICENSE|unicode\.json|\.wasm)$/, FONT_FILE];

/**
 * Puts beside a function's bundle what prints the scripts that the standard fonts do not have: a second bundle, and the files that it
 * reads, in `node_modules` as npm has them. The function loads them for the first text that needs them.
 */
function addShaping(folder: string): void {
  buildSync({
    ...BUNDLING,
    entryPoints: [{ in: 'lambda/ticket/shaping/shape-line.ts', out: 'shape-line' }],
    outdir: join(folder, 'shaping'),
  });
  for (const name of READ_PACKAGES) {
    const path = join('node_modules', name);
    cpSync(join(ROOT, path), join(folder, path), {
      recursive: true,
      filter: (file) => READ_FILES.some((read) => read.test(file)) || statSync(file).isDirectory(),
    });
  }
}

function fingerprintOfSources(): string {
  const files = ['lambda', 'package-lock.json', 'tsconfig.json'].map((path) =>
    FileSystem.fingerprint(join(ROOT, path)),
  );
  const settings = JSON.stringify([BUNDLING, FUNCTIONS, READ_PACKAGES, READ_FILES.map(String)]);
  return createHash('sha256')
    .update([...files, settings].join())
    .digest('hex')
    .slice(0, 16);
}
