import { writeFileSync } from 'node:fs';
import { inspect, parseArgs } from 'node:util';
import { MEASURES } from './measures';
import { machine } from './host/machine';
import { writeDocument } from './report/documents';
import { type Section, type Size } from './report/section';
import { renderSection } from './report/table';
import { givenAssembly, ownAssembly, separateServers, sharedServer } from './server/lab';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';

/** What needs no stack trace. */
class Refused extends Error {}

const HELP = `Usage: npm run bench -- [options]

Measures EventPro on this machine, each figure beside a baseline that runs in the same minute.

Options:
  --only NAMES    measure these alone, separated by commas
  --quick         fewer samples, for a look; the tables of the documents come from a run without it
  --smoke         the smallest run of every measurement, on one local run for all: whether it works; its figures mean nothing
  --assembly DIR  measure this cloud assembly (cdk.out); by default the app is synthesised first
  --json FILE     write every figure, unrounded, into FILE
  --write-docs    replace the marked blocks of docs/performance.md and docs/cost.md
  --help          this text

Measurements:
${MEASURES.map(({ name, summary }) => `  ${name.padEnd(20)}${summary}`).join('\n')}
`;

bypassProxyOnThisMachine();
main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Refused ? error.message : inspect(error)}\n`);
  process.exit(1);
});

async function main(): Promise<void> {
  const { only, quick, smoke, json, help, assembly, 'write-docs': writeDocs } = readArguments();
  if (help) return void process.stdout.write(HELP);
  const wanted =
    only?.split(',') ??
    MEASURES.filter(({ onlyWhenNamed }) => smoke || !onlyWhenNamed).map(({ name }) => name);
  const unknown = wanted.filter((each) => !MEASURES.some(({ name }) => name === each));
  if (unknown.length > 0) throw new Refused(`There is no measurement ${unknown.join(', ')}\n\n${HELP}`);
  if (smoke && writeDocs)
    throw new Refused('The figures of --smoke mean nothing: --write-docs does not take them');
  const size: Size = smoke ? 'smoke' : quick ? 'quick' : 'full';

  const app = assembly === undefined ? ownAssembly() : givenAssembly(assembly);
  const lab = smoke ? sharedServer(app.folder) : separateServers(app.folder);
  const host = machine();
  const sections: Section[] = [];
  const failed: string[] = [];
  const progress = (text: string) => void process.stderr.write(`${text}\n`);
  try {
    for (const measure of MEASURES.filter(({ name }) => wanted.includes(name))) {
      const lacks = measure.lacks?.();
      if (lacks) {
        progress(`${measure.name} is skipped: ${lacks}`);
        continue;
      }
      try {
        const section = await measure.run({ size, lab, progress });
        sections.push(section);
        process.stdout.write(`\n## ${section.title}\n\n${renderSection(section)}\n`);
        // After each, so that what is interrupted keeps what it has.
        if (json) writeFileSync(json, JSON.stringify({ machine: host, size, sections }, undefined, 2));
        if (writeDocs) writeDocument(section, `${host}${quick ? ' Quick run.' : ''}`);
      } catch (error) {
        failed.push(measure.name);
        progress(`${measure.name} failed: ${inspect(error)}`);
      }
    }
  } finally {
    await lab.close();
    await app.remove();
  }
  process.stdout.write(`\n${host}\n`);
  if (failed.length > 0) throw new Refused(`Failed: ${failed.join(', ')}`);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean' },
        smoke: { type: 'boolean' },
        json: { type: 'string' },
        assembly: { type: 'string' },
        'write-docs': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new Refused(`${(error as Error).message}\n\n${HELP}`);
  }
}
