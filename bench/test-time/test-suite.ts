import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runNode } from '../host/run-node';
import { type Measure, type Section, type Size } from '../report/section';
import { figure } from '../report/table';

const ROOT = join(__dirname, '..', '..');

const PATHS: Readonly<Record<Size, readonly string[]>> = {
  full: [],
  quick: ['test/lambda'],
  smoke: ['test/bench/report'],
};

/** The part of jest's `--json` that says how long each file took. */
interface JestResults {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
  }[];
}

/** How long the tests take: all of them but in a smaller run. */
export const testSuite: Measure = {
  name: 'tests',
  summary: 'time of the test suite, and its slowest files; some ten minutes, so only when named',
  onlyWhenNamed: true,
  async run({ size, progress }): Promise<Section> {
    const paths = PATHS[size];
    progress(`tests: ${paths.join(', ') || 'all of them'}`);
    const folder = mkdtempSync(join(tmpdir(), 'eventpro-bench-tests-'));
    try {
      const outputFile = join(folder, 'results.json');
      const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
      const { wallMs, cpuMs } = await runNode([jest, ...paths, '--json', '--outputFile', outputFile], {
        cwd: ROOT,
      });
      return section(JSON.parse(readFileSync(outputFile, 'utf8')) as JestResults, wallMs, cpuMs);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function section({ numTotalTests, testResults }: JestResults, wallMs: number, cpuMs: number): Section {
  const files = testResults
    .map(({ name, startTime, endTime }) => ({
      file: relative(ROOT, name),
      seconds: (endTime - startTime) / 1000,
    }))
    .sort((a, b) => b.seconds - a.seconds);
  return {
    name: 'tests',
    title: 'Tests',
    tables: [
      {
        title: `The test suite: ${numTotalTests.toLocaleString('en-US')} tests in ${files.length} files`,
        header: ['What', 'Seconds'],
        rows: [
          ['Wall', figure(wallMs / 1000)],
          ['CPU, all processes but engines and browsers that outlive their test', figure(cpuMs / 1000)],
          ...files.slice(0, 8).map(({ file, seconds }) => [`\`${file}\``, figure(seconds)]),
        ],
        notes: ['Two files run at a time, so the files together take longer than the wall.'],
      },
    ],
    figures: { numTotalTests, wallMs, cpuMs, files },
  };
}
