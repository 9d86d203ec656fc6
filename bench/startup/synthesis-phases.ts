import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as cdk from 'aws-cdk-lib';
import cdkJson from '../../cdk.json';
import type * as bundling from '../../lib/bundle';
import type * as stages from '../../lib/config';
import type * as stage from '../../lib/eventpro-stage';
import { Stopwatch } from './stopwatch';

/* eslint-disable @typescript-eslint/no-require-imports -- what a module takes to load is what is measured */

/** The phases of `bin/eventpro.ts -c stage=dev`, each timed: prints them as JSON. */
async function main(): Promise<void> {
  const watch = new Stopwatch();
  process.env.CDK_VALIDATION = 'false';
  const outdir = mkdtempSync(join(tmpdir(), 'eventpro-bench-phases-'));

  const { App } = await watch.time('synthesis: load aws-cdk-lib', () => require('aws-cdk-lib') as typeof cdk);
  const { STAGES, EventProStage, bundleOf } = await watch.time('synthesis: load the app', () => ({
    ...(require('../../lib/config') as typeof stages),
    ...(require('../../lib/eventpro-stage') as typeof stage),
    ...(require('../../lib/bundle') as typeof bundling),
  }));
  await watch.time('synthesis: bundle the functions', () => bundleOf('ReserveSeat'));
  const app = new App({ context: cdkJson.context, outdir });
  // The one that `npm start` runs.
  for (const config of STAGES.filter(({ name }) => name === 'dev')) {
    await watch.time(
      `synthesis: construct ${config.name}`,
      () => new EventProStage(app, `EventPro-${config.name}`, config),
    );
  }
  await watch.time('synthesis: write the templates', () => app.synth());
  process.stdout.write(JSON.stringify(watch.phases));
  rmSync(outdir, { recursive: true, force: true });
}

void main();
