import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from '../../bench/host/run-node';
import { chromiumPath } from '../../harness/browser';
import { documentOf } from '../../bench/report/documents';
import { type Section } from '../../bench/report/section';
import { cloudAssembly } from '../support/cloud-assembly';
import { RUN_FOLDER } from '../support/jest-run-folder';

const ROOT = join(__dirname, '..', '..');

/** What a measurement has found beside numbers. One that is not here does not count as tested. */
const FINDS: Readonly<Record<string, (section: Section) => void>> = {
  'cold-start': (section) => {
    expect(column(section, 'Loading a bundle', 'Bundle')).toContain('GenerateTicket');
    expect(column(section, 'What the bundles hold', 'Carries what it does not use')).not.toContain('');
  },
  checkout: (section) => {
    expect(column(section, 'Latency', 'Failed')).toEqual(['0', '0', '0', '0']);
    expect(column(section, 'Where the time', 'Layer')).toContain('Handler ReserveSeat');
  },
  profile: (section) => {
    expect(column(section, 'All functions together', 'Where')).toContain('@smithy/core');
  },
  'hot-sale': (section) => {
    expect(column(section, '20 buyers', 'Count')).toEqual(['2', '18', '0', '0', '0']);
  },
  'event-cancellation': (section) => {
    const what = column(section, '3 purchases cancelled', 'What');
    const all = column(section, '3 purchases cancelled', 'All');
    // One refund a purchase.
    expect(all[what.indexOf('of them `POST /v1/refunds`')]).toBe('3.00');
    expect(section.tables[0]!.notes![0]).toContain('3 cancelled, 0 failed');
  },
  bots: (section) => {
    expect(column(section, 'An honest buyer', 'Hostile addresses')).toEqual(['1']);
  },
  growth: (section) => {
    const maps = column(section, 'Seats of the venue', 'Map of a section');
    expect(maps.map((cell) => cell.slice(0, 3))).toEqual(['200', '200']);
  },
  pages: (section) => {
    expect(column(section, 'The map of a hall', 'Seats')).toEqual(['300']);
  },
  startup: (section) => {
    expect(column(section, 'By phase', 'Phase')).toContain('local run: services, resources, the demo event');
  },
  synth: (section) => {
    expect(column(section, 'Synthesising', 'What')).toContain('EventPro');
  },
  tests: (section) => {
    expect(column(section, 'The test suite', 'What')).toContain('`test/bench/report/statistics.test.ts`');
  },
  cost: (section) => {
    const dollars = column(section, 'A million checkouts', 'Without messages');
    expect(dollars.filter((cell) => !/^\$[1-9]/.test(cell))).toEqual([]);
    expect(column(section, 'What the functions use', 'Function')).toEqual(
      expect.arrayContaining(['ReserveSeat', 'ProcessPayment', 'GenerateTicket', 'SendConfirmation']),
    );
  },
  audit: (section) => {
    const [first] = column(section, 'A run of the audit', 'All of it new');
    expect(first).toMatch(/^[1-9][\d.]* RRU, [1-9]/);
  },
  simulate: (section) => {
    expect(column(section, 'What breaks first', 'Quota')).toContain('Stripe rate');
  },
};

let sections: readonly Section[];

/** All of them in one process and on one local run, as cheap as that can be. How large a smoke run is, each of them says. */
beforeAll(async () => {
  const json = join(process.env[RUN_FOLDER]!, 'bench-smoke.json');
  const args = ['--smoke', '--assembly', await cloudAssembly(), '--json', json];
  await runNode(['-r', 'tsx/cjs', join('bench', 'bench.ts'), ...args], { cwd: ROOT });
  sections = (JSON.parse(readFileSync(json, 'utf8')) as { sections: Section[] }).sections;
}, 600_000);

test('every measurement of npm run bench has its smoke', async () => {
  const { stdout } = await runNode(['-r', 'tsx/cjs', join('bench', 'bench.ts'), '--help'], { cwd: ROOT });
  const [, listed] = stdout.split('Measurements:\n');

  expect([...listed!.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name)).toEqual(Object.keys(FINDS));
});

const FOUND_HERE = Object.entries(FINDS).filter(([name]) => name !== 'pages' || chromiumPath());

test.each(FOUND_HERE)('npm run bench -- --only %s measures', (name, expectFound) => {
  const section = sections.find((each) => each.name === name)!;

  expect(documentOf(name)).toBeDefined();
  expect(section.tables.length).toBeGreaterThan(0);
  for (const { title, header, rows } of section.tables) {
    expect({ title, rows: rows.length }).not.toEqual({ title, rows: 0 });
    for (const row of rows) {
      expect(row).toHaveLength(header.length);
      expect(row.join(' | ')).not.toMatch(/NaN|Infinity|undefined|\[object/);
    }
  }
  // What is no finite number, JSON writes as null.
  const values = leavesOf(section.figures);
  expect(values.filter((value) => typeof value === 'number').length).toBeGreaterThan(0);
  expect(values.filter((value) => value === null)).toEqual([]);
  expectFound(section);
});

function column({ tables }: Section, title: string, name: string): string[] {
  const { header, rows } = tables.find((table) => table.title.startsWith(title))!;
  return rows.map((row) => row[header.indexOf(name)]!);
}

function leavesOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [value];
}
