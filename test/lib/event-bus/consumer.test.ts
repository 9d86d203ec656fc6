import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Consumer } from '../../../lib/event-bus/consumer';
import { DeadLetters } from '../../../lib/event-bus/dead-letters';
import { EventAlarms } from '../../../lib/monitoring/event-alarms';

/** A stack with what the recipe says, and nothing else. */
function consuming(): { readonly template: Template } {
  const stack = new Stack(new App(), 'Stack');
  const bus = new EventBus(stack, 'Bus', { eventBusName: 'eventpro-test' });
  const consumer = new Consumer(stack, 'Seating', {
    bus,
    events: ['PurchaseConfirmed', 'PurchaseCancelled'],
    target: new SqsQueue(new DeadLetters(stack, 'Seats')),
    loss: 'The house does not know who sits where.',
  });
  new EventAlarms(stack, 'Alarms', { pipes: [], consumers: [consumer] });
  return { template: Template.fromStack(stack) };
}

const { template } = consuming();
const [deadLetterQueue] = Object.keys(template.findResources('AWS::SQS::Queue')).filter((id) =>
  id.startsWith('SeatingDeadLetterQueue'),
);

test('gets the events it names, of this source alone, and none of an event that is on sale to be tried', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventBusName: Match.anyValue(),
    EventPattern: {
      source: ['eventpro.checkout'],
      'detail-type': ['PurchaseConfirmed', 'PurchaseCancelled'],
      detail: { eventId: [{ 'anything-but': { prefix: 'smoke-test-' } }] },
    },
  });
});

test('is tried for a day, and what it does not take waits in its own queue', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    Targets: [
      Match.objectLike({
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [deadLetterQueue, 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      }),
    ],
  });
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    Queues: [{ Ref: deadLetterQueue }],
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'sqs:SendMessage',
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { ArnEquals: { 'aws:SourceArn': Match.anyValue() } },
        }),
      ]),
    },
  });
});

test('calls people with what is lost, and has an output for whoever replays', () => {
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  const words = alarms.map(({ Properties }) => JSON.stringify(Properties.AlarmDescription));

  expect(words).toHaveLength(2);
  for (const each of words) {
    expect(each).toContain('The house does not know who sits where.');
    expect(each).toContain('docs/runbook.md#a-consumer-does-not-take-its-events');
  }
  template.hasOutput('SeatingConsumer', {});
});
