import { Match, type Template } from 'aws-cdk-lib/assertions';
import { synthesizedStage } from '../../support/synthesized-stage';

const { event, monitoring } = synthesizedStage('dev');
const idOf = (template: Template, type: string, prefix: string) =>
  Object.keys(template.findResources(type)).find((id) => id.startsWith(prefix))!;
const deadLetters = { 'Fn::GetAtt': [idOf(event, 'AWS::SQS::Queue', 'AppEventsDeadLetterQueue'), 'Arn'] };
const queue = { 'Fn::GetAtt': [idOf(event, 'AWS::SQS::Queue', 'AppEventsQueue'), 'Arn'] };

test('what neither the queue nor the function takes ends in one dead-letter queue', () => {
  event.hasResourceProperties('AWS::Events::Rule', {
    Targets: [Match.objectLike({ Arn: queue, DeadLetterConfig: { Arn: deadLetters } })],
  });
  event.hasResourceProperties('AWS::SQS::Queue', {
    RedrivePolicy: { deadLetterTargetArn: deadLetters, maxReceiveCount: 5 },
  });
});

test('an event that fails does not hold up the others of its batch', () => {
  event.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    EventSourceArn: queue,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
});

test('its dead letters are redriven by its name', () => {
  event.hasResourceProperties('AWS::SQS::Queue', {
    Tags: Match.arrayWith([{ Key: 'eventpro:redrive', Value: 'EventPro-dev/App' }]),
  });
});

test('people are called for what waits for them, for what is lost, and for what nobody comes to', () => {
  const alarms = Object.keys(monitoring.findResources('AWS::CloudWatch::Alarm'));

  expect(
    alarms
      .filter((id) => id.startsWith('EventsApp'))
      .map((id) => id.slice(6, -8))
      .sort(),
  ).toEqual([...['AppDeadLetters', 'AppDelay', 'AppLost']]);
});
