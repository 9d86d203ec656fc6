import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
} from '@aws-sdk/client-lambda';
import { eventually } from '../../../harness/eventpro-client';
import { DurableCloud, prepare } from './durable-cloud';

const directory = mkdtempSync(join(tmpdir(), 'durable-patterns-'));
let durable: DurableCloud;

beforeAll(async () => {
  prepare(directory);
  durable = await DurableCloud.start(directory);
});
beforeEach(() => durable.plan());
afterAll(async () => {
  await durable?.close();
  rmSync(directory, { recursive: true, force: true });
});

test.each([
  ['named step', { id: 'u-1', name: 'Ada' }],
  ['anonymous step', 'processed'],
  ['child context', 42],
  ['map', [2, 4, 6]],
  ['parallel', ['L', 'R']],
  ['class with dates', { greeting: 'Ada, since 1970', isDate: true }],
  ['condition', 3],
  ['nothing', null],
] as const)('the SDK runs the pattern: %s', async (pattern, expected) => {
  expect(await durable.run({ pattern })).toEqual(expected);
});

describe('a step that fails', () => {
  const NETWORK = { stepError: true, cause: 'NetworkError', message: 'unreachable' };
  const attempts = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`attempt ${n + 1}`, 1]));

  test.each([
    ['by the exponential strategy', 2, 'attempt 3', 3],
    ['by the exponential strategy', 3, NETWORK, 3],
    ['by error type', 2, 'attempt 3', 3],
    ['by message', 2, 'attempt 3', 3],
    ['by a function', 2, 'attempt 3', 3],
    ['by the default', 5, 'attempt 6', 6],
    ['by the linear preset', 2, 'attempt 3', 3],
    ['never', 1, NETWORK, 1],
  ] as const)('is retried %s: %d failures, %j', async (retry, failures, result, done) => {
    expect(await durable.run({ pattern: 'retried step', retry, failures })).toEqual(result);
    expect(durable.effects()).toEqual(attempts(done));
  });

  test.each(['by error type', 'by a function', 'by message'] as const)(
    'is not retried %s when it is of another kind',
    async (retry) => {
      const event = { pattern: 'retried step', retry, error: 'ValidationError' } as const;

      const result = await durable.run(event);

      expect(result).toEqual({ stepError: true, cause: 'ValidationError', message: 'no' });
      expect(durable.effects()).toEqual(attempts(1));
    },
  );

  test('waits for its retry by the clock of the run, and no longer', async () => {
    const arn = await durable.begin({ pattern: 'retried step', retry: 'by a function', failures: 1 });
    const pending = () =>
      [...durable.executions.get(arn)!.operations.values()]
        .map(({ told }) => told)
        .find(({ Type }) => Type === 'STEP');
    await eventually(async () => pending()?.Status === 'PENDING' || undefined, 'the first failure');

    durable.cloud.clock.advance(2 * 3_600 - 60);
    await delay(100);
    const before = pending();
    durable.cloud.clock.advance(60);
    const { Result } = await durable.ended(arn);

    expect(before).toMatchObject({ Status: 'PENDING', StepDetails: { Attempt: 1 } });
    expect(Result).toBe('"attempt 2"');
  });
});

describe('a step whose process dies', () => {
  // An effect is done more than once unless nothing is ever retried; and then nobody knows whether it was done.
  test.each([
    ['AtLeastOncePerRetry', 'never', ['before charge'], 1, null],
    ['AtLeastOncePerRetry', 'never', ['after charge'], 2, null],
    ['AtLeastOncePerRetry', 'always', Array(4).fill('after charge'), 5, null],
    ['AtMostOncePerRetry', 'never', ['before charge'], 0, { unknown: true }],
    ['AtMostOncePerRetry', 'never', ['after charge'], 1, { unknown: true }],
    ['AtMostOncePerRetry', 'always', ['after charge'], 2, null],
    ['AtMostOncePerRetry', 'always', Array(3).fill('after charge'), 3, { unknown: true }],
    ['AtMostOncePerRetry', 'if it failed', ['after charge'], 1, { unknown: true }],
  ] as const)(
    '%s, retried %s, with deaths %j, has %d effects',
    async (semantics, interruption, deaths, done, result) => {
      durable.plan(...deaths);

      const got = await durable.run({ pattern: 'interrupted step', semantics, interruption });

      expect(got).toEqual(result);
      expect(durable.effects()).toEqual(done === 0 ? {} : { charge: done });
    },
  );
});

describe('a callback', () => {
  async function asked(): Promise<{ readonly arn: string; readonly CallbackId: string }> {
    const arn = await durable.begin({ pattern: 'callback' });
    const CallbackId = await eventually(async () => {
      const execution = durable.executions.get(arn)!;
      const [line] = Object.keys(durable.effects());
      return execution.invocation ? undefined : line?.slice('asked '.length);
    }, 'somebody who is asked');
    return { arn, CallbackId };
  }

  test('is answered, once, with what the function then has', async () => {
    const { arn, CallbackId } = await asked();
    const answer = { CallbackId, Result: Buffer.from('"granted"') };

    await durable.client.send(new SendDurableExecutionCallbackSuccessCommand(answer));
    const { Result } = await durable.ended(arn);
    const again = durable.client.send(new SendDurableExecutionCallbackSuccessCommand(answer));

    expect(Result).toBe('"\\"granted\\""');
    await expect(again).rejects.toMatchObject({ name: 'CallbackTimeoutException' });
  });

  test('is refused, with the reason', async () => {
    const { arn, CallbackId } = await asked();

    const Error = { ErrorType: 'Declined', ErrorMessage: 'too dear' };
    await durable.client.send(new SendDurableExecutionCallbackFailureCommand({ CallbackId, Error }));

    const { Result } = await durable.ended(arn);
    expect(JSON.parse(Result!)).toMatchObject({ message: 'too dear' });
  });

  test.each([
    ['without a heartbeat, after an hour', [], 3_590, 'Callback timed out on heartbeat'],
    ['with heartbeats, after two', [3_000, 3_000], 1_190, 'Callback timed out'],
  ])('is given up %s', async (_, heartbeats, rest, message) => {
    const { arn, CallbackId } = await asked();

    for (const seconds of heartbeats) {
      durable.cloud.clock.advance(seconds);
      await durable.client.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }));
    }
    durable.cloud.clock.advance(rest);
    await delay(100);
    const waits = durable.executions.get(arn)!.running;
    durable.cloud.clock.advance(20);

    const { Result } = await durable.ended(arn);
    expect([waits, JSON.parse(Result!).message]).toEqual([true, message]);
  });

  test('that is none is refused', async () => {
    const none = new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId: 'bm9uZQ==' });

    await expect(durable.client.send(none)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});

describe('a function that is invoked', () => {
  test('answers, a durable one by an execution of its own', async () => {
    const plain = await durable.run({ pattern: 'invoke', target: durable.nameOf('Plain') });
    const arn = await durable.begin({ pattern: 'invoke', target: `${durable.nameOf('Patterns')}:live` });
    const { Result, Error } = await durable.advanced(arn);

    expect(plain).toEqual({ plain: true, got: { pattern: 'named step' } });
    expect([JSON.parse(Result!), Error]).toEqual([{ id: 'u-1', name: 'Ada' }, undefined]);
    expect(durable.executions.list().filter(({ start }) => start.parent?.arn === arn)).toHaveLength(1);
  });

  test.each([
    ['that is not there', () => 'Nobody', 'Function not found: Nobody'],
    [
      'that is durable, and named without a version',
      () => durable.nameOf('Patterns'),
      'You cannot invoke a durable function using an unqualified ARN.',
    ],
  ])('and %s is an error of the operation', async (_, target, invokeError) => {
    expect(await durable.run({ pattern: 'invoke', target: target() })).toEqual({ invokeError });
  });
});

test('a function that throws fails, and one whose process always dies fails after a while', async () => {
  const thrown = await durable.run({ pattern: 'throws' });
  const poisoned = await durable.run({ pattern: 'poison' });

  expect(thrown).toMatchObject({ error: { ErrorType: 'ValidationError', ErrorMessage: 'this cannot work' } });
  expect(poisoned).toMatchObject({ error: { ErrorType: 'Runtime.ExitError' } });
});

test('an execution has 3,000 operations; one more fails it, and no catch of the function is asked', async () => {
  const within = await durable.run({ pattern: 'many steps', count: 3_000 });
  const beyond = await durable.run({ pattern: 'many steps', count: 3_001 });

  expect(within).toBe(3_000);
  expect(beyond).toMatchObject({
    error: { ErrorMessage: expect.stringContaining('exceeds 3000 operations') },
  });
});

test('a result of a step, and of an execution that nobody waits for, has a mebibyte at most', async () => {
  const step = await durable.run({ pattern: 'large step', count: 2 ** 20 });
  const result = await durable.run({ pattern: 'large result', count: 2 ** 20 });

  const tooLarge = expect.stringContaining('payload size must be less than or equal to 1048576 bytes');
  expect(step).toMatchObject({ error: { ErrorMessage: tooLarge } });
  expect(result).toMatchObject({ error: { ErrorMessage: tooLarge } });
});

test('what happened is told event by event, and what is shown of it', async () => {
  const arn = await durable.begin({ pattern: 'child context' }, { DurableExecutionName: 'told' });
  await durable.advanced(arn);

  const events = await durable.history(arn);
  const told = durable.cloud.routes['GET /local/durable-executions/*']!;
  const { body } = (await told(['told'], {} as never))!;

  expect(events.map(({ EventType, Name }) => [EventType, Name].filter(Boolean).join(' '))).toEqual([
    ...['ExecutionStarted told', 'ContextStarted process', 'StepStarted fetch', 'StepSucceeded fetch'],
    ...['WaitStarted settle', 'InvocationCompleted', 'WaitSucceeded settle', 'ContextStarted inner'],
    ...['StepStarted save', 'StepSucceeded save', 'ContextSucceeded inner', 'ContextSucceeded process'],
    ...['InvocationCompleted', 'ExecutionSucceeded told'],
  ]);
  expect(events.map(({ EventId }) => EventId)).toEqual(events.map((_, index) => index + 1));
  expect(JSON.parse(body as string)).toMatchObject({
    ...{ name: 'told', arn, status: 'SUCCEEDED', result: '42', invocations: 2, replays: 1 },
    operations: expect.arrayContaining([
      expect.objectContaining({ name: 'fetch', type: 'STEP', status: 'SUCCEEDED', attempts: 1 }),
      expect.objectContaining({ name: 'settle', type: 'WAIT', waitsUntil: expect.any(String) }),
    ]),
    endedInvocations: [expect.objectContaining({ id: expect.any(String) }), expect.anything()],
  });
});
