import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { type Cloud } from '../../../local/core/cloud';
import { dynamoDbClient } from '../../../local/dynamodb/dynamodb-client';
import { EVENTBRIDGE } from '../../../local/eventbridge/plugin';
import { PIPES } from '../../../local/pipes/plugin';
import { type PipeReport } from '../../../local/pipes/pipe';
import { eventually } from '../../../harness/eventpro-client';
import { temporaryDirectory, track } from '../aws-endpoint-fixture';
import { callAws, controlRoute, queueOf, refOf, startTemplate } from '../template-cloud';

const getAtt = (id: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });

const table = (more: object = { StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } }) => ({
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    Replicas: [{ Region: 'us-east-1' }],
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    ...more,
  },
});

/** New is SOLD, and old was not: as a pipe tells a transition, which compares fields with constants alone. */
const SOLD = {
  dynamodb: {
    NewImage: { status: { S: ['SOLD'] } },
    OldImage: { status: { S: [{ exists: false }, { 'anything-but': 'SOLD' }] } },
  },
};

const template = ({
  stream = {},
  pattern = SOLD,
  more = {},
}: { stream?: object; pattern?: object; more?: object } = {}) => ({
  Table: table(),
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop-bus' } },
  Dead: { Type: 'AWS::SQS::Queue' },
  Pipe: {
    Type: 'AWS::Pipes::Pipe',
    Properties: {
      Name: 'sales',
      RoleArn: 'arn:aws:iam::000000000000:role/pipe',
      Source: getAtt('Table', 'StreamArn'),
      SourceParameters: {
        DynamoDBStreamParameters: {
          ...{ StartingPosition: 'LATEST', BatchSize: 10, MaximumRetryAttempts: 2 },
          DeadLetterConfig: { Arn: getAtt('Dead') },
          ...stream,
        },
        FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] },
      },
      Target: getAtt('Bus'),
      TargetParameters: {
        InputTemplate: '{"id": <$.dynamodb.Keys.id.S>, "sequence": <$.dynamodb.NewImage.sequence.N>}',
        EventBridgeEventBusParameters: { Source: 'shop', DetailType: '$.dynamodb.NewImage.status.S' },
      },
      ...more,
    },
  },
});

let client: DynamoDBClient;
async function start(resources: object = template(), options = {}): Promise<Cloud> {
  const cloud = await startTemplate(resources, [PIPES], options);
  client = track(dynamoDbClient(cloud.urls.dynamodb!));
  return cloud;
}

const item = (id: string, status: string, more: object = {}) => ({
  ...{ id: { S: id }, status: { S: status }, sequence: { N: '1' }, ...more },
});
const write = (cloud: Cloud, ...of: Parameters<typeof item>) =>
  client.send(new PutItemCommand({ TableName: refOf(cloud, 'Table'), Item: item(...of) }));

interface Published {
  readonly 'detail-type': string;
  readonly source: string;
  readonly detail: { readonly id: string };
}
/** Oldest first. */
async function published(cloud: Cloud): Promise<Published[]> {
  const { events } = (await controlRoute(cloud, 'GET /local/bus')) as { events: Published[] };
  return events.reverse();
}
const ids = async (cloud: Cloud) => (await published(cloud)).map(({ detail }) => detail.id);

async function publishedCount(cloud: Cloud, count: number): Promise<string[]> {
  return eventually(async () => {
    const known = await ids(cloud);
    return known.length >= count ? known : undefined;
  }, `${count} events`);
}

async function report(cloud: Cloud): Promise<PipeReport> {
  return ((await controlRoute(cloud, 'GET /local/pipes')) as { pipes: PipeReport[] }).pipes[0]!;
}

test('a pipe publishes each transition once, in the order of the stream, and nothing else', async () => {
  const cloud = await start();

  await write(cloud, 'a', 'HELD');
  await write(cloud, 'a', 'SOLD');
  await write(cloud, 'a', 'SOLD', { note: { S: 'changed' } });
  await write(cloud, 'b', 'SOLD');
  // DynamoDB makes no record of a write that changes nothing; the pattern alone would not tell.
  await write(cloud, 'b', 'SOLD');
  await client.send(new DeleteItemCommand({ TableName: refOf(cloud, 'Table'), Key: { id: { S: 'a' } } }));
  await client.send(
    new TransactWriteItemsCommand({
      TransactItems: ['c', 'd'].map((id) => ({
        Put: { TableName: refOf(cloud, 'Table'), Item: item(id, 'SOLD') },
      })),
    }),
  );

  expect(await publishedCount(cloud, 4)).toEqual(['a', 'b', 'c', 'd']);
  expect(await published(cloud)).toMatchObject([
    { source: 'shop', 'detail-type': 'SOLD', detail: { id: 'a', sequence: '1' } },
    ...[{}, {}, {}],
  ]);
});

test('a write that changes nothing is no record', async () => {
  const cloud = await start(template({ pattern: { eventSource: ['aws:dynamodb'] } }));

  await write(cloud, 'a', 'SOLD');
  await write(cloud, 'a', 'SOLD');
  await write(cloud, 'b', 'SOLD');

  expect(await publishedCount(cloud, 2)).toEqual(['a', 'b']);
});

test('what the time to live removes is told from what somebody deletes', async () => {
  const pattern = {
    eventName: ['REMOVE'],
    userIdentity: { principalId: ['dynamodb.amazonaws.com'], type: ['Service'] },
  };
  const cloud = await start(
    template({ pattern, more: { TargetParameters: { InputTemplate: '{"id":"<$.dynamodb.Keys.id.S>"}' } } }),
  );
  const expiresAt = { N: String(Math.floor(cloud.clock.now() / 1000) + 60) };
  await write(cloud, 'deleted', 'SOLD', { expiresAt });
  await write(cloud, 'expired', 'SOLD', { expiresAt });
  await client.send(
    new DeleteItemCommand({ TableName: refOf(cloud, 'Table'), Key: { id: { S: 'deleted' } } }),
  );

  cloud.clock.advance(120);

  expect(await publishedCount(cloud, 1)).toEqual(['expired']);
});

test('a pipe that is down misses nothing, and goes on where it was', async () => {
  const cloud = await start();
  await write(cloud, 'a', 'SOLD');
  await publishedCount(cloud, 1);
  const stopped = await callAws(cloud, { service: 'pipes', path: '/v1/pipes/sales/stop' });

  await write(cloud, 'b', 'SOLD');
  cloud.clock.advance(3_600);
  const whileDown = await ids(cloud);
  await callAws(cloud, { service: 'pipes', path: '/v1/pipes/sales/start' });

  expect(stopped.body).toMatchObject({ Name: 'sales', DesiredState: 'STOPPED' });
  expect(whileDown).toEqual(['a']);
  expect(await publishedCount(cloud, 2)).toEqual(['a', 'b']);
});

test('a record of the second in which the clock was moved by more than its oldest age is not too old', async () => {
  const cloud = await start(template({ stream: { MaximumRecordAgeInSeconds: 3_600 } }));
  // A third into a second: some of it is before the move, and the write is within it.
  await delay(1_300 - (Date.now() % 1_000));

  cloud.clock.advance(86_400);
  await write(cloud, 'a', 'SOLD');

  expect(await publishedCount(cloud, 1)).toEqual(['a']);
  expect((await report(cloud)).givenUp).toBe(0);
});

test('a pipe that is killed loses nothing, though it may repeat', async () => {
  const cloud = await start();
  const written = Array.from({ length: 60 }, (_, index) => `item-${index}`);

  for (const [index, id] of written.entries()) {
    await write(cloud, id, 'SOLD');
    if (index % 10 === 5) await controlRoute(cloud, 'POST /local/pipes/*/kill', 'sales');
  }

  await eventually(
    async () => (new Set(await ids(cloud)).size === written.length ? true : undefined),
    'all events',
  );
});

test('what was written while the run was down is published when it is back, and what was published is not', async () => {
  const dataDirectory = temporaryDirectory();
  const first = await start(template(), { dataDirectory });
  await write(first, 'a', 'SOLD');
  await publishedCount(first, 1);
  await controlRoute(first, 'POST /local/pipes/*/stop', 'sales');
  await write(first, 'b', 'SOLD');
  await first.close();

  const second = await start(template(), { dataDirectory });

  expect(await publishedCount(second, 2)).toEqual(['a', 'b']);
});

test('a table that was made without a stream gets one, and its items are no events', async () => {
  const dataDirectory = temporaryDirectory();
  const before = await start({ Table: table({}) }, { dataDirectory });
  await write(before, 'old', 'SOLD');
  await before.close();

  const now = await start(template({ stream: { StartingPosition: 'TRIM_HORIZON' } }), { dataDirectory });
  await write(now, 'new', 'SOLD');

  expect(await publishedCount(now, 1)).toEqual(['new']);
});

test('a reset is no event, and ends what a pipe had before it', async () => {
  const dataDirectory = temporaryDirectory();
  const everything = { eventSource: ['aws:dynamodb'] };
  const resources = template({ pattern: everything, stream: { StartingPosition: 'TRIM_HORIZON' } });
  const cloud = await start(resources, { dataDirectory });
  await controlRoute(cloud, 'POST /local/pipes/*/stop', 'sales');
  await write(cloud, 'before', 'SOLD');

  await cloud.reset();
  await write(cloud, 'after', 'SOLD');

  expect(await publishedCount(cloud, 1)).toEqual(['after']);
  await cloud.close();
  const again = await start(resources, { dataDirectory });
  await write(again, 'later', 'SOLD');
  expect(await publishedCount(again, 2)).toEqual(['after', 'later']);
});

describe('a record that the bus does not take', () => {
  const malformed = (more: object) =>
    template({
      stream: { ...more },
      more: {
        TargetParameters: {
          InputTemplate: '<$.dynamodb.NewImage.detail.S>',
          EventBridgeEventBusParameters: { Source: 'shop' },
        },
      },
    });
  const detail = (id: string) => ({ detail: { S: JSON.stringify({ id }) } });

  test('is tried again, and then given up; those after it arrive', async () => {
    const cloud = await start(
      template({
        more: {
          TargetParameters: {
            InputTemplate: '{"id": <$.dynamodb.Keys.id.S>}',
            EventBridgeEventBusParameters: { Source: '$.dynamodb.NewImage.source.S' },
          },
        },
        stream: { OnPartialBatchItemFailure: 'AUTOMATIC_BISECT' },
      }),
    );
    await controlRoute(cloud, 'POST /local/pipes/*/stop', 'sales');
    for (const id of ['a', 'b', 'c', 'd'])
      await write(cloud, id, 'SOLD', { source: { S: id === 'b' ? 'aws.forbidden' : 'shop' } });
    await controlRoute(cloud, 'POST /local/pipes/*/start', 'sales');

    const dead = queueOf(cloud, 'Dead');
    await eventually(async () => {
      cloud.clock.advance(60);
      return dead.counts().visible === 1 ? true : undefined;
    }, 'a dead letter');
    await eventually(async () => ((await report(cloud)).delivered >= 3 ? true : undefined), 'the others');

    // At least once: halves that failed were sent before.
    expect([...new Set(await ids(cloud))]).toEqual(['a', 'c', 'd']);
    const [message] = await dead.receive();
    expect(JSON.parse(message!.body)).toMatchObject({
      context: {
        condition: 'RetryAttemptsExhausted',
        partnerResourceArn: 'arn:aws:pipes:us-east-1:000000000000:pipe/sales',
      },
      DDBStreamBatchInfo: { batchSize: 1, startSequenceNumber: '2', endSequenceNumber: '2' },
    });
    expect(message!.body).not.toContain('forbidden');
    expect(await report(cloud)).toMatchObject({ givenUp: 1 });
  });

  test('too old to be tried is given up at once', async () => {
    const cloud = await start(malformed({ MaximumRecordAgeInSeconds: 60 }));
    await controlRoute(cloud, 'POST /local/pipes/*/stop', 'sales');
    await write(cloud, 'old', 'SOLD', detail('old'));
    // A stream dates in whole seconds: what is of the second of the move counts as younger.
    await delay(1_000 - (Date.now() % 1_000));
    cloud.clock.advance(120);
    await controlRoute(cloud, 'POST /local/pipes/*/start', 'sales');

    const [message] = await eventually(async () => {
      const messages = await queueOf(cloud, 'Dead').receive();
      return messages.length > 0 ? messages : undefined;
    }, 'a dead letter');

    expect(JSON.parse(message!.body)).toMatchObject({ context: { condition: 'RecordAgeExceeded' } });
    expect(await ids(cloud)).toEqual([]);
  });
});

test.each([
  [
    'an enrichment',
    { more: { Enrichment: 'arn:aws:lambda:us-east-1:000000000000:function:x' } },
    'The property Enrichment of AWS::Pipes::Pipe',
  ],
  ['another source', { more: { Source: 'arn:aws:sqs:us-east-1:000000000000:x' } }, 'The source arn:aws:sqs'],
  ['another target', { more: { Target: 'arn:aws:sqs:us-east-1:000000000000:x' } }, 'The target arn:aws:sqs'],
  [
    'an operator of rules alone',
    { pattern: { eventName: [{ wildcard: '*' }] } },
    'Event pattern is not valid',
  ],
  ['a batch of none', { stream: { BatchSize: 0 } }, 'BatchSize must be a whole number from 1 to 10000'],
  [
    'a position in time',
    { stream: { StartingPosition: 'AT_TIMESTAMP' } },
    'StartingPosition must be TRIM_HORIZON or LATEST',
  ],
  [
    'an unknown variable',
    { more: { TargetParameters: { InputTemplate: '{"a":<aws.pipes.nothing>}' } } },
    'The variable <aws.pipes.nothing>',
  ],
  ['a filter on a key', { more: { TargetParameters: { InputTemplate: '{"a":<$.a[?(@.b)]>}' } } }, '$.a'],
])('%s is refused when the app starts', async (_, changed, message) => {
  await expect(start(template(changed))).rejects.toThrow(message);
});

test('the bus is what EVENTBRIDGE has', async () => {
  const cloud = await start();

  expect(cloud.get(EVENTBRIDGE).bus('shop-bus').arn).toBe(
    'arn:aws:events:us-east-1:000000000000:event-bus/shop-bus',
  );
});
