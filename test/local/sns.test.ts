import { PublishBatchCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { LocalClock } from '../../local/core/clock';
import { Inbox } from '../../local/inbox/inbox';
import { createSnsService, type SnsServiceOptions } from '../../local/sns/sns-service';
import { createSqsService } from '../../local/sqs/sqs-service';
import { clientConfig, serve, track } from './aws-endpoint-fixture';

async function start(options: Pick<SnsServiceOptions, 'invokeAsync' | 'onUndeliverable'> = {}) {
  const clock = new LocalClock();
  const inbox = new Inbox({ clock });
  const sqs = createSqsService({ clock });
  const sns = createSnsService({ sqs, inbox, clock, ...options });
  const topicArn = sns.createTopic('ticket-confirmations');
  const client = track(new SNSClient(clientConfig(await serve([sns, sqs]))));
  return { sns, sqs, inbox, client, topicArn };
}

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

test('raw delivery puts the message into the queue as it is, with its attributes', async () => {
  const { sns, sqs, client, topicArn } = await start();
  const queue = sqs.createQueue('email');
  sns.subscribe(topicArn, { protocol: 'sqs', endpoint: queue.arn, rawMessageDelivery: true });

  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      Message: '{"purchaseId":"ü & <é>"}',
      MessageAttributes: {
        channels: { DataType: 'String.Array', StringValue: '["email","sms"]' },
        amount: { DataType: 'Number', StringValue: '12' },
        blob: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
      },
    }),
  );

  const [message] = await queue.receive();
  expect(message!.body).toBe('{"purchaseId":"ü & <é>"}');
  expect(message!.attributes).toMatchObject({
    channels: { DataType: 'String.Array', StringValue: '["email","sms"]' },
    amount: { DataType: 'Number', StringValue: '12' },
    blob: { DataType: 'Binary', BinaryValue: 'AP8=' },
  });
});

test('other delivery wraps the message in the envelope', async () => {
  const { sns, sqs, client, topicArn } = await start();
  const queue = sqs.createQueue('q');
  sns.subscribe(topicArn, { protocol: 'sqs', endpoint: queue.arn });

  const { MessageId } = await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      Message: 'm',
      Subject: 's',
      MessageAttributes: { a: text('x') },
    }),
  );

  const [message] = await queue.receive();
  expect(JSON.parse(message!.body)).toMatchObject({
    Type: 'Notification',
    MessageId,
    TopicArn: topicArn,
    Subject: 's',
    Message: 'm',
    MessageAttributes: { a: { Type: 'String', Value: 'x' } },
  });
});

test('each subscription gets what its filter policy passes', async () => {
  const { sns, sqs, client, topicArn } = await start();
  const subscribe = (channel: string) => {
    const queue = sqs.createQueue(channel);
    const filterPolicy = { channels: [channel] };
    sns.subscribe(topicArn, { protocol: 'sqs', endpoint: queue.arn, rawMessageDelivery: true, filterPolicy });
    return queue;
  };
  const [email, sms, push] = ['email', 'sms', 'push'].map(subscribe);
  const channels = { DataType: 'String.Array', StringValue: '["email","push"]' };

  await client.send(
    new PublishCommand({ TopicArn: topicArn, Message: 'm', MessageAttributes: { channels } }),
  );

  expect(email!.counts().visible).toBe(1);
  expect(push!.counts().visible).toBe(1);
  expect(sms!.counts().visible).toBe(0);
});

test('a batch is published entry by entry', async () => {
  const { sns, sqs, client, topicArn } = await start();
  const queue = sqs.createQueue('q');
  sns.subscribe(topicArn, { protocol: 'sqs', endpoint: queue.arn, rawMessageDelivery: true });

  const result = await client.send(
    new PublishBatchCommand({
      TopicArn: topicArn,
      PublishBatchRequestEntries: [
        { Id: 'good', Message: 'one', MessageAttributes: { a: text('x') } },
        { Id: 'bad', Message: 'two', Subject: 'two\nlines' },
      ],
    }),
  );

  expect(result.Successful).toMatchObject([{ Id: 'good', MessageId: expect.any(String) }]);
  expect(result.Failed).toMatchObject([{ Id: 'bad', Code: 'InvalidParameter', SenderFault: true }]);
  expect((await queue.receive({ maxMessages: 10 })).map(({ body }) => body)).toEqual(['one']);
});

test('a queue that is gone sends the message to the dead-letter queue of the subscription', async () => {
  const given: string[] = [];
  const { sns, sqs, client, topicArn } = await start({ onUndeliverable: ({ arn }) => given.push(arn) });
  const dead = sqs.createQueue('dead');
  const subscriptionArn = sns.subscribe(topicArn, {
    protocol: 'sqs',
    endpoint: dead.arn.replace(/dead$/, 'gone'),
    rawMessageDelivery: true,
    redrivePolicy: { deadLetterTargetArn: dead.arn },
  });

  await client.send(new PublishCommand({ TopicArn: topicArn, Message: 'm' }));

  expect((await dead.receive()).map(({ body }) => body)).toEqual(['m']);
  expect(given).toEqual([subscriptionArn]);
});

test('a function is handed the event, tried three times, and then the dead-letter queue has the message', async () => {
  const events: object[] = [];
  let failures = 2;
  const { sns, sqs, client, topicArn } = await start({
    invokeAsync: async (_functionArn, event) => {
      events.push(event);
      if (failures-- > 0) throw new Error('throttled');
    },
  });
  const dead = sqs.createQueue('dead');
  const endpoint = 'arn:aws:lambda:us-east-1:000000000000:function:f';
  const redrivePolicy = { deadLetterTargetArn: dead.arn };
  sns.subscribe(topicArn, { protocol: 'lambda', endpoint, redrivePolicy });

  await client.send(new PublishCommand({ TopicArn: topicArn, Message: 'third time' }));
  failures = 3;
  await client.send(new PublishCommand({ TopicArn: topicArn, Message: 'never' }));

  expect(events).toHaveLength(6);
  expect(events[2]).toMatchObject({
    Records: [
      { EventSource: 'aws:sns', Sns: { Message: 'third time', Subject: null, MessageAttributes: {} } },
    ],
  });
  const letters = await dead.receive({ maxMessages: 10 });
  expect(letters.map(({ body }) => (JSON.parse(body) as { Message: string }).Message)).toEqual(['never']);
});

test('operators who subscribe by e-mail, text messages and pushes arrive in the inbox', async () => {
  const { sns, inbox, client, topicArn } = await start();
  sns.subscribe(topicArn, { protocol: 'email', endpoint: 'ops@example.com' });
  const TargetArn = 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/app/1234';
  const pushed = JSON.stringify({ default: 'Your ticket', GCM: '{"notification":{}}' });

  const alarm = await client.send(
    new PublishCommand({ TopicArn: topicArn, Subject: 'Alarm', Message: 'refund stuck' }),
  );
  await client.send(new PublishCommand({ PhoneNumber: '+436601234567', Message: 'Your ticket' }));
  await client.send(new PublishCommand({ TargetArn, Message: pushed, MessageStructure: 'json' }));

  expect(inbox.list()).toMatchObject([
    {
      channel: 'email',
      to: 'ops@example.com',
      subject: 'Alarm',
      text: 'refund stuck',
      messageId: alarm.MessageId,
    },
    { channel: 'sms', to: '+436601234567', text: 'Your ticket' },
    { channel: 'push', to: TargetArn, text: 'Your ticket', raw: '{"notification":{}}' },
  ]);
});

test.each([
  ['a message over 256 KiB', { Message: 'x'.repeat(262_145) }],
  ['attributes that bring it over', { Message: 'x'.repeat(262_140), MessageAttributes: { a: text('xyz') } }],
  ['an empty message', { Message: '' }],
  ['a phone number that is none', { TopicArn: undefined, PhoneNumber: '0660', Message: 'm' }],
  [
    'a push target that is none',
    { TopicArn: undefined, TargetArn: 'arn:aws:sns:x:1:endpoint/GCM', Message: 'm' },
  ],
  ['a structure without a default', { Message: '{"sqs":"m"}', MessageStructure: 'json' }],
])('%s is an invalid parameter', async (_what, input) => {
  const { client, topicArn } = await start();

  const publish = client.send(new PublishCommand({ TopicArn: topicArn, ...input }));

  await expect(publish).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('a message of exactly 256 KiB is published', async () => {
  const { client, topicArn } = await start();

  const publish = client.send(new PublishCommand({ TopicArn: topicArn, Message: 'x'.repeat(262_144) }));

  await expect(publish).resolves.toHaveProperty('MessageId');
});

test('what is not there or not supported is refused by name', async () => {
  const { sns, sqs, client, topicArn } = await start();
  const { arn: endpoint } = sqs.createQueue('q');
  const other = topicArn.replace(/[^:]*$/, 'other');

  await expect(client.send(new PublishCommand({ TopicArn: other, Message: 'm' }))).rejects.toMatchObject({
    name: 'NotFoundException',
  });
  await expect(
    client.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs' })),
  ).rejects.toMatchObject({
    name: 'UnsupportedLocally',
    message: expect.stringContaining('sns:Subscribe'),
  });
  await expect(
    client.send(new PublishCommand({ TopicArn: topicArn, Message: 'm', MessageGroupId: 'g' })),
  ).rejects.toMatchObject({ name: 'UnsupportedLocally' });
  expect(() => sns.createTopic('t.fifo')).toThrow('FIFO');
  expect(() => sns.subscribe(other, { protocol: 'sqs', endpoint })).toThrow('Topic does not exist');
  expect(() => sns.subscribe(topicArn, { protocol: 'http' as 'sqs', endpoint })).toThrow('http');
  expect(() => sns.subscribe(topicArn, { protocol: 'lambda', endpoint })).toThrow('Lambda');
  expect(() =>
    sns.subscribe(topicArn, { protocol: 'sqs', endpoint, redrivePolicy: { deadLetterTargetArn: 'arn:x' } }),
  ).toThrow('queue does not exist');
});
