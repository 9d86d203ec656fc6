import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const WEB = join(__dirname, '..', '..', 'web');

/** What a browser has to have before it runs the script, beside itself. */
function importedBy(script: string): string[] {
  const { inputs } = buildSync({
    ...{ absWorkingDir: WEB, entryPoints: [script], outdir: 'nowhere', write: false, metafile: true },
    ...{ bundle: true, format: 'esm', tsconfigRaw: {} },
  }).metafile;
  const found = new Set([script]);
  for (const file of found) {
    for (const { kind, path } of inputs[file]!.imports) if (kind === 'import-statement') found.add(path);
  }
  found.delete(script);
  return [...found].sort();
}

test('the page names all that its script imports, so that the browser asks for it at once, and nothing else', () => {
  const html = readFileSync(join(WEB, 'index.html'), 'utf8');

  const named = [...html.matchAll(/<(?:script type="module" src|link rel="modulepreload" href)="([^"]+)"/g)];

  const files = named.map(([, file]) => file!);
  expect(files.toSorted()).toEqual(['storefront.js', ...importedBy('storefront.js')].toSorted());
});
