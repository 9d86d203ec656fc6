import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ExecutionHistory } from '../../../local/step-functions/execution-history';
import { createStepFunctionsService } from '../../../local/step-functions/step-functions-service';
import { failing, invoke, machineOf, saga } from './machine';

const ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:';
const history = new ExecutionHistory();
let client: SFNClient;
let server: Server;

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
  for (const qualifier of ['1', 'live']) express.machine.qualify(qualifier);
  const service = createStepFunctionsService(
    [express.machine, standard.machine, failingMachine.machine],
    history,
  );
  server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = {
        method: incoming.method!,
        path: incoming.url!,
        query: new URLSearchParams(),
        headers: incoming.headers as Record<string, string>,
        body: Buffer.concat(chunks),
      };
      void service.handle(request).then(({ statusCode, headers, body }) => {
        outgoing.writeHead(statusCode, headers).end(body);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new SFNClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    disableHostPrefix: true,
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
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

test('an Express execution cannot be described, and the history is not served on the wire', async () => {
  const { executionArn } = await client.send(
    new StartSyncExecutionCommand({ stateMachineArn: `${ARN}Express` }),
  );

  await expect(client.send(new DescribeExecutionCommand({ executionArn }))).rejects.toMatchObject({
    name: 'ExecutionDoesNotExist',
  });
  await expect(client.send(new GetExecutionHistoryCommand({ executionArn }))).rejects.toMatchObject({
    name: 'UnsupportedLocally',
  });
});

test('the machines are listed, and each tells its tags', async () => {
  const { stateMachines = [] } = await client.send(new ListStateMachinesCommand());
  const tagsOf = async (resourceArn: string) =>
    (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;

  expect(stateMachines.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'Express EXPRESS',
    'Standard STANDARD',
    'Fails EXPRESS',
  ]);
  expect(stateMachines[0]!.creationDate!.getTime()).toBeGreaterThan(Date.now() - 60_000);
  expect(await tagsOf(`${ARN}Standard`)).toEqual([{ key: 'stage', value: 'dev' }]);
  expect(await tagsOf(`${ARN}Express`)).toEqual([]);
  await expect(tagsOf(`${ARN}None`)).rejects.toMatchObject({ name: 'ResourceNotFound' });
});
