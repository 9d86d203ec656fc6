import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
} from '@aws-sdk/client-lambda';
import { DurableCloud, prepare } from '../../../conformance/durable-functions/durable-cloud';
import { PATTERN_CASES } from '../../../conformance/durable-functions/pattern-cases';
import { eventually } from '../../../harness/eventpro-client';

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

test.each(PATTERN_CASES)(
  'the SDK runs the pattern: $name',
  async ({ event, deaths, answer, end, effects }) => {
    durable.plan(...(deaths ?? []));

    const { result, error } = await durable.play(event, answer);

    if ('result' in end) expect([JSON.parse(result ?? 'null'), error]).toEqual([end.result, undefined]);
    else {
      const { errorType, errorMessage } = end;
      expect(error).toMatchObject({
        ErrorMessage: expect.stringContaining(errorMessage),
        ...(errorType && { ErrorType: errorType }),
      });
    }
    if (effects) expect(durable.effects()).toEqual(effects);
  },
);

describe('a step that fails', () => {
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

test('a durable function that is invoked has an execution of its own', async () => {
  const arn = await durable.begin({ pattern: 'invoke', target: 'Patterns:live' });
  await durable.advanced(arn);

  expect(durable.executions.list().filter(({ start }) => start.parent?.arn === arn)).toHaveLength(1);
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
