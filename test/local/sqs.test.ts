import { fork } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { LocalClock } from '../../local/core/clock';
import { createSqsService } from '../../local/sqs/sqs-service';
import { clientConfig, serveAt, temporaryDirectory, track } from './aws-endpoint-fixture';

async function start({ journalFile }: { journalFile?: string } = {}) {
  const clock = new LocalClock();
  const { endpoint, service: sqs } = await serveAt((endpointUrl) =>
    createSqsService({ clock, endpointUrl, journalFile }),
  );
  const client = track(new SQSClient(clientConfig(endpoint)));
  const receive = async (QueueUrl: string, options = {}) =>
    (await client.send(new ReceiveMessageCommand({ QueueUrl, ...options }))).Messages ?? [];
  return { clock, sqs, client, receive };
}

test('a message travels with its attributes, and the SDK accepts both digests', async () => {
  const { sqs, client, receive } = await start();
  const { url } = sqs.createQueue('email');
  const MessageAttributes = {
    channel: { DataType: 'String', StringValue: 'email' },
    amount: { DataType: 'Number', StringValue: '12.5' },
    blob: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 255]) },
  };
  const sent = await client.send(
    new SendMessageCommand({ QueueUrl: url, MessageBody: 'Grüße 🎟', MessageAttributes, DelaySeconds: 0 }),
  );

  const [message] = await receive(url, {
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  });

  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: 'Grüße 🎟',
    MD5OfBody: sent.MD5OfMessageBody,
    MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    MessageAttributes,
    Attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) },
  });
});

test('the digest of the attributes is the one that SQS computes', async () => {
  const { sqs, client } = await start();
  const { url } = sqs.createQueue('q');
  // Name, type, transport type 1 and value, each with its length: written out by hand from the documentation.
  const bytes = Buffer.concat([
    Buffer.from([0, 0, 0, 1]), Buffer.from('a'),
    Buffer.from([0, 0, 0, 6]), Buffer.from('String'),
    Buffer.from([1]),
    Buffer.from([0, 0, 0, 2]), Buffer.from('xy'),
  ]); // prettier-ignore
  const { createHash } = await import('node:crypto');

  const sent = await client.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: 'm',
      MessageAttributes: { a: { DataType: 'String', StringValue: 'xy' } },
    }),
  );

  expect(sent.MD5OfMessageAttributes).toBe(createHash('md5').update(bytes).digest('hex'));
});

test('attributes are received by name, by prefix, and not at all unless asked for', async () => {
  const { sqs, client, receive } = await start();
  const { url } = sqs.createQueue('q', { VisibilityTimeout: 0 });
  const attribute = { DataType: 'String', StringValue: 'x' };
  const MessageAttributes = { 'order.id': attribute, 'order.kind': attribute, other: attribute };
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm', MessageAttributes }));
  const namesFor = async (MessageAttributeNames?: string[]) => {
    const [message] = await receive(url, { MessageAttributeNames });
    return Object.keys(message!.MessageAttributes ?? {});
  };

  expect(await namesFor()).toEqual([]);
  expect(await namesFor(['other'])).toEqual(['other']);
  expect(await namesFor(['order.*'])).toEqual(['order.id', 'order.kind']);
  expect(await namesFor(['.*'])).toHaveLength(3);
});

test('a received message is hidden until its visibility timeout ends on the local clock', async () => {
  const { sqs, client, clock, receive } = await start();
  const { url } = sqs.createQueue('q', { VisibilityTimeout: '60' });
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }));
  await receive(url);

  const hidden = await receive(url);
  clock.advance(60);
  const again = await receive(url, { MessageSystemAttributeNames: ['ApproximateReceiveCount'] });

  expect(hidden).toEqual([]);
  expect(again[0]!.Attributes).toEqual({ ApproximateReceiveCount: '2' });
});

test('moving the clock ends a long poll that waits for a hidden message', async () => {
  const { sqs, client, clock, receive } = await start();
  const { url } = sqs.createQueue('q', { VisibilityTimeout: 3600 });
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }));
  await receive(url);
  const started = Date.now();
  const poll = receive(url, { WaitTimeSeconds: 20 });
  await new Promise((resolve) => setTimeout(resolve, 50));

  clock.advance(3600);

  expect(await poll).toHaveLength(1);
  expect(Date.now() - started).toBeLessThan(5000);
});

test('a long poll returns as soon as a message is sent, and empty after its time', async () => {
  const { sqs, client, receive } = await start();
  const { url } = sqs.createQueue('q');
  const started = Date.now();
  const poll = receive(url, { WaitTimeSeconds: 20 });
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }));

  const received = await poll;
  const receivedAfter = Date.now() - started;
  const empty = await receive(url, { WaitTimeSeconds: 1 });

  expect(received).toHaveLength(1);
  expect(receivedAfter).toBeLessThan(5000);
  expect(empty).toEqual([]);
  expect(Date.now() - started).toBeGreaterThanOrEqual(1000);
});

test('a long poll that is no longer wanted ends at once, without a message', async () => {
  const { sqs } = await start();
  const { arn } = sqs.createQueue('q');
  const unwanted = new AbortController();
  const started = Date.now();
  const poll = sqs.queue(arn).receive({ waitSeconds: 20, signal: unwanted.signal });

  unwanted.abort();

  expect(await poll).toEqual([]);
  expect(Date.now() - started).toBeLessThan(5000);
});

test('100 messages and 20 racing receivers: each message is received exactly once', async () => {
  const { sqs, client, receive } = await start();
  const { url } = sqs.createQueue('q');
  for (let batch = 0; batch < 10; batch++) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({
      Id: `${index}`,
      MessageBody: `${batch}-${index}`,
    }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  }

  const received = await Promise.all(
    Array.from({ length: 20 }, () => receive(url, { MaxNumberOfMessages: 10, WaitTimeSeconds: 1 })),
  );

  const bodies = received.flat().map(({ Body }) => Body);
  expect(bodies).toHaveLength(100);
  expect(new Set(bodies).size).toBe(100);
});

test('a delayed message is not there before its delay has passed on the local clock', async () => {
  const { sqs, client, clock, receive } = await start();
  const { url } = sqs.createQueue('q', { DelaySeconds: 30 });
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'by the queue' }));
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'by itself', DelaySeconds: 60 }));
  const bodies = async () => (await receive(url, { MaxNumberOfMessages: 10 })).map(({ Body }) => Body);

  expect(await bodies()).toEqual([]);
  clock.advance(30);
  expect(await bodies()).toEqual(['by the queue']);
  clock.advance(29);
  expect(await bodies()).toEqual([]);
});

test('after maxReceiveCount receives a message is in the dead-letter queue, and a redrive brings it back', async () => {
  const { sqs, client, clock, receive } = await start();
  const deadLetters = sqs.createQueue('dead');
  const queue = sqs.createQueue('q', {
    VisibilityTimeout: 10,
    RedrivePolicy: { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 2 },
  });
  await client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'poison' }));
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(await receive(queue.url)).toHaveLength(1);
    clock.advance(10);
  }

  const third = await receive(queue.url);
  const [dead] = await receive(deadLetters.url, {
    MessageSystemAttributeNames: ['All'],
    VisibilityTimeout: 0,
  });
  await client.send(new StartMessageMoveTaskCommand({ SourceArn: deadLetters.arn }));
  const [redriven] = await receive(queue.url, { MessageSystemAttributeNames: ['All'] });

  expect(third).toEqual([]);
  expect(dead).toMatchObject({ Body: 'poison', Attributes: { DeadLetterQueueSourceArn: queue.arn } });
  expect(redriven).toMatchObject({ Body: 'poison', Attributes: { ApproximateReceiveCount: '1' } });
  expect(redriven!.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn');
});

test.each([
  'arn:aws:sqs:us-east-1:000000000000:nowhere',
  'arn:aws:sqs:eu-west-1:000000000000:email',
  'email',
])('the moves of %s, which is no queue, are a resource that is not found', async (SourceArn) => {
  const { sqs, client } = await start();
  sqs.createQueue('email');
  const notFound = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };

  const list = client.send(new ListMessageMoveTasksCommand({ SourceArn }));
  const move = client.send(new StartMessageMoveTaskCommand({ SourceArn }));

  await expect(list).rejects.toMatchObject(notFound);
  await expect(move).rejects.toMatchObject(notFound);
});

test('a move to a named queue takes messages of any origin, and is listed when it is done', async () => {
  const { sqs, client, receive } = await start();
  const deadLetters = sqs.createQueue('email-dlq');
  const queue = sqs.createQueue('email', {
    RedrivePolicy: { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 2 },
  });
  // Put there by SNS: no queue gave it up.
  deadLetters.send('undeliverable');
  const move = { SourceArn: deadLetters.arn, DestinationArn: queue.arn };

  const sources = await client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: deadLetters.url }));
  const before = await client.send(new ListMessageMoveTasksCommand({ SourceArn: deadLetters.arn }));
  await client.send(new StartMessageMoveTaskCommand(move));
  const after = await client.send(new ListMessageMoveTasksCommand({ SourceArn: deadLetters.arn }));

  expect(sources.queueUrls).toEqual([queue.url]);
  expect(before.Results).toEqual([]);
  expect(after.Results).toMatchObject([
    { ...move, Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 },
  ]);
  expect(await receive(queue.url)).toMatchObject([{ Body: 'undeliverable' }]);
});

test('a queue to which no other gives up its messages is not redriven', async () => {
  const { sqs, client } = await start();
  const { arn } = sqs.createQueue('email');

  await expect(client.send(new StartMessageMoveTaskCommand({ SourceArn: arn }))).rejects.toThrow(
    'Source queue must be configured as a Dead Letter Queue.',
  );
});

test('a message past its retention is gone', async () => {
  const { sqs, client, clock, receive } = await start();
  const { url } = sqs.createQueue('q', { MessageRetentionPeriod: 60 });
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }));

  clock.advance(61);

  expect(await receive(url)).toEqual([]);
});

test('only the latest receipt handle deletes', async () => {
  const { sqs, client, clock, receive } = await start();
  const { url } = sqs.createQueue('q', { VisibilityTimeout: 10 });
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }));
  const [first] = await receive(url);
  clock.advance(10);
  const [second] = await receive(url);

  await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first!.ReceiptHandle }));
  clock.advance(10);
  const afterStale = sqs.queueAt(url).counts();
  await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: second!.ReceiptHandle }));

  expect(afterStale).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  expect(sqs.queueAt(url).counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test('visibility can be given up, and cannot be changed for a message that is not in flight', async () => {
  const { sqs, client, receive } = await start();
  const { url } = sqs.createQueue('q');
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm' }));
  const [message] = await receive(url);
  const change = (ReceiptHandle: string | undefined) =>
    client.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }));

  await change(message!.ReceiptHandle);
  const repeated = change(message!.ReceiptHandle);

  await expect(repeated).rejects.toMatchObject({ name: 'MessageNotInflight' });
  await expect(change('nonsense')).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
  expect(await receive(url)).toHaveLength(1);
});

test('a batch reports the entries that failed beside those that did not', async () => {
  const { sqs, client, receive } = await start();
  const { url } = sqs.createQueue('q');
  const sent = await client.send(
    new SendMessageBatchCommand({
      QueueUrl: url,
      Entries: [
        { Id: 'good', MessageBody: 'm' },
        { Id: 'late', MessageBody: 'm', DelaySeconds: 901 },
      ],
    }),
  );
  const [message] = await receive(url);

  const deleted = await client.send(
    new DeleteMessageBatchCommand({
      QueueUrl: url,
      Entries: [
        { Id: 'one', ReceiptHandle: message!.ReceiptHandle },
        { Id: 'two', ReceiptHandle: 'nonsense' },
      ],
    }),
  );

  expect(sent.Successful!.map(({ Id }) => Id)).toEqual(['good']);
  expect(sent.Failed).toMatchObject([{ Id: 'late', Code: 'InvalidParameterValue', SenderFault: true }]);
  expect(deleted.Successful!.map(({ Id }) => Id)).toEqual(['one']);
  expect(deleted.Failed).toMatchObject([{ Id: 'two', Code: 'ReceiptHandleIsInvalid' }]);
});

test('queues are found by name, listed by prefix, described and purged', async () => {
  const { sqs, client, receive } = await start();
  const { url, arn } = sqs.createQueue('email');
  sqs.createQueue('sms');
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'waiting' }));
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'waiting' }));
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'delayed', DelaySeconds: 9 }));
  await receive(url);

  const found = await client.send(new GetQueueUrlCommand({ QueueName: 'email' }));
  const listed = await client.send(new ListQueuesCommand({ QueueNamePrefix: 'em' }));
  const described = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  await client.send(new PurgeQueueCommand({ QueueUrl: url }));

  expect(found.QueueUrl).toBe(url);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/000000000000\/email$/);
  expect(listed.QueueUrls).toEqual([url]);
  expect(described.Attributes).toMatchObject({
    QueueArn: arn,
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '1',
    ApproximateNumberOfMessagesDelayed: '1',
    VisibilityTimeout: '30',
  });
  expect(sqs.queue(arn).counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test('what is not there or not supported is refused by name', async () => {
  const { sqs, client } = await start();
  const { url } = sqs.createQueue('q');
  const missing = url.replace(/q$/, 'none');

  await expect(
    client.send(new SendMessageCommand({ QueueUrl: missing, MessageBody: 'm' })),
  ).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
  });
  await expect(client.send(new CreateQueueCommand({ QueueName: 'new' }))).rejects.toMatchObject({
    name: 'UnsupportedLocally',
    message: expect.stringContaining('sqs:CreateQueue'),
  });
  await expect(
    client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'm', MessageGroupId: 'g' })),
  ).rejects.toMatchObject({ name: 'UnsupportedLocally' });
  await expect(
    client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '\u0000' })),
  ).rejects.toMatchObject({
    name: 'InvalidMessageContents',
  });
  expect(() => sqs.createQueue('q.fifo')).toThrow('FIFO');
  expect(() => sqs.createQueue('q2', { FifoQueue: true })).toThrow('FifoQueue');
  expect(() => sqs.createQueue('q3', { VisibilityTimeout: 43_201 })).toThrow('VisibilityTimeout');
});

test('a restart finds every message again, those in flight visible with their receive count', async () => {
  const journalFile = join(temporaryDirectory(), 'sqs.jsonl');
  const { sqs, clock } = await start({ journalFile });
  const dead = sqs.createQueue('dead');
  const redrivePolicy = { deadLetterTargetArn: dead.arn, maxReceiveCount: 1 };
  const queue = sqs.createQueue('q', { VisibilityTimeout: 10, RedrivePolicy: redrivePolicy });
  queue.send('poison');
  await queue.receive();
  clock.advance(10);
  await queue.receive();
  for (const body of ['deleted', 'in flight', 'waiting']) queue.send(body);
  const [deleted] = await queue.receive();
  await queue.receive();
  queue.delete(deleted!.receiptHandle);

  const next = await start({ journalFile });
  const nextQueue = next.sqs.createQueue('q');
  const nextDead = next.sqs.createQueue('dead');

  const received = await nextQueue.receive({ maxMessages: 10 });
  expect(received.map(({ body, receiveCount }) => [body, receiveCount])).toEqual([
    ['in flight', 2],
    ['waiting', 1],
  ]);
  expect((await nextDead.receive()).map(({ body }) => body)).toEqual(['poison']);
});

test('every message that was acknowledged survives kill -9', async () => {
  const directory = temporaryDirectory();
  const journalFile = join(directory, 'sqs.jsonl');
  const acknowledged = join(directory, 'acknowledged');
  appendFileSync(acknowledged, '');
  const child = fork(join(__dirname, 'sqs-sender.ts'), [journalFile, acknowledged], {
    execArgv: ['-r', 'tsx/cjs'],
  });
  const linesOf = () => readFileSync(acknowledged, 'utf8').split('\n').filter(Boolean);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  while (linesOf().length < 50) await new Promise((resolve) => setTimeout(resolve, 20));

  child.kill('SIGKILL');
  await exited;

  const queue = createSqsService({ clock: new LocalClock(), journalFile }).createQueue('q');
  const found = new Set<string>();
  for (let page; (page = await queue.receive({ maxMessages: 10 })).length > 0;) {
    for (const { body } of page) found.add(body);
  }
  expect(linesOf().filter((body) => !found.has(body))).toEqual([]);
});

test('a reset forgets the messages, in the journal too, and keeps the queues', async () => {
  const journalFile = join(temporaryDirectory(), 'sqs.jsonl');
  const { sqs, receive } = await start({ journalFile });
  const queue = sqs.createQueue('q');
  queue.send('m');

  sqs.reset();

  expect(await receive(queue.url)).toEqual([]);
  expect(readFileSync(journalFile, 'utf8')).toBe('');
});
