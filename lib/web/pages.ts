import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const WEB = join(__dirname, '..', '..', 'web');

/** The pages that people open. */
const PAGES = ['index.html'];

/** The folder of the storefront, and in it the files that are published: the pages and what they load, and nothing beside it. */
export function publishedPages(folder = WEB): { readonly folder: string; readonly files: readonly string[] } {
  const loaded = PAGES.flatMap((page) => {
    const html = readFileSync(join(folder, page), 'utf8');
    return [...html.matchAll(/ (?:src|href)="([^"#:/]+)"/g)].map(([, file]) => file!);
  });
  const { inputs } = buildSync({
    ...{
      absWorkingDir: folder,
      outdir: 'nowhere',
      write: false,
      metafile: true,
      bundle: true,
      format: 'esm',
    },
    entryPoints: loaded.filter((file) => /\.(js|css)$/.test(file)),
    tsconfigRaw: {},
  }).metafile;
  return { folder, files: [...new Set([...PAGES, ...loaded, ...Object.keys(inputs)])].sort() };
}
