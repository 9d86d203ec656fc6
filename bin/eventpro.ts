import { App, DefaultStackSynthesizer, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ASSET_PREFIX, normalizeAssetModes } from '../lib/asset-modes';
import { STAGES } from '../lib/config';
import { EventProStage } from '../lib/eventpro-stage';

const app = new App({
  defaultStackSynthesizer: new DefaultStackSynthesizer({ bucketPrefix: ASSET_PREFIX }),
  // The CLI would leave the report to itself, and looks at none when no stack is named: `cdk synth` must fail here.
  postCliContext: { '@aws-cdk/core:failSynthOnValidationErrors': true },
});
// `CDK_VALIDATION=false` is the one switch for a quick look: it turns off CDK's own validation, and this.
if (process.env.CDK_VALIDATION !== 'false') Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
// `-c stage=dev` makes that stage alone.
const only: unknown = app.node.tryGetContext('stage');
const stages = STAGES.filter(({ name }) => only === undefined || name === only);
if (stages.length === 0) throw new Error(`There is no stage ${String(only)} in lib/config.ts`);
// `-c canary=off` changes to a new version all at once. The alarms of a canary cannot tell the versions apart: where a route
// already fails, they would take back the very deployment that repairs it.
const canary: unknown = app.node.tryGetContext('canary');
if (canary !== undefined && canary !== 'off') {
  throw new Error('-c canary takes one value, off; without it lib/config.ts says how a stage changes');
}
// `-c withoutIndex=events` leaves out an index: DynamoDB makes one of a table per update (docs/deploying.md).
const withoutIndex: unknown = app.node.tryGetContext('withoutIndex');
if (withoutIndex !== undefined && typeof withoutIndex !== 'string') {
  throw new Error('-c withoutIndex takes the name of an index');
}
for (const stage of stages) {
  const config = {
    ...stage,
    ...(canary === 'off' && { canary: undefined }),
    ...(withoutIndex !== undefined && { withoutIndexes: [withoutIndex] }),
  };
  new EventProStage(app, `EventPro-${stage.name}`, config);
}
normalizeAssetModes(app.synth().directory);
