import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type AwsEndpoint, startAwsEndpoint } from '../../../local/core/aws-endpoint';
import { ExecutionHistory } from '../../../local/step-functions/execution-history';
import { createStepFunctionsService } from '../../../local/step-functions/step-functions-service';
import { clientConfig } from '../aws-endpoint-fixture';
import { failing, functionArn, invoke, machineOf, saga } from './machine';

const ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:';
const history = new ExecutionHistory();
let client: SFNClient;
let broken = false;
const tokens: string[] = [];

/** Pays, by a bare function; then asks, by a token; then does two things at once. */
const orderWorkflow = {
  StartAt: 'Pay',
  States: {
    Pay: { Type: 'Task', Resource: functionArn('pay'), TimeoutSeconds: 9, ResultPath: '$.pay', Next: 'Ask' },
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: { FunctionName: functionArn('ask'), Payload: { 'token.$': '$$.Task.Token' } },
      HeartbeatSeconds: 60,
      ResultPath: '$.answer',
      Catch: [{ ErrorEquals: ['Refused'], Next: 'Ended' }],
      Next: 'Both',
    },
    Both: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'Left', States: { Left: { Type: 'Pass', End: true } } },
        {
          StartAt: 'Each',
          States: {
            Each: {
              ...{ Type: 'Map', ItemsPath: '$.items', End: true },
              ItemProcessor: { StartAt: 'Item', States: { Item: { Type: 'Pass', End: true } } },
            },
          },
        },
      ],
      End: true,
    },
    Ended: { Type: 'Fail', Error: 'Cancelled' },
  },
};
let endpoint: AwsEndpoint;

beforeAll(async () => {
  const working = { reserve: () => ({}), pay: () => ({ id: 'pi_1' }), release: () => ({}) };
  const express = machineOf(saga, working, { arn: `${ARN}Express`, name: 'Express', history });
  const slow = { StartAt: 'Slow', States: { Slow: invoke('slow', { End: true }) } };
  const standard = machineOf(
    slow,
    { slow: () => delay(300, 'done') },
    { arn: `${ARN}Standard`, name: 'Standard', type: 'STANDARD', tags: { stage: 'dev' }, history },
  );
  const failingMachine = machineOf(
    slow,
    { slow: failing('Broken') },
    { arn: `${ARN}Fails`, name: 'Fails', history },
  );
  const orders = machineOf(
    orderWorkflow,
    {
      pay: () => (broken ? failing('Declined')(null) : { paid: true }),
      ask: (payload) => void tokens.push((payload as { token: string }).token),
    },
    { arn: `${ARN}Orders`, name: 'Orders', type: 'STANDARD', roleArn: 'arn:aws:iam::1:role/orders', history },
  );
  for (const qualifier of ['1', 'live']) express.machine.qualify(qualifier);
  const service = createStepFunctionsService([
    ...[express.machine, standard.machine, failingMachine.machine, orders.machine],
  ]);
  endpoint = await startAwsEndpoint([service]);
  client = new SFNClient({
    ...clientConfig(endpoint),
    disableHostPrefix: true,
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

const start = (input: unknown, name: string) =>
  client.send(
    new StartExecutionCommand({ stateMachineArn: `${ARN}Standard`, input: JSON.stringify(input), name }),
  );

test('StartSyncExecution waits for the output of an Express machine', async () => {
  const answer = await client.send(
    new StartSyncExecutionCommand({ stateMachineArn: `${ARN}Express`, input: '{"a":1}', name: 'n-1' }),
  );

  expect(answer).toMatchObject({ status: 'SUCCEEDED', name: 'n-1', input: '{"a":1}' });
  expect(JSON.parse(answer.output!)).toEqual({ id: 'pi_1', at: 'n-1' });
  expect(Math.abs(answer.startDate!.getTime() - Date.now())).toBeLessThan(5_000);
  expect(answer.stopDate!.getTime()).toBeGreaterThanOrEqual(answer.startDate!.getTime());
});

test.each(['1', 'live'])('the version or alias %s starts the machine it stands for', async (qualifier) => {
  const answer = await client.send(
    new StartSyncExecutionCommand({ stateMachineArn: `${ARN}Express:${qualifier}`, input: '{"a":1}' }),
  );

  expect(answer.status).toBe('SUCCEEDED');
  expect(history.get(answer.executionArn!)?.stateMachineArn).toBe(`${ARN}Express`);
});

test('a failed execution is a 200 with error and cause', async () => {
  const answer = await client.send(new StartSyncExecutionCommand({ stateMachineArn: `${ARN}Fails` }));

  expect(answer).toMatchObject({ status: 'FAILED', error: 'Broken' });
  expect(JSON.parse(answer.cause!).errorMessage).toBe('no');
});

test('a Standard execution runs by itself and can be described', async () => {
  const { executionArn } = await start({ a: 1 }, 'described');
  const running = await client.send(new DescribeExecutionCommand({ executionArn }));
  await delay(500);
  const ended = await client.send(new DescribeExecutionCommand({ executionArn }));

  expect(executionArn).toBe('arn:aws:states:us-east-1:000000000000:execution:Standard:described');
  expect(running).toMatchObject({ status: 'RUNNING', input: '{"a":1}' });
  expect(ended.status).toBe('SUCCEEDED');
  expect(JSON.parse(ended.output!).Payload).toBe('done');
});

test('ten starts of one Standard name with one input are one execution; another input, or a later start, is refused', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => start({ a: 1 }, 'once')));
  const other = start({ a: 2 }, 'once');

  expect(new Set(answers.map(({ executionArn }) => executionArn)).size).toBe(1);
  expect(new Set(answers.map(({ startDate }) => startDate!.getTime())).size).toBe(1);
  expect(history.list().filter(({ name }) => name === 'once')).toHaveLength(1);
  await expect(other).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  await delay(500);
  await expect(start({ a: 1 }, 'once')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
});

test('StopExecution aborts a Standard execution with the error given', async () => {
  const { executionArn } = await start({}, 'stopped');

  await client.send(new StopExecutionCommand({ executionArn, error: 'Operator', cause: 'enough' }));
  const stopped = await client.send(new DescribeExecutionCommand({ executionArn }));

  expect(stopped).toMatchObject({ status: 'ABORTED', error: 'Operator', cause: 'enough' });
});

test.each([
  ['an unknown machine', { stateMachineArn: `${ARN}Nobody` }, 'StateMachineDoesNotExist'],
  ['an alias that nobody made', { stateMachineArn: `${ARN}Express:blue` }, 'StateMachineDoesNotExist'],
  ['a Standard machine', { stateMachineArn: `${ARN}Standard` }, 'StateMachineTypeNotSupported'],
  ['an input that is no JSON', { stateMachineArn: `${ARN}Express`, input: '{' }, 'InvalidExecutionInput'],
  ['a bad name', { stateMachineArn: `${ARN}Express`, name: 'a b' }, 'InvalidName'],
  [
    'a large input',
    { stateMachineArn: `${ARN}Express`, input: `"${'x'.repeat(262_144)}"` },
    'ValidationException',
  ],
  ['a trace header', { stateMachineArn: `${ARN}Express`, traceHeader: 'Root=1' }, 'UnsupportedLocally'],
])('StartSyncExecution of %s is refused', async (_, input, name) => {
  await expect(client.send(new StartSyncExecutionCommand(input))).rejects.toMatchObject({ name });
});

test('of an Express workflow the API tells no executions', async () => {
  const { executionArn } = await client.send(
    new StartSyncExecutionCommand({ stateMachineArn: `${ARN}Express` }),
  );

  for (const command of [
    new DescribeExecutionCommand({ executionArn }),
    new GetExecutionHistoryCommand({ executionArn }),
    new StopExecutionCommand({ executionArn }),
    new RedriveExecutionCommand({ executionArn }),
  ]) {
    await expect(client.send(command as DescribeExecutionCommand)).rejects.toMatchObject({
      name: 'InvalidArn',
    });
  }
  await expect(
    client.send(new ListExecutionsCommand({ stateMachineArn: `${ARN}Express` })),
  ).rejects.toMatchObject({ name: 'StateMachineTypeNotSupported' });
});

async function order(name: string): Promise<string> {
  const input = JSON.stringify({ items: ['x'] });
  const command = new StartExecutionCommand({ stateMachineArn: `${ARN}Orders`, name, input });
  return (await client.send(command)).executionArn!;
}

async function nextToken(): Promise<string> {
  while (tokens.length === 0) await delay(2);
  await delay(10);
  return tokens.pop()!;
}

async function ended(executionArn: string) {
  for (;;) {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING') return execution;
    await delay(5);
  }
}

test('a task token brings the answer of whoever has it, once', async () => {
  const executionArn = await order('answered');
  const taskToken = await nextToken();

  await client.send(new SendTaskHeartbeatCommand({ taskToken }));
  await client.send(new SendTaskSuccessCommand({ taskToken, output: '"yes"' }));
  const { status, output } = await ended(executionArn);

  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output!)[0]).toEqual({ items: ['x'], pay: { paid: true }, answer: 'yes' });
  await expect(client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }))).rejects.toMatchObject({
    name: 'TaskTimedOut',
  });
  await expect(client.send(new SendTaskFailureCommand({ taskToken: 'nobody’s' }))).rejects.toMatchObject({
    name: 'InvalidToken',
  });
});

test('an output that is no JSON is refused, and the task goes on waiting', async () => {
  const executionArn = await order('refused');
  const taskToken = await nextToken();

  await expect(client.send(new SendTaskSuccessCommand({ taskToken, output: 'yes' }))).rejects.toMatchObject({
    name: 'InvalidOutput',
  });
  await client.send(new SendTaskFailureCommand({ taskToken, error: 'Refused', cause: 'no' }));

  expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Cancelled' });
});

test('the history tells every event by its API name, each with the one before it on its path', async () => {
  const executionArn = await order('told');
  await client.send(new SendTaskSuccessCommand({ taskToken: await nextToken(), output: '"yes"' }));
  await ended(executionArn);

  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));

  expect(events.map(({ type, previousEventId }) => [previousEventId, type])).toEqual([
    [0, 'ExecutionStarted'],
    [1, 'TaskStateEntered'],
    [2, 'LambdaFunctionScheduled'],
    [3, 'LambdaFunctionStarted'],
    [4, 'LambdaFunctionSucceeded'],
    [5, 'TaskStateExited'],
    [6, 'TaskStateEntered'],
    [7, 'TaskScheduled'],
    [8, 'TaskStarted'],
    [9, 'TaskSubmitted'],
    [10, 'TaskSucceeded'],
    [11, 'TaskStateExited'],
    [12, 'ParallelStateEntered'],
    [13, 'ParallelStateStarted'],
    [14, 'PassStateEntered'],
    [15, 'PassStateExited'],
    [14, 'MapStateEntered'],
    [17, 'MapStateStarted'],
    [18, 'MapIterationStarted'],
    [19, 'PassStateEntered'],
    [20, 'PassStateExited'],
    [21, 'MapIterationSucceeded'],
    [18, 'MapStateSucceeded'],
    [23, 'MapStateExited'],
    [14, 'ParallelStateSucceeded'],
    [25, 'ParallelStateExited'],
    [26, 'ExecutionSucceeded'],
  ]);
  expect(events[2]!.lambdaFunctionScheduledEventDetails).toEqual({
    resource: functionArn('pay'),
    input: '{"items":["x"]}',
    inputDetails: { truncated: false },
    timeoutInSeconds: 9,
  });
  expect(events[7]!.taskScheduledEventDetails).toMatchObject({
    ...{
      resourceType: 'lambda',
      resource: 'invoke.waitForTaskToken',
      region: 'us-east-1',
      heartbeatInSeconds: 60,
    },
    parameters: expect.stringContaining(`{"FunctionName":"${functionArn('ask')}","Payload":{"token":"`),
  });
  expect(events[10]!.taskSucceededEventDetails).toMatchObject({ resourceType: 'lambda', output: '"yes"' });
  expect(events[18]!.mapIterationStartedEventDetails).toEqual({ name: 'Each', index: 0 });
});

test('the history comes in pages, backwards, and without data if that is wished', async () => {
  const executionArn = await order('paged');
  await client.send(new SendTaskSuccessCommand({ taskToken: await nextToken(), output: '1' }));
  await ended(executionArn);
  const ask = (more: object) => client.send(new GetExecutionHistoryCommand({ executionArn, ...more }));

  const first = await ask({ maxResults: 20, reverseOrder: true });
  const second = await ask({ maxResults: 20, reverseOrder: true, nextToken: first.nextToken });
  const bare = await ask({ includeExecutionData: false });

  expect(first.events!.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, index) => 27 - index));
  expect(second.events!.map(({ id }) => id)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  expect(second.nextToken).toBeUndefined();
  expect(bare.events![1]!.stateEnteredEventDetails).toEqual({
    name: 'Pay',
    inputDetails: { truncated: false },
  });
  await expect(ask({ nextToken: 'made up' })).rejects.toMatchObject({ name: 'InvalidToken' });
  await expect(ask({ maxResults: 1001 })).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a redrive goes on from the state that failed, with its input; one that succeeded has nothing to redrive', async () => {
  broken = true;
  const executionArn = await order('redriven');
  const failed = await ended(executionArn);
  broken = false;

  await client.send(new RedriveExecutionCommand({ executionArn }));
  await client.send(new SendTaskSuccessCommand({ taskToken: await nextToken(), output: '"yes"' }));
  const redriven = await ended(executionArn);
  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));

  expect(failed).toMatchObject({
    status: 'FAILED',
    error: 'Declined',
    redriveStatus: 'REDRIVABLE',
    redriveCount: 0,
  });
  expect(redriven).toMatchObject({ status: 'SUCCEEDED', redriveStatus: 'NOT_REDRIVABLE', redriveCount: 1 });
  expect(redriven.error).toBeUndefined();
  expect(events.map(({ type }) => type).slice(0, 8)).toEqual([
    ...['ExecutionStarted', 'TaskStateEntered', 'LambdaFunctionScheduled', 'LambdaFunctionStarted'],
    ...['LambdaFunctionFailed', 'ExecutionFailed', 'ExecutionRedriven', 'TaskStateEntered'],
  ]);
  await expect(client.send(new RedriveExecutionCommand({ executionArn }))).rejects.toMatchObject({
    name: 'ExecutionNotRedrivable',
  });
});

test('executions are listed newest first, by status and by redrive, in pages', async () => {
  const list = async (more: object = {}) => {
    const answer = await client.send(new ListExecutionsCommand({ stateMachineArn: `${ARN}Orders`, ...more }));
    return { names: answer.executions!.map(({ name }) => name), nextToken: answer.nextToken };
  };

  const all = await list();
  const page = await list({ maxResults: 2 });

  expect(all.names).toEqual(['redriven', 'paged', 'told', 'refused', 'answered']);
  expect(page.names).toEqual(['redriven', 'paged']);
  expect((await list({ maxResults: 9, nextToken: page.nextToken })).names).toEqual([
    'told',
    'refused',
    'answered',
  ]);
  expect((await list({ statusFilter: 'FAILED' })).names).toEqual(['refused']);
  expect((await list({ redriveFilter: 'REDRIVEN' })).names).toEqual(['redriven']);
  await expect(list({ statusFilter: 'LOST' })).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a machine is described with its definition and role', async () => {
  const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn: `${ARN}Orders` }));

  expect(described).toMatchObject({ name: 'Orders', type: 'STANDARD', status: 'ACTIVE' });
  expect(described.roleArn).toBe('arn:aws:iam::1:role/orders');
  expect(JSON.parse(described.definition!)).toEqual(orderWorkflow);
});

test('the machines are listed, and each tells its tags', async () => {
  const { stateMachines = [] } = await client.send(new ListStateMachinesCommand());
  const tagsOf = async (resourceArn: string) =>
    (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;

  expect(stateMachines.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'Express EXPRESS',
    'Standard STANDARD',
    'Fails EXPRESS',
    'Orders STANDARD',
  ]);
  expect(stateMachines[0]!.creationDate!.getTime()).toBeGreaterThan(Date.now() - 60_000);
  expect(await tagsOf(`${ARN}Standard`)).toEqual([{ key: 'stage', value: 'dev' }]);
  expect(await tagsOf(`${ARN}Express`)).toEqual([]);
  await expect(tagsOf(`${ARN}None`)).rejects.toMatchObject({ name: 'ResourceNotFound' });
});
