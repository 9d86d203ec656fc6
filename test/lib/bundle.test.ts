import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AssetCode } from 'aws-cdk-lib/aws-lambda';
import { type Bundle, buildBundles } from '../../bench/bundles';
import { misplacedIn } from '../../bench/cold-start/cold-start';
import { bundleOf } from '../../lib/bundle';
import { type FunctionName, FUNCTIONS } from '../../lib/functions';

let bundles: readonly Bundle[];
beforeAll(async () => {
  bundles = [...(await buildBundles()).values()];
});

test('the PDF library is where tickets are made, Stripe where payments are made and undone', () => {
  expect(Object.fromEntries(bundles.map((bundle) => [bundle.name, misplacedIn(bundle)]))).toEqual(
    Object.fromEntries(bundles.map(({ name }) => [name, []])),
  );
});

test('no bundle brings a way to get credentials but the environment', () => {
  const providers = bundles.flatMap(({ packages }) =>
    packages.map(({ name }) => name).filter((name) => /credential-provider|nested-clients/.test(name)),
  );

  expect(new Set(providers)).toEqual(new Set(['@aws-sdk/credential-provider-env']));
});

test('no bundle brings what pdf-lib has for browsers, colours by name, SVG and XML', () => {
  const names = bundles.flatMap(({ packages }) => packages.map(({ name }) => name));

  expect(names).toContain('@cantoo/pdf-lib');
  for (const left of ['fflate', 'culori', 'html-entities', 'node-html-better-parser']) {
    expect(names).not.toContain(left);
  }
});

describe('the fonts of other scripts', () => {
  const folderOf = (name: FunctionName) => (bundleOf(name) as AssetCode).path;

  test('are where tickets are made, with their licences', () => {
    const names = Object.keys(FUNCTIONS) as FunctionName[];

    expect(names.filter((name) => existsSync(join(folderOf(name), 'shaping'))).sort()).toEqual([
      'AnnounceChange',
      'GenerateTicket',
    ]);
    for (const name of ['harfbuzzjs', '@fontsource-variable/noto-sans-arabic']) {
      expect(existsSync(join(folderOf('GenerateTicket'), 'node_modules', name, 'LICENSE'))).toBe(true);
    }
  });

  test('are loaded for a name that needs them, and not before, out of the function alone', () => {
    // Elsewhere, as on Lambda: here the project's own packages would be found.
    const folder = mkdtempSync(join(tmpdir(), 'eventpro-function-'));
    cpSync(folderOf('GenerateTicket'), folder, { recursive: true });

    const output = execFileSync(
      process.execPath,
      [
        '-e',
        `require('./index.js');
        const loaded = () => Object.keys(require.cache).some((file) => file.includes('shape-line'));
        const before = loaded();
        const { Typesetter } = require('./shaping/shape-line');
        void new Typesetter().shape('王小明 مريم प्रिया', 700).then(({ words }) => {
          console.log(JSON.stringify([before, loaded(), words.map(({ text }) => text).join('')]));
        });`,
      ],
      { cwd: folder, env: { ...process.env, AWS_REGION: 'us-east-1' }, encoding: 'utf8' },
    );

    expect(JSON.parse(output)).toEqual([false, true, '王小明 ميرم प्रिया']);
    rmSync(folder, { recursive: true });
  });
});
