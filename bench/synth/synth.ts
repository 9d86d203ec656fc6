import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import cdkJson from '../../cdk.json';
import { type Ran, runNode } from '../host/run-node';
import { type Measure, type Section, type Size } from '../report/section';
import { pairedRatio, spreadOf } from '../report/statistics';
import { figure, withSpread } from '../report/table';

const ROOT = join(__dirname, '..', '..');

const ROUNDS: Readonly<Record<Size, number>> = { full: 5, quick: 2, smoke: 1 };

interface Variant {
  readonly name: string;
  readonly script: string;
  readonly validation: boolean;
  /** Whether it finds what an earlier run has left: the TypeScript translated, the functions bundled. */
  readonly warm: boolean;
  readonly target?: string;
}

const VARIANTS: readonly Variant[] = [
  { name: 'An app with one empty stack', script: 'bench/synth/empty-app.ts', validation: false, warm: true },
  { name: 'EventPro', script: 'bin/eventpro.ts', validation: false, warm: true, target: '5 s a stage' },
  { name: 'EventPro, nothing cached', script: 'bin/eventpro.ts', validation: false, warm: false },
  {
    name: 'EventPro, validated',
    script: 'bin/eventpro.ts',
    validation: true,
    warm: true,
    target: '10 s a stage',
  },
];

/** How long the app takes to synthesise, every stage, as the CDK CLI runs it; in a smoke run, one stage. */
export const synth: Measure = {
  name: 'synth',
  summary: 'time to synthesise the app, with and without validation, beside an empty app',
  async run({ size, progress }): Promise<Section> {
    // What forgets the bundles takes them from other processes, and validation takes a minute: neither is for a smoke run.
    const variants = VARIANTS.filter(({ warm, validation }) => size !== 'smoke' || (warm && !validation));
    const context = size === 'smoke' ? { ...cdkJson.context, stage: 'dev' } : cdkJson.context;
    const runs = new Map<string, Ran[]>(variants.map(({ name }) => [name, []]));
    for (let round = 1; round <= ROUNDS[size]; round++) {
      for (const variant of variants) {
        progress(`synth: round ${round}, ${variant.name}`);
        runs.get(variant.name)!.push(await synthesize(variant, context));
      }
    }
    const cpuOf = (name: string) => runs.get(name)!.map(({ cpuMs }) => cpuMs / 1000);
    const figures = variants.map(({ name, target = '' }) => ({
      ...{ name, target },
      wallSeconds: spreadOf(runs.get(name)!.map(({ wallMs }) => wallMs / 1000)),
      cpuSeconds: spreadOf(cpuOf(name)),
      ratio: pairedRatio(cpuOf(name), cpuOf(VARIANTS[0]!.name)),
    }));
    return {
      name: 'synth',
      title: 'Synthesis',
      tables: [
        {
          title: 'Synthesising the app (all stages), seconds',
          header: ['What', 'Wall', 'CPU', '× empty app (CPU)', 'Target'],
          rows: figures.map(({ name, wallSeconds, cpuSeconds, ratio, target }) => [
            ...[name, withSpread(wallSeconds), withSpread(cpuSeconds), figure(ratio.median), target],
          ]),
          notes: [
            'Without the start of the CDK CLI, which takes about a second more. CPU is without esbuild, which is a process of its own and ends unseen.',
          ],
        },
      ],
      figures,
    };
  },
};

async function synthesize({ script, validation, warm }: Variant, context: object): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'eventpro-bench-synth-'));
  if (!warm) rmSync(join(ROOT, 'dist', 'bundles'), { recursive: true, force: true });
  try {
    return await runNode(['-r', 'tsx/cjs', script], {
      cwd: ROOT,
      env: {
        CDK_OUTDIR: join(folder, 'cdk.out'),
        CDK_CONTEXT_JSON: JSON.stringify(context),
        CDK_VALIDATION: String(validation),
        // The loader keeps what it has translated in the temporary folder.
        ...(warm ? {} : { TMPDIR: folder }),
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
