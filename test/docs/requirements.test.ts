import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'requirements.md'), 'utf8');

interface Row {
  readonly document: string;
  readonly requirement: string;
  readonly files: readonly string[];
  readonly tests: readonly string[];
  readonly otherwise: string;
}

function rowsOf(text: string): Row[] {
  return text
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const document = section.slice(0, section.indexOf('\n'));
      const lines = section.split('\n').filter((line) => line.startsWith('|'));
      return lines.slice(2).map((line) => {
        const cells = line.split('|').map((cell) => cell.trim());
        const [, requirement = '', files = '', tests = '', otherwise = ''] = cells;
        return { document, requirement, files: linksIn(files), tests: linksIn(tests), otherwise };
      });
    });
}

/** The paths of a cell from the root; `–` has none. */
const linksIn = (cell: string): string[] =>
  [...cell.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => join('docs', target!));

/** What is wrong with a row, in words; undefined when it keeps what the page's head says. */
function faultOf({ requirement, files, tests, otherwise }: Row): string | undefined {
  const missing = [...files, ...tests].find((path) => !existsSync(join(ROOT, path)));
  if (missing) return `${requirement}: there is no ${missing}`;
  const noTest = tests.find((path) => !/^test\/.+\.test\.ts$/.test(path));
  if (noTest) return `${requirement}: ${noTest} is no test`;
  if ((files.length === 0 || tests.length === 0) && otherwise === '–') {
    return `${requirement}: without a file and a test it needs a reason`;
  }
  return undefined;
}

const rows = rowsOf(page);

test('all five documents are there, each requirement with the file that does it and the test that shows it, or a reason', () => {
  expect(new Set(rows.map(({ document }) => document)).size).toBe(5);
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
});

test.each([
  ['[`a`](../lib/none.ts)', '[`b`](../test/structure.test.ts)', '–', 'R: there is no lib/none.ts'],
  ['[`a`](scope.md)', '[`b`](../test/none.test.ts)', '–', 'R: there is no test/none.test.ts'],
  ['[`a`](scope.md)', '[`b`](../lib/config.ts)', '–', 'R: lib/config.ts is no test'],
  ['[`a`](scope.md)', '–', '–', 'R: without a file and a test it needs a reason'],
  ['–', '–', 'Not yet.', undefined],
])('of a row with %s, %s and %s is said: %s', (file, shown, otherwise, fault) => {
  const [row] = rowsOf(
    `## D\n\n| a | b | c | d |\n|---|---|---|---|\n| R | ${file} | ${shown} | ${otherwise} |`,
  );

  expect(faultOf(row!)).toBe(fault);
});
