import { setTimeout as delay } from 'node:timers/promises';
import { failing, functionArn, invoke, machineOf, saga, sending } from './machine';

const working = { reserve: () => ({ seat: 'A-1' }), pay: () => ({ id: 'pi_1' }), release: () => ({}) };

test('an execution walks the states and answers as StartSyncExecution does', async () => {
  const { machine, path, eventTypes } = machineOf(saga, working);

  const answer = await machine.startSync({ buyer: "O'Hara" }, { name: 'purchase-1' });

  expect(answer).toMatchObject({
    status: 'SUCCEEDED',
    name: 'purchase-1',
    stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:Saga',
    input: '{"buyer":"O\'Hara"}',
    output: '{"id":"pi_1","at":"purchase-1"}',
  });
  expect(answer.executionArn).toMatch(
    /^arn:aws:states:us-east-1:000000000000:express:Saga:purchase-1:[0-9a-f-]{36}$/,
  );
  expect(Math.abs(answer.startDate - Date.now() / 1000)).toBeLessThan(5);
  expect(path()).toEqual(['Reserve', 'Pay', 'Paid?', 'Done', 'Ok']);
  expect(eventTypes()).toEqual([
    ...['TaskStateEntered', 'TaskStateExited', 'TaskStateEntered', 'TaskStateExited'],
    ...['ChoiceStateEntered', 'ChoiceStateExited', 'PassStateEntered', 'PassStateExited'],
    ...['SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded'],
  ]);
});

test('a failed function is caught by its errorType, its JSON is the cause, and a Fail state passes both on', async () => {
  const { machine, path, history } = machineOf(saga, {
    ...working,
    pay: failing('CardDeclined', 'say "no"'),
  });

  const answer = await machine.startSync({});

  expect(answer).toMatchObject({ status: 'FAILED', error: 'CardDeclined' });
  expect(JSON.parse(answer.cause!)).toEqual({
    errorType: 'CardDeclined',
    errorMessage: 'say "no"',
    trace: [],
  });
  expect(path()).toEqual(['Reserve', 'Pay', 'Release', 'Failed']);
  expect(history.list()[0]!.events.find(({ type }) => type === 'CatchTaken')).toMatchObject({
    state: 'Pay',
    error: 'CardDeclined',
    next: 'Release',
  });
});

test('three retries are four calls, each retry told before its wait with the seconds it waits', async () => {
  const { machine, calls, history } = machineOf(
    saga,
    { ...working, pay: failing('GatewayTimeout') },
    { waitScale: 0.01 },
  );

  const answer = await machine.startSync({});

  const events = history.list()[0]!.events;
  const retries = events.filter(({ type }) => type === 'TaskRetryScheduled');
  expect(answer.error).toBe('GatewayTimeout');
  expect(calls.filter((name) => name === 'pay')).toHaveLength(4);
  expect(retries.map(({ retry }) => retry)).toEqual([
    { count: 1, waitSeconds: 0.02 },
    { count: 2, waitSeconds: 0.04 },
    { count: 3, waitSeconds: 0.08 },
  ]);
  expect(events.filter(({ state }) => state === 'Pay').map(({ type }) => type)).toEqual([
    'TaskStateEntered',
    ...Array(3).fill(['TaskFailed', 'TaskRetryScheduled']).flat(),
    'TaskFailed',
    'CatchTaken',
  ]);
  const waited = Date.parse(events.filter(({ type }) => type === 'TaskFailed')[1]!.timestamp);
  expect(waited - Date.parse(retries[0]!.timestamp)).toBeGreaterThanOrEqual(19);
});

test('full jitter and MaxDelaySeconds bound every wait', async () => {
  const definition = {
    StartAt: 'Work',
    States: {
      Work: invoke('work', {
        Retry: [
          {
            ErrorEquals: ['States.ALL'],
            IntervalSeconds: 4,
            MaxAttempts: 20,
            MaxDelaySeconds: 8,
            JitterStrategy: 'FULL',
          },
        ],
        End: true,
      }),
    },
  };
  const { machine, history } = machineOf(definition, { work: failing('Flaky') }, { waitScale: 0.001 });

  await machine.startSync({});

  const waits = history.list()[0]!.events.flatMap(({ retry }) => (retry ? [retry.waitSeconds * 1000] : []));
  expect(waits).toHaveLength(20);
  expect(Math.max(...waits)).toBeLessThanOrEqual(8);
  expect(new Set(waits).size).toBeGreaterThan(1);
});

test('a Task that outlasts TimeoutSeconds fails with States.Timeout while the function runs on', async () => {
  let finished = false;
  const definition = {
    StartAt: 'Slow',
    States: {
      Slow: invoke('slow', {
        TimeoutSeconds: 1,
        Retry: [{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 5 }],
        Catch: [
          { ErrorEquals: ['States.TaskFailed'], Next: 'Wrong' },
          { ErrorEquals: ['States.Timeout'], Next: 'Right' },
        ],
        End: true,
      }),
      Right: { Type: 'Succeed' },
      Wrong: { Type: 'Fail' },
    },
  };
  const { machine, path } = machineOf(definition, {
    slow: async () => {
      await delay(1200);
      finished = true;
    },
  });

  const answer = await machine.startSync({});
  const finishedAtTimeout = finished;
  await delay(400);

  expect(answer).toMatchObject({ status: 'SUCCEEDED', output: '{"Error":"States.Timeout","Cause":""}' });
  expect(path()).toEqual(['Slow', 'Right']);
  expect([finishedAtTimeout, finished]).toEqual([false, true]);
});

test('a machine that outlasts its TimeoutSeconds is TIMED_OUT, and a waiting retry never fires', async () => {
  const definition = {
    TimeoutSeconds: 1,
    StartAt: 'Work',
    States: {
      Work: invoke('work', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2 }], End: true }),
    },
  };
  const { machine, calls, eventTypes } = machineOf(definition, { work: failing('Flaky') }, { waitScale: 1 });

  const answer = await machine.startSync({});
  await delay(1500);

  expect(answer).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  expect(calls).toEqual(['work']);
  expect(eventTypes().at(-1)).toBe('ExecutionTimedOut');
});

test.each(['Reserve', 'Pay', 'Paid?', 'Done', 'Ok'])(
  'an execution can die before %s is entered',
  async (victim) => {
    const { machine, path, calls, eventTypes } = machineOf(saga, working, {
      beforeState: (execution, name) => (name === victim ? execution.abort() : undefined),
    });
    const order = ['Reserve', 'Pay', 'Paid?', 'Done', 'Ok'];

    const record = await machine.start({}).finished;

    expect(record.status).toBe('ABORTED');
    expect(path()).toEqual(order.slice(0, order.indexOf(victim)));
    expect(calls).toEqual(['reserve', 'pay'].slice(0, order.indexOf(victim)));
    expect(eventTypes().at(-1)).toBe('ExecutionAborted');
  },
);

test('an execution can die while a function runs: its answer leads nowhere', async () => {
  const { machine, calls } = machineOf(saga, { ...working, pay: () => delay(50, { id: 'pi_1' }) });
  const execution = machine.start({});
  await delay(20);

  execution.abort();
  const record = await execution.finished;
  await delay(60);

  expect(record.status).toBe('ABORTED');
  expect(calls).toEqual(['reserve', 'pay']);
  expect(record.events.at(-1)!.type).toBe('ExecutionAborted');
});

test('a reset aborts what runs, heals the faults and frees the names of Standard executions', async () => {
  const { machine } = machineOf(
    saga,
    { ...working, pay: () => delay(100, { id: 'pi_1' }) },
    { type: 'STANDARD' },
  );
  machine.faults.set('Release', { mode: 'timeout' });
  const running = machine.start({}, { name: 'one' });

  await machine.reset();
  const again = await machine.start({}, { name: 'one' }).finished;

  expect([running.record.status, again.status]).toEqual(['ABORTED', 'SUCCEEDED']);
  expect(machine.faults.list()).toEqual({});
});

test('the context object tells the execution, the machine and the state', async () => {
  const definition = {
    StartAt: 'Context',
    States: {
      Context: {
        Type: 'Pass',
        Parameters: {
          'id.$': '$$.Execution.Id',
          'input.$': '$$.Execution.Input.a',
          'start.$': '$$.Execution.StartTime',
          'machine.$': '$$.StateMachine.Name',
          'state.$': '$$.State.Name',
          'text.$': "States.Format('{} of {}', $$.Execution.Name, $.a)",
        },
        End: true,
      },
    },
  };
  const { machine } = machineOf(definition);

  const answer = await machine.startSync({ a: 1 }, { name: 'n' });

  const context = JSON.parse(answer.output!);
  expect(context).toMatchObject({
    id: answer.executionArn,
    input: 1,
    machine: 'Saga',
    state: 'Context',
    text: 'n of 1',
  });
  expect(Date.parse(context.start) / 1000).toBe(answer.startDate);
});

test('lambda:invoke wraps the answer, a function ARN as Resource does not', async () => {
  const definition = {
    StartAt: 'Wrapped',
    States: {
      Wrapped: invoke('work', { ResultPath: '$.wrapped', Next: 'Bare' }),
      Bare: { Type: 'Task', Resource: functionArn('work'), ResultPath: '$.bare', End: true },
    },
  };
  const { machine } = machineOf(definition, { work: () => 7 });

  const answer = await machine.startSync({});

  expect(JSON.parse(answer.output!)).toEqual({
    wrapped: { ExecutedVersion: '$LATEST', Payload: 7, StatusCode: 200 },
    bare: 7,
  });
});

test.each([
  ['TooManyRequestsException', 'Lambda.TooManyRequestsException'],
  ['ResourceNotFoundException', 'Lambda.ResourceNotFoundException'],
  ['TypeError', 'Lambda.SdkClientException'],
])('an error of the Lambda service, %s, is %s', async (name, error) => {
  const { machine } = machineOf(
    saga,
    {},
    {
      invokeFunction: () => Promise.reject(Object.assign(new Error('busy'), { name })),
    },
  );

  const answer = await machine.startSync({});

  expect(answer).toMatchObject({ status: 'FAILED', error });
  expect(answer.cause).toMatch(
    /^busy( \(Service: AWSLambda; Status Code: 400; Error Code: \w+; Request ID: .*\))?$/,
  );
});

test('a function that fails without an errorType is Lambda.Unknown, and its payload stands in the cause', async () => {
  const payload = '{"errorMessage":"Task timed out after 6.00 seconds"}';
  const invokeFunction = async () => ({ functionError: 'Unhandled', payload });
  const { machine } = machineOf(saga, {}, { invokeFunction });

  const answer = await machine.startSync({});

  expect(answer).toMatchObject({ status: 'FAILED', error: 'Lambda.Unknown' });
  expect(answer.cause).toBe(
    `The cause could not be determined because Lambda did not return an error type. Returned payload: ${payload}`,
  );
});

test('a result above 262,144 bytes ends the execution past every Catch', async () => {
  const { machine, path } = machineOf(saga, { ...working, pay: () => ({ id: 'x'.repeat(262_144) }) });

  const answer = await machine.startSync({});

  expect(answer).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  expect(path()).toEqual(['Reserve', 'Pay']);
  expect(() => machine.start('x'.repeat(262_143))).toThrow(
    expect.objectContaining({ code: 'ValidationException' }),
  );
});

test('a path that points at nothing is States.Runtime, which no Catch takes', async () => {
  const { machine, path } = machineOf(saga, { ...working, pay: () => ({}) });

  const answer = await machine.startSync({});

  expect(answer).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  expect(path()).toEqual(['Reserve', 'Pay']);
});

test.each<[string, object]>([
  ['InputPath', { InputPath: '$.none' }],
  ['InputPath of the context', { InputPath: '$$.Execution.Input.none' }],
  ['Parameters', { Parameters: { FunctionName: functionArn('work'), Payload: { 'a.$': '$.none' } } }],
  [
    'an intrinsic function',
    { Parameters: { FunctionName: functionArn('work'), Payload: { 'a.$': "States.Format('{}', $.none)" } } },
  ],
  ['ResultSelector', { ResultSelector: { 'a.$': '$.Payload.none' } }],
  ['OutputPath', { OutputPath: '$.none' }],
])(
  'a path of a Task that points at nothing ends the execution past its Retry and Catch: %s',
  async (_, fields) => {
    const definition = {
      StartAt: 'Work',
      States: {
        Work: invoke('work', {
          ...fields,
          Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 3 }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          End: true,
        }),
        Caught: { Type: 'Succeed' },
      },
    };
    const { machine, path } = machineOf(definition, { work: () => ({ a: 1 }) });

    const answer = await machine.startSync({ a: 1 });

    expect(answer).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(path()).toEqual(['Work']);
  },
);

test.each<[string, object]>([
  [
    'a Choice',
    { Type: 'Choice', Choices: [{ Variable: '$.none', StringEquals: 'x', Next: 'Ok' }], Default: 'Ok' },
  ],
  ['a Pass', { Type: 'Pass', Parameters: { 'a.$': '$.none' }, Next: 'Ok' }],
  ['CausePath', { Type: 'Fail', Error: 'Mine', CausePath: '$.none' }],
  ['ErrorPath', { Type: 'Fail', ErrorPath: '$.none' }],
])('a path that points at nothing is States.Runtime in %s', async (_, state) => {
  const next = 'Next' in state || 'Default' in state ? { Ok: { Type: 'Succeed' } } : {};
  const { machine } = machineOf({ StartAt: 'One', States: { One: state, ...next } });

  expect(await machine.startSync({ a: 1 })).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
});

test('the branches of a Parallel state run at once, with their own retries; the first that fails ends the rest', async () => {
  const branch = (name: string, next: object) => ({ StartAt: name, States: { [name]: next } });
  const definition = {
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Branches: [
          branch(
            'Left',
            invoke('left', { Retry: [{ ErrorEquals: ['Flaky'] }], OutputPath: '$.Payload', End: true }),
          ),
          {
            StartAt: 'Right',
            States: {
              Right: invoke('right', { Next: 'After' }),
              After: invoke('after', { OutputPath: '$.Payload', End: true }),
            },
          },
        ],
        Catch: [{ ErrorEquals: ['Broken'], ResultPath: '$.failure', Next: 'Caught' }],
        End: true,
      },
      Caught: { Type: 'Pass', End: true },
    },
  };
  let flaky = 1;
  const right = () => delay(10, 'r');
  const good = machineOf(definition, {
    left: () => (flaky-- > 0 ? failing('Flaky')(null) : 'l'),
    right,
    after: () => 'a',
  });
  const bad = machineOf(definition, { left: failing('Broken'), right, after: () => 'a' });

  const both = await good.machine.startSync({});
  const caught = await bad.machine.startSync({});
  await delay(30);

  expect(both.output).toBe('["l","a"]');
  expect(JSON.parse(caught.output!)).toMatchObject({ failure: { Error: 'Broken' } });
  expect(bad.path()).toEqual(['Both', 'Left', 'Right', 'Caught']);
  expect(bad.calls).not.toContain('after');
});

test('sqs:sendMessage sends the JSON of what is no text, answers the id, and its errors bear the name of SQS', async () => {
  const send = (QueueUrl: string, more: object) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Parameters: { QueueUrl, 'MessageBody.$': '$' },
    ...more,
  });
  const definition = {
    StartAt: 'Send',
    States: {
      Send: send('http://q', { ResultPath: '$.sent', Next: 'SendAgain' }),
      SendAgain: send('http://gone', { End: true }),
    },
  };
  const sent: string[][] = [];
  const { machine } = machineOf(
    definition,
    {},
    sending(async (queueUrl, body) => {
      sent.push([queueUrl, body]);
      if (queueUrl === 'http://q') return '1';
      throw Object.assign(new Error('gone'), { name: 'QueueDoesNotExistException' });
    }),
  );

  const answer = await machine.startSync({ a: 1 });

  expect(sent).toEqual([
    ['http://q', '{"a":1}'],
    ['http://gone', '{"a":1,"sent":{"MessageId":"1"}}'],
  ]);
  expect(answer).toMatchObject({
    status: 'FAILED',
    error: 'SQS.QueueDoesNotExistException',
    cause: expect.stringMatching(/^gone \(Service: AmazonSQS; Status Code: 400; /),
  });
});

test('a thousand executions at once end well, each by its own path', async () => {
  const { machine, history } = machineOf(saga, {
    ...working,
    pay: (input) => ((input as { n: number }).n % 3 ? { id: 'pi' } : failing('CardDeclined')(null)),
  });

  const answers = await Promise.all(Array.from({ length: 1000 }, (_, n) => machine.startSync({ n })));

  answers.forEach(({ status }, n) => expect(status).toBe(n % 3 ? 'SUCCEEDED' : 'FAILED'));
  expect(history.list()).toHaveLength(1000);
});

test('the history forgets the oldest, finds by id, name and ARN, and tells every event live', async () => {
  const { machine, history } = machineOf(saga, working);
  const live: string[] = [];
  const stop = history.onEvent((event, execution) => live.push(`${execution.name} ${event.type}`));
  const first = await machine.startSync({}, { name: 'first' });
  stop();

  for (let n = 0; n < 1000; n++) await machine.startSync({}, { name: `later-${n}` });

  expect(live.at(-1)).toBe('first ExecutionSucceeded');
  expect(live).toHaveLength(11);
  expect(history.get(first.executionArn)).toBeUndefined();
  expect(history.get('later-999')).toBe(history.list()[0]);
  expect(history.get(history.list()[0]!.id)).toBe(history.list()[0]);
  history.clear();
  expect(history.list()).toEqual([]);
});
