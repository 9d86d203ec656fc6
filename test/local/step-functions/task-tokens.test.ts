import { setTimeout as delay } from 'node:timers/promises';
import { LocalClock } from '../../../local/core/clock';
import { machineOf, functionArn } from './machine';

const ask = (more: object = {}): object => ({
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: { FunctionName: functionArn('ask'), Payload: { 'token.$': '$$.Task.Token' } },
      End: true,
      ...more,
    },
  },
});

async function asked(more: object = {}) {
  const clock = new LocalClock();
  const received: unknown[] = [];
  const fixture = machineOf(
    ask(more),
    { ask: (payload) => void received.push(payload) },
    { type: 'STANDARD', clock },
  );
  const execution = fixture.machine.start({ limit: 600 });
  while (fixture.machine.taskTokens.waiting().length === 0) await delay(1);
  await delay(5);
  const [{ token } = { token: '' }] = fixture.machine.taskTokens.waiting();
  return { ...fixture, clock, execution, received, token };
}

test('the state waits until the token that it gave away comes back', async () => {
  const { machine, execution, received, token } = await asked();
  const status = execution.record.status;

  machine.taskTokens.succeed(token, { answer: 42 });

  expect(received).toEqual([{ token }]);
  expect(status).toBe('RUNNING');
  expect((await execution.finished).output).toEqual({ answer: 42 });
  expect(machine.taskTokens.waiting()).toEqual([]);
});

test('an answer that comes before the function has answered counts', async () => {
  const fixture = machineOf(
    ask(),
    {
      ask(payload) {
        fixture.machine.taskTokens.succeed((payload as { token: string }).token, 'early');
        return delay(20);
      },
    },
    { type: 'STANDARD' },
  );

  expect((await fixture.machine.start({}).finished).output).toBe('early');
});

test('a failure that is sent is retried and caught by its name, each attempt with a token of its own', async () => {
  const { machine, execution, received, token } = await asked({
    Retry: [{ ErrorEquals: ['Refused'], MaxAttempts: 1 }],
  });

  machine.taskTokens.fail(token, 'Refused', 'not today');
  while (received.length < 2) await delay(1);
  await delay(5);
  const second = machine.taskTokens.waiting()[0]!.token;
  machine.taskTokens.fail(second, 'Refused', 'nor tomorrow');

  expect(second).not.toBe(token);
  expect(await execution.finished).toMatchObject({
    status: 'FAILED',
    error: 'Refused',
    cause: 'nor tomorrow',
  });
});

test.each([
  ['TimeoutSeconds', { TimeoutSeconds: 600 }],
  ['TimeoutSecondsPath', { TimeoutSecondsPath: '$.limit' }],
  ['HeartbeatSeconds', { HeartbeatSeconds: 600 }],
  ['HeartbeatSecondsPath', { HeartbeatSecondsPath: '$.limit' }],
])('%s passes by the local clock, and the token is worth nothing then', async (_, limits) => {
  const { clock, execution, machine, token } = await asked(limits);

  clock.advance(601);

  expect(await execution.finished).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect(() => machine.taskTokens.succeed(token, null)).toThrow(
    expect.objectContaining({ code: 'TaskTimedOut' }),
  );
});

test('a limit that is no number of seconds is States.Runtime', async () => {
  const { machine } = machineOf(ask({ TimeoutSecondsPath: '$.limit' }), {}, { type: 'STANDARD' });

  expect((await machine.start({ limit: 'long' }).finished).error).toBe('States.Runtime');
});

test('each heartbeat gives HeartbeatSeconds anew', async () => {
  const { clock, execution, machine, token } = await asked({ HeartbeatSeconds: 60, TimeoutSeconds: 600 });

  for (let beats = 0; beats < 3; beats++) {
    clock.advance(50);
    machine.taskTokens.heartbeat(token);
  }
  await delay(5);
  const status = execution.record.status;
  machine.taskTokens.succeed(token, 'alive');

  expect(status).toBe('RUNNING');
  expect((await execution.finished).output).toBe('alive');
});

test.each([
  ['States.HeartbeatTimeout', 'Missed'],
  ['States.Timeout', 'Missed'],
  ['States.TaskFailed', undefined],
])('a missed heartbeat is caught by %s: %s', async (name, next) => {
  const definition = ask({ HeartbeatSeconds: 60, Catch: [{ ErrorEquals: [name], Next: 'Missed' }] });
  const states = (definition as { States: object }).States;
  const clock = new LocalClock();
  const { machine, path } = machineOf(
    { ...definition, States: { ...states, Missed: { Type: 'Succeed' } } },
    { ask: () => null },
    { type: 'STANDARD', clock },
  );
  const execution = machine.start({});
  await delay(10);

  clock.advance(61);
  await execution.finished;

  expect(path()[1]).toBe(next);
});

test('a reset ends those who wait and forgets their tokens', async () => {
  const { machine, execution, token } = await asked();

  await machine.reset();

  expect(execution.record.status).toBe('ABORTED');
  expect(machine.taskTokens.knows(token)).toBe(false);
});
