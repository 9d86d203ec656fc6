import { type Cloud } from '../../../local/core/cloud';
import { SCHEDULER } from '../../../local/scheduler/plugin';
import { eventually } from '../../../harness/eventpro-client';
import { temporaryDirectory } from '../aws-endpoint-fixture';
import { callAws, controlRoute, queueOf, startTemplate } from '../template-cloud';

const resources = {
  Queue: { Type: 'AWS::SQS::Queue' },
  Dead: { Type: 'AWS::SQS::Queue' },
  Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'reminders' } },
};
const start = (options = {}) => startTemplate(resources, [SCHEDULER], options);

/** `at(…)` so many seconds from now. */
const inSeconds = (cloud: Cloud, seconds: number) =>
  `at(${new Date(cloud.clock.now() + seconds * 1000).toISOString().slice(0, 19)})`;

const scheduleOf = (cloud: Cloud, more: object = {}) => ({
  GroupName: 'reminders',
  ScheduleExpression: inSeconds(cloud, 3_600),
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: 'DELETE',
  Target: {
    Arn: queueOf(cloud, 'Queue').arn,
    RoleArn: 'arn:aws:iam::000000000000:role/scheduler',
    Input: '{"reference":"R1"}',
  },
  ...more,
});

const call = (cloud: Cloud, method: string, path: string, body: object = {}) =>
  callAws(cloud, { service: 'scheduler', method, path, body });
const create = (cloud: Cloud, name: string, more: object = {}) =>
  call(cloud, 'POST', `/schedules/${name}`, scheduleOf(cloud, more));
const get = (cloud: Cloud, name: string) => call(cloud, 'GET', `/schedules/${name}?groupName=reminders`);

interface Listed {
  readonly schedules: readonly { readonly name: string; readonly at: string; readonly status: string }[];
}
const names = async (cloud: Cloud) =>
  ((await controlRoute(cloud, 'GET /local/schedules')) as Listed).schedules.map(({ name }) => name);

const received = (cloud: Cloud, queue = 'Queue') =>
  eventually(async () => {
    const [message] = await queueOf(cloud, queue).receive();
    if (message) queueOf(cloud, queue).delete(message.receiptHandle);
    return message?.body;
  }, `a message in ${queue}`);
const waiting = (cloud: Cloud) => queueOf(cloud, 'Queue').counts().visible;

test('a schedule invokes its target once, when it is due, and is gone', async () => {
  const cloud = await start();
  const created = await create(cloud, 'one');
  cloud.clock.advance(3_590);
  const before = [waiting(cloud), await names(cloud)];

  cloud.clock.advance(60);

  expect(created.body).toEqual({
    ScheduleArn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/reminders/one',
  });
  expect(before).toEqual([0, ['one']]);
  expect(await received(cloud)).toBe('{"reference":"R1"}');
  expect((await get(cloud, 'one')).status).toBe(404);
  cloud.clock.advance(86_400);
  expect(waiting(cloud)).toBe(0);
});

test('one that is not deleted afterwards stays, and is not invoked again', async () => {
  const cloud = await start();
  await create(cloud, 'one', { ActionAfterCompletion: 'NONE' });

  cloud.clock.advance(3_660);
  await received(cloud);
  cloud.clock.advance(86_400);

  await eventually(async () => {
    const { schedules } = (await controlRoute(cloud, 'GET /local/schedules')) as Listed;
    return schedules[0]?.status === 'completed' ? true : undefined;
  }, 'its end');
  expect(waiting(cloud)).toBe(0);
});

test('one that is moved is due at the new time alone; one that is deleted, never', async () => {
  const cloud = await start();
  await create(cloud, 'moved');
  await create(cloud, 'nearer', { ScheduleExpression: inSeconds(cloud, 86_400) });
  await create(cloud, 'deleted');

  const later = scheduleOf(cloud, {
    ScheduleExpression: inSeconds(cloud, 7_200),
    Target: { ...scheduleOf(cloud).Target, Input: '"moved"' },
  });
  await call(cloud, 'PUT', '/schedules/moved', later);
  await call(
    cloud,
    'PUT',
    '/schedules/nearer',
    scheduleOf(cloud, { ScheduleExpression: inSeconds(cloud, 60) }),
  );
  await call(cloud, 'DELETE', '/schedules/deleted?groupName=reminders');
  cloud.clock.advance(3_700);

  expect(await received(cloud)).toBe('{"reference":"R1"}');
  expect([waiting(cloud), await names(cloud)]).toEqual([0, ['moved']]);
  cloud.clock.advance(3_700);
  expect(await received(cloud)).toBe('"moved"');
});

test.each([
  ['UTC', 'at(2030-01-15T09:00:00)', '2030-01-15T09:00:00.000Z'],
  ['Europe/Berlin', 'at(2030-01-15T09:00:00)', '2030-01-15T08:00:00.000Z'],
  ['Europe/Berlin', 'at(2030-07-15T09:00:00)', '2030-07-15T07:00:00.000Z'],
  ['America/New_York', 'at(2030-07-15T23:30:00)', '2030-07-16T03:30:00.000Z'],
  ['Asia/Kolkata', 'at(2030-07-15T00:00:00)', '2030-07-14T18:30:00.000Z'],
  ['Europe/Berlin, where it is skipped', 'at(2030-03-31T02:30:00)', '2030-03-31T01:30:00.000Z'],
  ['Europe/Berlin, where it comes twice', 'at(2030-10-27T02:30:00)', '2030-10-27T00:30:00.000Z'],
])('in %s, %s is %s', async (zone, ScheduleExpression, at) => {
  const cloud = await start();

  await create(cloud, 'one', { ScheduleExpression, ScheduleExpressionTimezone: zone.split(',')[0] });

  const { schedules } = (await controlRoute(cloud, 'GET /local/schedules')) as Listed;
  expect(schedules.map((schedule) => schedule.at)).toEqual([at]);
});

test('the same request once more is answered once more; another one under the name is a conflict', async () => {
  const cloud = await start();
  const request = { ClientToken: 'token', ScheduleExpression: inSeconds(cloud, 100) };
  const first = await create(cloud, 'one', request);

  const again = await create(cloud, 'one', request);
  const other = await create(cloud, 'one', { ...request, ClientToken: 'another' });

  expect(again).toEqual(first);
  expect(other).toMatchObject({ status: 409, body: { __type: 'ConflictException' } });
});

test('schedules are found by group and by the beginning of their name, page by page', async () => {
  const cloud = await start();
  for (const name of ['a-1', 'a-2', 'b-1']) await create(cloud, name);
  await create(cloud, 'a-3', { GroupName: 'default' });

  const first = await call(cloud, 'GET', '/schedules?ScheduleGroup=reminders&NamePrefix=a-&MaxResults=1');
  const second = await call(
    cloud,
    'GET',
    `/schedules?ScheduleGroup=reminders&NamePrefix=a-&NextToken=${first.body.NextToken}`,
  );

  expect(
    [first, second].flatMap(({ body }) => (body.Schedules as { Name: string }[]).map(({ Name }) => Name)),
  ).toEqual(['a-1', 'a-2']);
  expect((await get(cloud, 'b-1')).body).toMatchObject({
    ...{ Name: 'b-1', GroupName: 'reminders', State: 'ENABLED', ScheduleExpressionTimezone: 'UTC' },
    Target: { Input: '{"reference":"R1"}' },
  });
});

test('what was created outlives a restart, what became due meanwhile is invoked, and a reset forgets both', async () => {
  const dataDirectory = temporaryDirectory();
  const first = await start({ dataDirectory });
  await create(first, 'due');
  await create(first, 'later', { ScheduleExpression: inSeconds(first, 86_400) });
  await first.close();

  const second = await start({ dataDirectory });
  second.clock.advance(3_700);
  await received(second);
  const left = await names(second);
  await second.reset();

  expect(left).toEqual(['later']);
  expect(await names(second)).toEqual([]);
  expect((await create(second, 'after')).status).toBe(200);
});

test('a target that is not there goes to the dead-letter queue', async () => {
  const cloud = await start();
  const { Target } = scheduleOf(cloud);
  await create(cloud, 'one', {
    Target: {
      ...Target,
      Arn: 'arn:aws:lambda:us-east-1:000000000000:function:nowhere',
      DeadLetterConfig: { Arn: queueOf(cloud, 'Dead').arn },
    },
  });

  cloud.clock.advance(3_700);

  expect(await received(cloud, 'Dead')).toBe('{"reference":"R1"}');
});

test('an input has the context of its schedule', async () => {
  const cloud = await start();
  const { Target } = scheduleOf(cloud);
  await create(cloud, 'one', {
    Target: {
      ...Target,
      Input: '{"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>"}',
    },
  });

  cloud.clock.advance(3_700);

  expect(JSON.parse(await received(cloud))).toEqual({
    arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/reminders/one',
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
  });
});

describe('what is refused', () => {
  const target = (more: object) => (cloud: Cloud) => ({ Target: { ...scheduleOf(cloud).Target, ...more } });
  const always = (more: object) => () => more;

  test.each([
    [
      'a time in the past',
      always({ ScheduleExpression: 'at(2020-01-01T00:00:00)' }),
      400,
      'ValidationException',
    ],
    ['no time', always({ ScheduleExpression: 'tomorrow' }), 400, 'ValidationException'],
    [
      'a day that is not',
      always({ ScheduleExpression: 'at(2030-02-30T00:00:00)' }),
      400,
      'ValidationException',
    ],
    [
      'a time with a zone in it',
      always({ ScheduleExpression: 'at(2030-02-20T00:00:00Z)' }),
      400,
      'ValidationException',
    ],
    [
      'a zone that is not',
      always({ ScheduleExpressionTimezone: 'Mars/Olympus' }),
      400,
      'ValidationException',
    ],
    ['no window', always({ FlexibleTimeWindow: undefined }), 400, 'ValidationException'],
    [
      'a window that is off and has minutes',
      always({ FlexibleTimeWindow: { Mode: 'OFF', MaximumWindowInMinutes: 5 } }),
      400,
      'ValidationException',
    ],
    [
      'a flexible window without minutes',
      always({ FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }),
      400,
      'ValidationException',
    ],
    ['another action', always({ ActionAfterCompletion: 'REPEAT' }), 400, 'ValidationException'],
    ['no role', target({ RoleArn: undefined }), 400, 'ValidationException'],
    [
      'a function that gets no JSON',
      target({ Arn: 'arn:aws:lambda:us-east-1:000000000000:function:x', Input: '{' }),
      400,
      'ValidationException',
    ],
    ['a group that is not there', always({ GroupName: 'nowhere' }), 404, 'ResourceNotFoundException'],
    ['a recurring one', always({ ScheduleExpression: 'rate(1 day)' }), 501, 'UnsupportedLocally'],
    ['another service', target({ Arn: 'arn:aws:sns:us-east-1:000000000000:x' }), 501, 'UnsupportedLocally'],
    [
      'a key of one’s own',
      always({ KmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/x' }),
      501,
      'UnsupportedLocally',
    ],
  ])('%s', async (_, more: (cloud: Cloud) => object, status, code) => {
    const cloud = await start();

    expect(await create(cloud, 'one', more(cloud))).toMatchObject({ status, body: { __type: code } });
    expect(await names(cloud)).toEqual([]);
  });

  test.each(['PUT', 'GET', 'DELETE'])('%s of what is not there', async (method) => {
    const cloud = await start();
    const path = '/schedules/nowhere?groupName=reminders';

    const answer = await call(cloud, method, path, scheduleOf(cloud));

    expect(answer).toMatchObject({ status: 404, body: { __type: 'ResourceNotFoundException' } });
  });
});

test('schedules that are held come late', async () => {
  const cloud = await start();
  await create(cloud, 'one');
  const hold = (held: boolean) =>
    cloud.routes['PUT /local/schedules']!([], {
      ...{ method: 'PUT', path: '', query: new URLSearchParams(), headers: {} },
      body: Buffer.from(JSON.stringify({ held })),
    });
  await hold(true);
  cloud.clock.advance(7_200);
  const whileHeld = waiting(cloud);

  await hold(false);

  expect(whileHeld).toBe(0);
  expect(await received(cloud)).toBe('{"reference":"R1"}');
});
