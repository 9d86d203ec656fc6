import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as cdk from 'aws-cdk-lib';
import cdkJson from '../../cdk.json';
import type * as bundling from '../../lib/bundle';
import type * as stages from '../../lib/config';
import type * as stage from '../../lib/eventpro-stage';

/* eslint-disable @typescript-eslint/no-require-imports -- what a module takes to load is what is measured */

/** The phases of `bin/eventpro.ts`, each timed: prints `[name, milliseconds][]`. */
const phases: [string, number][] = [];
process.env.CDK_VALIDATION = 'false';
const outdir = mkdtempSync(join(tmpdir(), 'eventpro-bench-phases-'));

const { App } = timed('synthesis: load aws-cdk-lib', () => require('aws-cdk-lib') as typeof cdk);
const { STAGES, EventProStage, bundleOf } = timed('synthesis: load the app', () => ({
  ...(require('../../lib/config') as typeof stages),
  ...(require('../../lib/eventpro-stage') as typeof stage),
  ...(require('../../lib/bundle') as typeof bundling),
}));
timed('synthesis: bundle the functions', () => bundleOf('ReserveSeat'));
const app = new App({ context: cdkJson.context, outdir });
for (const config of STAGES) {
  timed(
    `synthesis: construct ${config.name}`,
    () => new EventProStage(app, `EventPro-${config.name}`, config),
  );
}
timed('synthesis: write the templates', () => app.synth());
process.stdout.write(JSON.stringify(phases));
rmSync(outdir, { recursive: true, force: true });

function timed<Result>(name: string, work: () => Result): Result {
  const startedAt = performance.now();
  const result = work();
  phases.push([name, performance.now() - startedAt]);
  return result;
}
