import { writeFileSync } from 'node:fs';
import { inspect, parseArgs } from 'node:util';
import { MEASURES } from './measures';
import { machine } from './host/machine';
import { writeDocument } from './report/documents';
import { type Section } from './report/section';
import { renderSection } from './report/table';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';

const HELP = `Usage: npm run bench -- [options]

Measures EventPro on this machine, each figure beside a baseline that runs in the same minute.

Options:
  --only NAMES    measure these alone, separated by commas
  --quick         fewer samples, for a look; the tables of the documents come from a run without it
  --json FILE     write every figure, unrounded, into FILE
  --write-docs    replace the marked blocks of docs/performance.md and docs/cost.md
  --help          this text

Measurements:
${MEASURES.map(({ name, summary }) => `  ${name.padEnd(14)}${summary}`).join('\n')}
`;

bypassProxyOnThisMachine();
main().catch((error: unknown) => {
  process.stderr.write(`${inspect(error)}\n`);
  process.exit(1);
});

async function main(): Promise<void> {
  const { only, quick = false, json, help, 'write-docs': writeDocs } = readArguments();
  if (help) return void process.stdout.write(HELP);
  const wanted =
    only?.split(',') ?? MEASURES.filter(({ onlyWhenNamed }) => !onlyWhenNamed).map(({ name }) => name);
  const unknown = wanted.filter((each) => !MEASURES.some(({ name }) => name === each));
  if (unknown.length > 0) throw new Error(`There is no measurement ${unknown.join(', ')}\n\n${HELP}`);

  const host = machine();
  const sections: Section[] = [];
  for (const measure of MEASURES.filter(({ name }) => wanted.includes(name))) {
    const section = await measure.run({ quick, progress: (text) => process.stderr.write(`${text}\n`) });
    sections.push(section);
    process.stdout.write(`\n## ${section.title}\n\n${renderSection(section)}\n`);
    // After each, so that what is interrupted keeps what it has.
    if (json) writeFileSync(json, JSON.stringify({ machine: host, quick, sections }, undefined, 2));
    if (writeDocs) writeDocument(section, `${host}${quick ? ' Quick run.' : ''}`);
  }
  process.stdout.write(`\n${host}\n`);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean' },
        json: { type: 'string' },
        'write-docs': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${HELP}`);
  }
}
