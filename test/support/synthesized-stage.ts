import { Template } from 'aws-cdk-lib/assertions';
import { readStage } from '../../local/cloudformation/cloud-assembly';
import { cloudAssemblyNow } from './cloud-assembly';

type StageTemplates = Record<
  'data' | 'event' | 'notification' | 'checkout' | 'order' | 'monitoring',
  Template
> & {
  web?: Template;
};

/** The templates of every stack of a stage, by its id in lower case, as this run of jest has synthesised them. */
export function synthesizedStage(name: string) {
  return Object.fromEntries(
    readStage(cloudAssemblyNow(), `EventPro-${name}`).map(({ stackName, template }) => [
      stackName.replace(/^.*-/, '').toLowerCase(),
      Template.fromJSON({ ...template }),
    ]),
  ) as StageTemplates;
}
