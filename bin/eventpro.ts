import { App } from 'aws-cdk-lib';
import { STAGES } from '../lib/config';
import { EventProStage } from '../lib/eventpro-stage';

const app = new App();
for (const config of STAGES) new EventProStage(app, `EventPro-${config.name}`, config);
