import { type Cloud } from '../../../local/core/cloud';
import { EVENTBRIDGE } from '../../../local/eventbridge/plugin';
import { eventually } from '../../../harness/eventpro-client';
import { temporaryDirectory } from '../aws-endpoint-fixture';
import { callAws, controlRoute, queueOf, startTemplate } from '../template-cloud';

const getAtt = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/shop-bus';
const ARCHIVE = 'arn:aws:events:us-east-1:000000000000:archive/all';
const ruleArn = (name: string) => `arn:aws:events:us-east-1:000000000000:rule/shop-bus/${name}`;

const rule = (Name: string, queue: string) => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    ...{ Name, EventBusName: { Ref: 'Bus' }, EventPattern: { source: ['shop'] } },
    Targets: [{ Id: 'Target', Arn: getAtt(queue) }],
  },
});

const template = {
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop-bus' } },
  Archive: {
    Type: 'AWS::Events::Archive',
    Properties: {
      ...{ ArchiveName: 'all', SourceArn: getAtt('Bus'), RetentionDays: 7 },
      EventPattern: { 'detail-type': ['Sold'] },
    },
  },
  One: { Type: 'AWS::SQS::Queue' },
  Two: { Type: 'AWS::SQS::Queue' },
  RuleOne: rule('one', 'One'),
  RuleTwo: rule('two', 'Two'),
};

const start = (options = {}) => startTemplate(template, [EVENTBRIDGE], options);
const call = (cloud: Cloud, operation: string, body: object) =>
  callAws(cloud, { service: 'events', target: `AWSEvents.${operation}`, body });

const put = (cloud: Cloud, ...ids: readonly string[]) =>
  call(cloud, 'PutEvents', {
    Entries: ids.map((id) => ({
      ...{ EventBusName: 'shop-bus', Source: 'shop', Detail: JSON.stringify({ id }) },
      DetailType: id.startsWith('other') ? 'Other' : 'Sold',
    })),
  });

const received = (cloud: Cloud, queue: string, count: number) =>
  eventually(async () => {
    if (queueOf(cloud, queue).counts().visible < count) return undefined;
    const messages = await queueOf(cloud, queue).receive({ maxMessages: 10 });
    for (const { receiptHandle } of messages) queueOf(cloud, queue).delete(receiptHandle);
    return messages.map(
      ({ body }) => JSON.parse(body) as { id: string; 'replay-name'?: string; detail: { id: string } },
    );
  }, `${count} messages`);

/** From an hour ago until in an hour. */
const replay = (cloud: Cloud, input: object = {}) => {
  const now = cloud.clock.now() / 1000;
  return call(cloud, 'StartReplay', {
    ...{ ReplayName: 'again', EventSourceArn: ARCHIVE, Destination: { Arn: BUS } },
    ...{ EventStartTime: now - 3_600, EventEndTime: now + 3_600 },
    ...input,
  });
};

const ended = (cloud: Cloud, ReplayName = 'again') =>
  eventually(async () => {
    const { body } = await call(cloud, 'DescribeReplay', { ReplayName });
    return ['COMPLETED', 'CANCELLED', 'FAILED'].includes(body.State as string)
      ? (body as { State: string })
      : undefined;
  }, 'the end of the replay');

test('a replay sends what the archive has kept to the rules it names, under its name, and to no other', async () => {
  const cloud = await start();
  await put(cloud, 'a', 'other', 'b');
  const before = await received(cloud, 'One', 3);
  await received(cloud, 'Two', 3);

  const { body } = await replay(cloud, { Destination: { Arn: BUS, FilterArns: [ruleArn('one')] } });

  expect(body).toMatchObject({
    State: 'STARTING',
    ReplayArn: expect.stringContaining('replay/again') as string,
  });
  expect(await ended(cloud)).toMatchObject({ State: 'COMPLETED' });
  const again = await received(cloud, 'One', 2);
  expect(again.map(({ detail }) => detail.id).sort()).toEqual(['a', 'b']);
  expect(again.every((event) => event['replay-name'] === 'again')).toBe(true);
  expect(again.map(({ id }) => id).sort()).toEqual(
    before
      .filter(({ detail }) => detail.id !== 'other')
      .map(({ id }) => id)
      .sort(),
  );
  expect(queueOf(cloud, 'Two').counts().visible).toBe(0);
  // Each beside what became of it at first.
  const { events } = (await controlRoute(cloud, 'GET /local/bus')) as { events: { deliveries: object[] }[] };
  expect(events.map(({ deliveries }) => deliveries.length)).toEqual([1, 1, 2, 2, 2]);
  // What was replayed is not kept once more.
  expect((await call(cloud, 'DescribeArchive', { ArchiveName: 'all' })).body).toMatchObject({
    EventCount: 2,
  });
});

test('only what happened in the time asked for, and is not too old for the archive', async () => {
  const cloud = await start();
  await put(cloud, 'a');
  await received(cloud, 'One', 1);
  cloud.clock.advance(7_200);
  await put(cloud, 'b');
  await received(cloud, 'One', 1);

  await replay(cloud);
  await ended(cloud);
  const inTime = await received(cloud, 'One', 1);
  cloud.clock.advance(8 * 86_400);
  await replay(cloud, { ReplayName: 'late', EventStartTime: 0 });
  await ended(cloud, 'late');

  expect(inTime.map(({ detail }) => detail.id)).toEqual(['b']);
  expect(queueOf(cloud, 'One').counts().visible).toBe(0);
});

test.each([
  ['a name that was used', { ReplayName: 'used' }, 'ResourceAlreadyExistsException'],
  ['an archive that is not there', { EventSourceArn: `${ARCHIVE}-x` }, 'ResourceNotFoundException'],
  ['another bus', { Destination: { Arn: `${BUS}-x` } }, 'ValidationException'],
  ['an end before the beginning', { EventEndTime: 0 }, 'ValidationException'],
  [
    'a rule that is not there',
    { Destination: { Arn: BUS, FilterArns: [ruleArn('x')] } },
    'ValidationException',
  ],
])('%s is refused', async (_, input, code) => {
  const cloud = await start();
  await replay(cloud, { ReplayName: 'used' });
  await ended(cloud, 'used');

  const { status, body } = await replay(cloud, input);

  expect(status).toBe(400);
  expect(body).toMatchObject({ __type: code });
});

test('a replay can be cancelled, once', async () => {
  const cloud = await start();
  for (let ten = 0; ten < 30; ten++)
    await put(cloud, ...Array.from({ length: 10 }, (_, index) => `${ten}-${index}`));
  await replay(cloud);

  const { body } = await call(cloud, 'CancelReplay', { ReplayName: 'again' });
  const { State } = await ended(cloud);

  expect([body.State ?? body.__type, State]).toEqual(
    body.State ? ['CANCELLING', 'CANCELLED'] : ['IllegalStatusException', 'COMPLETED'],
  );
  expect((await call(cloud, 'CancelReplay', { ReplayName: 'again' })).body).toMatchObject({
    __type: 'IllegalStatusException',
  });
  expect((await call(cloud, 'ListReplays', { NamePrefix: 'ag' })).body).toMatchObject({
    Replays: [{ ReplayName: 'again' }],
  });
});

test('the archive outlives a restart, and a reset empties it', async () => {
  const dataDirectory = temporaryDirectory();
  const first = await start({ dataDirectory });
  await put(first, 'a');
  await received(first, 'One', 1);
  await first.close();

  const second = await start({ dataDirectory });
  await replay(second);
  await ended(second);
  const again = await received(second, 'One', 1);
  await second.reset();
  await replay(second);
  await ended(second);

  expect(again).toMatchObject([{ detail: { id: 'a' }, 'replay-name': 'again' }]);
  expect(queueOf(second, 'One').counts().visible).toBe(0);
});
