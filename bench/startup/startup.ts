import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { NODE, NODE_FLAGS } from '../host/child';
import { type ProcessUsage, usageOf } from '../host/process-usage';
import { runNode } from '../host/run-node';
import { type Phase } from './stopwatch';
import { type Measure, type Section, type Size } from '../report/section';
import { spreadOf } from '../report/statistics';
import { withSpread } from '../report/table';
import { childrenOf } from '../server/measured-server';

const ROOT = join(__dirname, '..', '..');
const MEBIBYTE = 2 ** 20;

/** Long enough for every function to be loaded in the background. Milliseconds. */
const UNTIL_IDLE = 8_000;

const ROUNDS: Readonly<Record<Size, number>> = { full: 5, quick: 2, smoke: 1 };

interface Start {
  readonly readyMs: number;
  readonly cpuMs: number;
  /** Of the process and its engine, some seconds after it was ready. */
  readonly idleRss: number;
}

/** How long `npm start` takes until it is ready, where the time goes, and what it holds in memory. */
export const startup: Measure = {
  name: 'startup',
  summary: '`npm start` until it is ready, by phase, beside Node.js alone; memory when idle',
  async run({ size, lab, progress }): Promise<Section> {
    const assembly = await lab.assembly();
    const starts: Start[] = [];
    const phases = new Map<string, Phase[]>();
    for (let round = 1; round <= ROUNDS[size]; round++) {
      progress(`startup: round ${round}`);
      // A smoke run leaves the synthesis to the phases below.
      starts.push(await (size === 'smoke' ? start(0, ['--app', assembly]) : start(UNTIL_IDLE)));
      const synthesis = await phasesOf('synthesis-phases.ts', []);
      const run = await phasesOf('local-run-phases.ts', [assembly]);
      for (const phase of [...synthesis, ...run])
        phases.set(phase.name, [...(phases.get(phase.name) ?? []), phase]);
    }
    const figures = {
      readyMs: spreadOf(starts.map(({ readyMs }) => readyMs)),
      cpuMs: spreadOf(starts.map(({ cpuMs }) => cpuMs)),
      idleMiB: spreadOf(starts.map(({ idleRss }) => idleRss / MEBIBYTE)),
      phases: [...phases].map(([name, samples]) => ({
        name,
        wallMs: spreadOf(samples.map(({ wallMs }) => wallMs)),
        cpuMs: spreadOf(samples.map(({ cpuMs }) => cpuMs)),
      })),
    };
    return {
      name: 'startup',
      title: 'Start',
      tables: [
        {
          title: '`npm start`, once everything is installed',
          header: ['What', 'Figure', 'Target'],
          rows: [
            ['Until it is ready, ms', withSpread(figures.readyMs), '3,000'],
            ['CPU until then, all processes, ms', withSpread(figures.cpuMs), ''],
            [`Memory ${UNTIL_IDLE / 1000} s later, MiB`, withSpread(figures.idleMiB), ''],
          ],
        },
        {
          title: 'By phase, each measured again in a process of its own',
          header: ['Phase', 'Wall ms', 'CPU ms'],
          rows: figures.phases.map(({ name, wallMs, cpuMs }) => [
            name,
            withSpread(wallMs),
            withSpread(cpuMs),
          ]),
          notes: [
            'The synthesis is a process of its own, started by the first: its phases are part of the whole, one after the other.',
            'CPU counts all threads, but not esbuild, which is a process of its own and ends unseen: where the wall is far above the CPU, it is at work, or another process is.',
          ],
        },
      ],
      figures,
    };
  },
};

async function start(untilIdle: number, options: readonly string[] = []): Promise<Start> {
  const startedAt = performance.now();
  const child = spawn(NODE, [...NODE_FLAGS, 'bin/local.ts', ...options], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('EventPro is running')) break;
    }
    const readyMs = performance.now() - startedAt;
    const pids = [child.pid!, ...childrenOf(child.pid!)];
    const usages = (): ProcessUsage[] => pids.map(usageOf);
    const cpuMs = usages().reduce((sum, usage) => sum + usage.cpuMs + usage.endedChildrenCpuMs, 0);
    await delay(untilIdle);
    return { readyMs, cpuMs, idleRss: usages().reduce((sum, { rss }) => sum + rss, 0) };
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

/** Runs a script that prints its phases as JSON; before them stands what its process took to start. */
async function phasesOf(script: string, args: readonly string[]): Promise<Phase[]> {
  const bare = await runNode(['-r', 'tsx/cjs', '-e', '0'], { cwd: ROOT });
  const { stdout } = await runNode(['-r', 'tsx/cjs', join('bench', 'startup', script), ...args], {
    cwd: ROOT,
  });
  const title = script.replace(/-phases\.ts$/, '').replace('-', ' ');
  return [
    { ...bare, name: `${title}: Node.js and the TypeScript loader` },
    ...(JSON.parse(stdout) as Phase[]),
  ];
}
