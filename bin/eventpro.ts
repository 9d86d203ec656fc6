import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { STAGES } from '../lib/config';
import { EventProStage } from '../lib/eventpro-stage';

const app = new App({
  // The CLI would leave the report to itself, and looks at none when no stack is named: `cdk synth` must fail here.
  postCliContext: { '@aws-cdk/core:failSynthOnValidationErrors': true },
});
// `CDK_VALIDATION=false` is the one switch for a quick look: it turns off CDK's own validation, and this.
if (process.env.CDK_VALIDATION !== 'false') Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
for (const config of STAGES) new EventProStage(app, `EventPro-${config.name}`, config);
