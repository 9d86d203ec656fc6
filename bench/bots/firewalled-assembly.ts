import { App } from 'aws-cdk-lib';
import cdkJson from '../../cdk.json';
import { type FirewallConfig, STAGES } from '../../lib/config';
import { EventProStage } from '../../lib/eventpro-stage';

/** Leaves in `folder` a cloud assembly of the stage dev as it would be with this firewall: dev has none of its own. */
export function firewalledAssembly(folder: string, webAcl: FirewallConfig): void {
  // Validation belongs to `cdk synth`, and takes longer than all else here.
  process.env.CDK_VALIDATION = 'false';
  const app = new App({ outdir: folder, context: cdkJson.context });
  const dev = STAGES.find(({ name }) => name === 'dev')!;
  new EventProStage(app, `EventPro-${dev.name}`, { ...dev, webAcl });
  app.synth();
}
