import { App } from 'aws-cdk-lib';
import cdkJson from '../cdk.json';
import { type StageConfig, STAGES } from '../lib/config';
import { EventProStage } from '../lib/eventpro-stage';

/** Leaves in `folder` a cloud assembly of the stage dev as it would be with these settings. */
export function changedAssembly(folder: string, changes: Partial<StageConfig>): void {
  // Validation belongs to `cdk synth`, and takes longer than all else here.
  process.env.CDK_VALIDATION = 'false';
  const app = new App({ outdir: folder, context: cdkJson.context });
  const dev = STAGES.find(({ name }) => name === 'dev')!;
  new EventProStage(app, `EventPro-${dev.name}`, { ...dev, ...changes });
  app.synth();
}
