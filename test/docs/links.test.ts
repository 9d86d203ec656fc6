import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { anchorOf } from '../../lib/alarm/runbook';

const ROOT = join(__dirname, '..', '..');
const PAGES = [
  ...readdirSync(ROOT),
  ...['docs', 'docs/decisions', 'local', 'conformance', 'faults', 'lib/workflow'].flatMap((folder) =>
    existsSync(join(ROOT, folder)) ? readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`) : [],
  ),
].filter((path) => path.endsWith('.md'));

const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8');
/** What is between fences is no link and no heading. */
const proseOf = (page: string) => textOf(page).replaceAll(/^```.*?^```/gms, '');

const links = PAGES.flatMap((page) =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => ({ page, target })),
);

function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => {
    const anchor = anchorOf(heading!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** What is wrong with a link, in words; undefined when it leads somewhere. */
function faultOf({ page, target }: { page: string; target: string }): string | undefined {
  const [path, anchor] = target.split('#') as [string, string | undefined];
  const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
  if (!existsSync(file)) return `${page}: there is no ${target}`;
  if (anchor === undefined || statSync(file).isDirectory() || !file.endsWith('.md')) return undefined;
  return anchorsOf(relative(ROOT, file)).includes(anchor)
    ? undefined
    : `${page}: ${target} has no such heading`;
}

test('every relative link of the pages leads to a file, and its anchor to a heading', () => {
  expect(links.length).toBeGreaterThan(100);
  expect(links.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
});

test.each([
  ['a file that is not there', 'docs/none.md', 'README.md: there is no docs/none.md'],
  [
    'a heading that is not there',
    'docs/design.md#none',
    'README.md: docs/design.md#none has no such heading',
  ],
])('%s is told', (_, target, fault) => {
  expect(faultOf({ page: 'README.md', target })).toBe(fault);
});

test('every path of the repository that a page names exists', () => {
  const named = PAGES.flatMap((page) =>
    [
      ...proseOf(page).matchAll(
        /`((?:bin|lib|lambda|local|web|bench|scripts|test|faults|harness|docs)\/[\w./-]+)`/g,
      ),
    ].map(([, path]) => ({ page, path: path! })),
  );

  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('every page of docs is linked from another page', () => {
  const linked = new Set(links.map(({ page, target }) => join(dirname(page), target.split('#')[0]!)));

  expect(PAGES.filter((page) => /^docs\/[^/]+\.md$/.test(page)).filter((page) => !linked.has(page))).toEqual(
    [],
  );
});
