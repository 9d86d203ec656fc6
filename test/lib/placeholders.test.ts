import { App, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { type StageConfig, STAGES } from '../../lib/config';
import { EventProStage } from '../../lib/eventpro-stage';
import { QUIET_CONTEXT } from '../support/synthesized-stage';

const [dev, prod] = STAGES as [StageConfig, StageConfig];
const FILLED_IN = { emailSender: 'tickets@boxoffice.test', onCallEmails: ['on-call@boxoffice.test'] };

test.each<[string, StageConfig, string[]]>([
  ['prod as it is in the repository', prod, ['eventpro:emailSender', 'eventpro:onCallEmails']],
  ['a list of nobody', { ...prod, ...FILLED_IN, onCallEmails: [] }, ['eventpro:onCallEmails']],
  [
    'a subdomain of example',
    { ...prod, ...FILLED_IN, emailSender: 'a@shop.example' },
    ['eventpro:emailSender'],
  ],
  ['prod filled in', { ...prod, ...FILLED_IN }, []],
  ['dev, which nobody depends on', dev, []],
])('what a stage that keeps its data cannot do without is warned of: %s', (_, config, expected) => {
  const stage = new EventProStage(new App({ context: QUIET_CONTEXT }), 'EventPro-stage', config);

  const warnings = ['Notification', 'Monitoring'].flatMap((id) =>
    Annotations.fromStack(stage.node.findChild(id) as Stack).findWarning('*', Match.anyValue()),
  );

  expect(warnings.map(({ entry }) => /\[ack: (eventpro:\w+)\]/.exec(entry.data as string)?.[1])).toEqual(
    expected,
  );
});
