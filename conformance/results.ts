import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { type Comparison, type Tally } from './comparison';

const BEGIN = '<!-- conformance -->';
const END = '<!-- /conformance -->';

/**
 * Writes the counts of a run between the markers of a document. Comparisons that were not run keep their row, and differences that
 * are still named in one their line.
 */
export async function writeResults(
  file: string,
  comparisons: readonly Comparison[],
  results: readonly { readonly comparison: Comparison; readonly against: string; readonly result: Tally }[],
): Promise<void> {
  const document = readFileSync(file, 'utf8');
  const [before, rest = ''] = document.split(BEGIN);
  const [written = '', after] = rest.split(END);
  if (after === undefined) throw new Error(`${file} lacks the markers ${BEGIN} and ${END}`);
  const rows = new Map(
    written.split('\n').flatMap((line) => {
      const [, name] = /^\| `([\w.-]+)`/.exec(line) ?? [];
      return name === undefined ? [] : [[name, line] as const];
    }),
  );
  const known = new Set(comparisons.flatMap(({ named }) => named.map(({ name }) => `- ${name}`)));
  const reasons = new Set(written.split('\n').filter((line) => known.has(line)));
  for (const { comparison, against, result } of results) {
    const { cases, equal, named, unexplained } = result;
    const explained = cases - equal - unexplained.length;
    rows.set(
      comparison.name,
      `| \`${comparison.name}\` | ${against} | ${cases} | ${equal} | ${explained} | ${unexplained.length} |`,
    );
    for (const reason of named.keys()) reasons.add(`- ${reason}`);
  }
  const table = [
    '| comparison | against | cases | equal | named | different |',
    '|-|-|-|-|-|-|',
    ...rows.values(),
  ].join('\n');
  const section = `\n\n${table}\n\nNamed differences:\n\n${[...reasons].join('\n')}\n\n`;
  const text = `${before}${BEGIN}${section}${END}${after}`;
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
}
