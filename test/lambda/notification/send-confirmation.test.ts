import { randomUUID } from 'node:crypto';
import { handler } from '../../../lambda/notification/send-confirmation';
import { referenceOf } from '../../../lambda/shared/reference';
import { ENVIRONMENT } from '../../../lambda/shared/environment';
import { LocalClock } from '../../../local/core/clock';
import { Inbox } from '../../../local/inbox/inbox';
import { createSnsService } from '../../../local/sns/sns-service';
import { createSqsService } from '../../../local/sqs/sqs-service';
import { useAwsServices } from '../aws-services';
import { errorOf } from '../checkout';
import { CONTEXT } from '../invocation';

const CHANNELS = ['email', 'sms', 'push', 'analytics'];

const clock = new LocalClock();
const sqs = createSqsService({ clock });
const inbox = new Inbox({ clock });
const sns = createSnsService({ sqs, inbox, clock });
useAwsServices([sns]);

const topicArn = sns.createTopic('ticket-confirmations');
process.env[ENVIRONMENT.confirmationTopic] = topicArn;
process.env[ENVIRONMENT.apiUrl] = 'https://api.example.com/v1';

const queues = CHANNELS.map((channel) => {
  const queue = sqs.createQueue(channel);
  const filterPolicy = { channels: [channel] };
  sns.subscribe(topicArn, { protocol: 'sqs', endpoint: queue.arn, rawMessageDelivery: true, filterPolicy });
  return queue;
});

sns.subscribe(topicArn, { protocol: 'email', endpoint: 'operators@example.com' });

beforeEach(() => {
  sqs.reset();
  inbox.clear();
});

/** The event as the state machine has it, personal data of the purchase included. */
function confirmed(channels?: string[]) {
  return {
    purchaseId: randomUUID(),
    executionId: 'execution',
    requestId: 'r-1',
    eventId: 'demo',
    buyer: { name: 'Ada Lovelace', email: 'ada@example.com' },
    ...(channels && { channels }),
  };
}

function reached(): string[] {
  return queues.filter((queue) => queue.counts().visible > 0).map(({ name }) => name);
}

test('one message with ids alone, and the channels as an attribute to filter by', async () => {
  const event = confirmed(['email', 'analytics']);

  const result = await handler(event, CONTEXT);

  expect(result).toEqual({ channels: ['email', 'analytics'] });
  const [message, ...others] = await queues[0]!.receive({ maxMessages: 10 });
  expect(others).toEqual([]);
  const body = JSON.parse(message!.body);
  expect(body).toMatchObject({
    type: 'PurchaseConfirmed',
    purchaseId: event.purchaseId,
    ticketUrl: `https://api.example.com/v1/purchases/${event.purchaseId}/ticket`,
  });
  expect(message!.body).not.toMatch(/Ada|example\.com\/?"|@/);
  expect(message!.attributes).toEqual({
    channels: { DataType: 'String.Array', StringValue: '["email","analytics"]' },
  });
});

test('operators who subscribe by e-mail get words with the reference, and nothing that opens the purchase', async () => {
  const event = confirmed(['email']);

  await handler(event, CONTEXT);

  expect(inbox.list()).toMatchObject([
    {
      channel: 'email',
      to: 'operators@example.com',
      text: `Purchase ${referenceOf(event.purchaseId)} is confirmed.`,
    },
  ]);
  expect(JSON.stringify(inbox.list())).not.toContain(event.purchaseId);
});

test.each([
  ['the ones it names', ['email', 'sms'], ['email', 'sms']],
  ['one', ['push'], ['push']],
  ['all, for recovery, which does not know where the buyer wants to be told', undefined, CHANNELS],
])('it reaches %s', async (_, channels, expected) => {
  await handler(confirmed(channels), CONTEXT);

  expect(reached()).toEqual(expected);
});

test.each([
  ['no channel', []],
  ['a channel there is not', ['fax']],
])('with %s it is refused, and nothing is sent', async (_, channels) => {
  const error = await errorOf(handler(confirmed(channels), CONTEXT));

  expect(error).toMatchObject({ name: 'ValidationFailed', message: expect.stringContaining('channels') });
  expect(reached()).toEqual([]);
});
