import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cloud } from '../../../local/core/cloud';
import { EVENTBRIDGE } from '../../../local/eventbridge/plugin';
import { LAMBDA } from '../../../local/lambda/plugin';
import { eventually } from '../../../harness/eventpro-client';
import { temporaryDirectory } from '../aws-endpoint-fixture';
import { callAws, controlRoute, queueOf, startTemplate } from '../template-cloud';

const getAtt = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:taker';

function rule(target: object, more: object = {}) {
  const Properties = {
    EventBusName: { Ref: 'Bus' },
    EventPattern: { source: ['shop'], detail: { state: [{ prefix: 'SOLD' }] } },
    Targets: [{ Id: 'Target', ...target }],
    ...more,
  };
  return { Type: 'AWS::Events::Rule', Properties };
}

const template = (rules: object) => ({
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop-bus' } },
  Queue: { Type: 'AWS::SQS::Queue' },
  Dead: { Type: 'AWS::SQS::Queue' },
  ...rules,
});

const start = (rules: object, options = {}) => startTemplate(template(rules), [EVENTBRIDGE], options);

function put(cloud: Cloud, ...entries: readonly object[]) {
  const Entries = entries.map((entry) => ({
    ...{ EventBusName: 'shop-bus', Source: 'shop', DetailType: 'Sold', Detail: '{"state":"SOLD_1"}' },
    ...entry,
  }));
  return callAws(cloud, { service: 'events', target: 'AWSEvents.PutEvents', body: { Entries } });
}

async function received(cloud: Cloud, queue: string, count: number): Promise<string[]> {
  return eventually(async () => {
    const waiting = queueOf(cloud, queue);
    return waiting.counts().visible >= count
      ? (await waiting.receive({ maxMessages: 10 })).map(({ body }) => body)
      : undefined;
  }, `${count} messages in ${queue}`);
}

interface Listed {
  readonly events: readonly {
    readonly id: string;
    readonly 'detail-type': string;
    readonly deliveries: readonly { status: string; attempts: number; error?: { code: string } }[];
  }[];
}
const bus = async (cloud: Cloud) => ((await controlRoute(cloud, 'GET /local/bus')) as Listed).events;

/** A function that notes what it gets, and fails as often as it is told. */
function registerFunction(cloud: Cloud, code: string): void {
  const directory = temporaryDirectory();
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'index.js'), code);
  cloud.get(LAMBDA).register({
    ...{ name: 'taker', arn: functionArn, codeDirectory: directory, handler: 'index.handler' },
    ...{ timeoutSeconds: 3, memoryMb: 128, environment: {}, logging: { format: 'JSON' } },
  });
}

test('an event goes to the targets of the rules that match it, and to no other', async () => {
  const cloud = await start({
    Rule: rule({ Arn: getAtt('Queue') }),
    Other: rule({ Arn: getAtt('Dead') }, { EventPattern: { source: ['elsewhere'] } }),
    Off: rule({ Arn: getAtt('Dead') }, { State: 'DISABLED' }),
  });

  const { body } = await put(cloud, { Resources: ['a'] }, { Detail: '{"state":"HELD"}' });

  expect(body).toMatchObject({ FailedEntryCount: 0, Entries: [{}, {}] });
  const [message] = await received(cloud, 'Queue', 1);
  expect(JSON.parse(message!)).toEqual({
    ...{ version: '0', id: body.Entries[0].EventId, 'detail-type': 'Sold', source: 'shop' },
    ...{ account: '000000000000', region: 'us-east-1', resources: ['a'], detail: { state: 'SOLD_1' } },
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
  });
  expect(queueOf(cloud, 'Dead').counts().visible).toBe(0);
  expect((await bus(cloud)).map(({ deliveries }) => deliveries.map(({ status }) => status))).toEqual([
    [],
    ['delivered'],
  ]);
});

test('a function gets the event itself', async () => {
  const file = join(temporaryDirectory(), 'got');
  const cloud = await start({ Rule: rule({ Arn: functionArn, InputPath: '$.detail' }) });
  registerFunction(
    cloud,
    `exports.handler = async (event) => require('fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(event))`,
  );

  await put(cloud, {});

  await eventually(
    async () => ((await bus(cloud))[0]!.deliveries[0]!.status === 'delivered' ? true : undefined),
    'it',
  );
  expect(await import('node:fs').then(({ readFileSync }) => readFileSync(file, 'utf8'))).toBe(
    '{"state":"SOLD_1"}',
  );
});

describe('what PutEvents refuses', () => {
  test.each([
    ['no source', { Source: undefined }, 'InvalidArgument'],
    ['an empty type', { DetailType: '' }, 'InvalidArgument'],
    ['no detail', { Detail: undefined }, 'InvalidArgument'],
    ['a source of AWS', { Source: 'aws.dynamodb' }, 'NotAuthorizedForSource'],
    ['a detail that is not JSON', { Detail: '{' }, 'MalformedDetail'],
    ['a detail that is an array', { Detail: '[]' }, 'MalformedDetail'],
    ['a detail that is a text', { Detail: '"x"' }, 'MalformedDetail'],
  ])('%s, and takes the other entry', async (_, entry, ErrorCode) => {
    const cloud = await start({ Rule: rule({ Arn: getAtt('Queue') }) });

    const { status, body } = await put(cloud, entry, {});

    expect(status).toBe(200);
    expect(body).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode }, { EventId: expect.any(String) as string }],
    });
    expect(await bus(cloud)).toHaveLength(1);
  });

  test.each([
    ['no entries', []],
    ['eleven entries', Array.from({ length: 11 }, () => ({}))],
    [
      'more than 256 KB',
      [
        { Detail: JSON.stringify({ state: 'x'.repeat(140_000) }) },
        { Detail: JSON.stringify({ state: 'x'.repeat(140_000) }) },
      ],
    ],
  ])('%s, altogether', async (_, entries) => {
    const cloud = await start({});

    const { status, body } = await put(cloud, ...entries);

    expect(status).toBe(400);
    expect(body).toMatchObject({ __type: 'ValidationException' });
    expect(await bus(cloud)).toEqual([]);
  });
});

test('a target that is not there is not tried again, and its event goes to the dead-letter queue', async () => {
  const cloud = await start({
    Rule: rule({ Arn: functionArn, DeadLetterConfig: { Arn: getAtt('Dead') } }),
  });

  await put(cloud, {});

  const [message] = await eventually(async () => {
    const messages = await queueOf(cloud, 'Dead').receive();
    return messages.length > 0 ? messages : undefined;
  }, 'a dead letter');
  expect(JSON.parse(message!.body)).toMatchObject({ 'detail-type': 'Sold', detail: { state: 'SOLD_1' } });
  const attributes = Object.entries(message!.attributes).map(([name, { StringValue }]) => [
    name,
    StringValue,
  ]);
  expect(Object.fromEntries(attributes)).toMatchObject({
    ...{ ERROR_CODE: 'NO_RESOURCE', EXHAUSTED_RETRY_CONDITION: 'NonRetriableError', RETRY_ATTEMPTS: '0' },
    TARGET_ARN: functionArn,
  });
  await eventually(
    async () => ((await bus(cloud))[0]!.deliveries[0]!.status === 'failed' ? true : undefined),
    'its end',
  );
});

test('a transformer makes JSON of an event, whatever is in its texts', async () => {
  const InputTransformer = {
    InputPathsMap: {
      note: '$.detail.note',
      count: '$.detail.count',
      none: '$.detail.none',
      seats: '$.detail.seats[*].id',
    },
    InputTemplate:
      '{"text":"a <note> b","note":<note>,"count":<count>,"none":<none>,"seats":<seats>,"rule":"<aws.events.rule-name>"}',
  };
  const cloud = await start({
    Rule: rule({ Arn: getAtt('Queue'), InputTransformer }, { Name: 'transforms' }),
  });
  const Detail = JSON.stringify({
    state: 'SOLD',
    note: 'say "<x>"\n',
    count: 2,
    seats: [{ id: 'A' }, { id: 'B' }],
  });

  await put(cloud, { Detail });

  const [message] = await received(cloud, 'Queue', 1);
  expect(JSON.parse(message!)).toEqual({
    ...{
      text: 'a say "<x>"\n b',
      note: 'say "<x>"\n',
      count: 2,
      none: '',
      seats: ['A', 'B'],
      rule: 'transforms',
    },
  });
});

test('what was acknowledged arrives after a restart, and what has arrived does not come again', async () => {
  const dataDirectory = temporaryDirectory();
  const rules = { Rule: rule({ Arn: getAtt('Queue') }), Slow: rule({ Arn: functionArn }) };
  const first = await start(rules, { dataDirectory });
  registerFunction(first, 'exports.handler = () => new Promise(() => undefined)');
  await put(first, {});
  await received(first, 'Queue', 1);
  await first.close();

  const second = await start(rules, { dataDirectory });
  registerFunction(second, 'exports.handler = async () => "taken"');

  const [event] = await eventually(async () => {
    const events = await bus(second);
    return events[0]!.deliveries.every(({ status }) => status !== 'pending') ? events : undefined;
  }, 'both deliveries');
  expect(event!.deliveries).toHaveLength(2);
  // The one message is that of before, given back when its reader ended.
  expect(queueOf(second, 'Queue').counts().visible).toBe(1);
});

test('a reset forgets the events, and what was under way', async () => {
  const cloud = await start({ Rule: rule({ Arn: getAtt('Queue') }) });
  await put(cloud, {});
  await received(cloud, 'Queue', 1);

  await cloud.reset();

  expect(await bus(cloud)).toEqual([]);
  await put(cloud, {});
  expect(await received(cloud, 'Queue', 1)).toHaveLength(1);
});

test.each([
  [
    'a target of another service',
    rule({ Arn: 'arn:aws:kinesis:us-east-1:000000000000:stream/x' }),
    'The target arn:aws:kinesis',
  ],
  [
    'a property of a target',
    rule({ Arn: getAtt('Queue'), KinesisParameters: {} }),
    'The property KinesisParameters of AWS::Events::Rule Targets',
  ],
  ['a schedule', rule({ Arn: getAtt('Queue') }, { ScheduleExpression: 'rate(1 day)' }), 'ScheduleExpression'],
  [
    'a wrong pattern',
    rule({ Arn: getAtt('Queue') }, { EventPattern: { source: 'shop' } }),
    '"source" must be an object or an array',
  ],
  [
    'a variable that no path sets',
    rule({ Arn: getAtt('Queue'), InputTransformer: { InputTemplate: '<x>' } }),
    'invalid placeholder x',
  ],
  [
    'two inputs',
    rule({ Arn: getAtt('Queue'), Input: '{}', InputPath: '$.detail' }),
    'Only one of Input, InputPath, or InputTransformer',
  ],
  [
    'too many attempts',
    rule({ Arn: getAtt('Queue'), RetryPolicy: { MaximumRetryAttempts: 186 } }),
    'from 0 to 185',
  ],
])('%s is refused when the app starts', async (_, refused, message) => {
  await expect(start({ Rule: refused })).rejects.toThrow(message);
});
