import { setTimeout as delay } from 'node:timers/promises';
import { LocalClock } from '../../local/core/clock';
import { DYNAMODB } from '../../local/dynamodb/plugin';
import { S3 } from '../../local/s3/plugin';
import { SNS } from '../../local/sns/plugin';
import { type Json, type JsonObject } from '../../local/step-functions/asl/json';
import { STEP_FUNCTIONS } from '../../local/step-functions/plugin';
import { createResources, startPlugins } from '../local/plugin-fixture';
import { failing, type FakeFunction, machineOf } from '../local/step-functions/machine';
import { blocksOf, definition, machineAround } from '../../conformance/seeds/definitions';

/** What `lambda:invoke` answers. */
const invoked = (Payload: Json): object => ({ ExecutedVersion: '$LATEST', Payload, StatusCode: 200 });

function played(json: JsonObject, functions: Record<string, FakeFunction> = {}, options: object = {}) {
  const machine = 'StartAt' in json ? json : machineAround(json);
  return machineOf(machine, functions, { type: 'STANDARD', ...options });
}

test('the guide has fifteen definitions; all are taken but two, whose services this run has not, refused by name', async () => {
  const plugins = await startPlugins(STEP_FUNCTIONS, DYNAMODB, SNS, S3);
  const refused: unknown[] = [];

  for (const { heading, json } of blocksOf('guide')) {
    try {
      played(json, {}, { integration: (name: string) => plugins.integrations.get(name) });
    } catch (error) {
      refused.push([heading, (error as Error).name, (error as Error).message]);
    }
  }

  expect(blocksOf('guide')).toHaveLength(15);
  expect(refused).toEqual([
    [
      'S3',
      'UnsupportedLocally',
      expect.stringContaining('State GetObject: the Resource arn:aws:states:::aws-sdk:s3:getObject'),
    ],
    [
      'ECS',
      'UnsupportedLocally',
      expect.stringContaining('State RunTask: the Resource arn:aws:states:::ecs:runTask'),
    ],
  ]);
});

test('the basic example hands its message over and ends with what the function answered', async () => {
  const { machine, path } = played(definition('guide', 'Exemplo Básico'), {
    HelloFunction: (payload) => ({ heard: payload }),
  });

  const { status, output } = await machine.start({ any: 'input' }).finished;

  expect(path()).toEqual(['HelloWorld']);
  expect({ status, output }).toEqual({
    status: 'SUCCEEDED',
    output: invoked({ heard: { message: 'Hello from Step Functions!' } }),
  });
});

test('a Task selects its payload from the input', async () => {
  const { machine, path } = played(definition('guide', 'Task State'), {
    ProcessDataFunction: (payload) => payload,
  });

  const { output } = await machine.start({ inputData: [1, 2], more: 'left out' }).finished;

  expect(path()).toEqual(['ProcessData', 'NextState']);
  expect(output).toEqual(invoked({ data: [1, 2] }));
});

test('a Task whose payload is not in the input ends the execution before the function is called', async () => {
  const { machine, calls } = played(definition('guide', 'Task State'));

  const { status, error } = await machine.start({}).finished;

  expect({ status, error, calls }).toEqual({ status: 'FAILED', error: 'States.Runtime', calls: [] });
});

test.each([
  [101, 'HighValue'],
  [100, 'NormalValue'],
  [10, 'NormalValue'],
  [9.5, 'LowValue'],
  ['101', 'NormalValue'],
])('the Choice leads a value of %j to %s', async (value, state) => {
  const { machine, path } = played(definition('guide', 'Choice State'));

  const { output } = await machine.start({ value }).finished;

  expect(path()).toEqual(['CheckValue', state]);
  expect(output).toEqual({ value });
});

test('the branches of Parallel get the same input, run at the same time, and answer in their own order', async () => {
  const { machine, path } = played(definition('guide', 'Parallel State'), {
    Task1Function: async (payload) => (await delay(20), { slow: payload }),
    Task2Function: (payload) => ({ fast: payload }),
  });

  const { output } = await machine.start({ id: 7 }).finished;

  expect(path()).toEqual(['ProcessInParallel', 'Task1', 'Task2']);
  expect(output).toEqual([invoked({ slow: { id: 7 } }), invoked({ fast: { id: 7 } })]);
});

test('a branch that fails ends Parallel, and the execution with its error', async () => {
  const { machine } = played(definition('guide', 'Parallel State'), {
    Task1Function: failing('Broken'),
    Task2Function: () => 'ok',
  });

  const { status, error } = await machine.start({}).finished;

  expect({ status, error }).toEqual({ status: 'FAILED', error: 'Broken' });
});

test('Map does its state for each item, at most ten at once, and answers in their order', async () => {
  let [running, peak] = [0, 0];
  const { machine, path } = played(definition('guide', 'Map State'), {
    async ProcessItemFunction(item) {
      peak = Math.max(peak, ++running);
      await delay(2);
      running--;
      return (item as number) * 2;
    },
  });
  const items = Array.from({ length: 25 }, (_, index) => index);

  const { output } = await machine.start({ items }).finished;

  expect(output).toEqual(items.map((item) => invoked(item * 2)));
  expect(path()).toEqual(['ProcessItems', ...items.map(() => 'ProcessItem')]);
  expect(peak).toBe(10);
});

test.each<[string, Json, object]>([
  ['no items has no results', { items: [] }, { status: 'SUCCEEDED', output: [] }],
  ['what is no list cannot be evaluated', { items: 'A-1' }, { status: 'FAILED', error: 'States.Runtime' }],
  ['an item that fails ends with its error', { items: [1, 13] }, { status: 'FAILED', error: 'Unlucky' }],
])('Map over %s', async (_, input, outcome) => {
  const { machine } = played(definition('guide', 'Map State'), {
    ProcessItemFunction: (item) => (item === 13 ? failing('Unlucky')(item) : item),
  });

  expect(await machine.start(input).finished).toMatchObject(outcome);
});

test.each([
  ['60 seconds', 0, '2024-12-01T00:00:00Z'],
  ['the timestamp', 1, '2024-12-31T23:58:59Z'],
])('Wait goes on after %s, and not before', async (_, index, now) => {
  const clock = new LocalClock();
  clock.advance((Date.parse(now) - Date.now()) / 1000);
  const { machine, path } = played(definition('guide', 'Wait State', index), {}, { clock, waitScale: 1 });
  const execution = machine.start({ id: 1 });
  await delay(5);

  clock.advance(55);
  await delay(5);
  const before = path();
  clock.advance(6);
  const { output } = await execution.finished;

  expect(before).toHaveLength(1);
  expect(path()).toEqual([...before, 'NextState']);
  expect(output).toEqual({ id: 1 });
});

test('Wait until a timestamp that has passed goes on at once', async () => {
  const { machine, path } = played(definition('guide', 'Wait State', 1), {}, { waitScale: 1 });

  const { status } = await machine.start({}).finished;

  expect(status).toBe('SUCCEEDED');
  expect(path()).toEqual(['WaitUntil', 'NextState']);
});

test('the guide’s function gets the whole input, and its answer is the Payload', async () => {
  const { machine, path } = played(definition('guide', 'Invocar Lambda'), {
    MyFunction: (event) => ({ statusCode: 200, result: 'Success', data: (event as JsonObject).input }),
  });

  const { output } = await machine.start({ seat: 'A-1' }).finished;

  expect(path()).toEqual(['InvokeLambda', 'NextState']);
  expect(output).toEqual(invoked({ statusCode: 200, result: 'Success', data: { seat: 'A-1' } }));
});

describe('the guide’s Retry and Catch, with the state that handles errors behind them', () => {
  const states = { ...definition('guide', 'Retry'), ...definition('guide', 'Catch') };
  const functions = {
    ProcessDataFunction: () => 'done',
    ErrorHandler: (error: Json) => ({ handled: error }),
  };
  const tried = () => {
    const fixture = played(states, functions, { waitScale: 0.001 });
    const waits = () =>
      fixture.history.list()[0]!.events.flatMap(({ retry }) => (retry ? [retry.waitSeconds * 1000] : []));
    return { ...fixture, waits };
  };

  test.each(['Lambda.ServiceException', 'Lambda.AWSLambdaException'])(
    'a call that Lambda fails twice, by %s, succeeds after 2 and 4 seconds',
    async (error) => {
      const { machine, path, waits } = tried();
      machine.faults.set('ProcessData', { mode: 'fail-before', error, times: 2 });

      const { output } = await machine.start({}).finished;

      expect(path()).toEqual(['ProcessData', 'NextState']);
      expect(waits()).toEqual([2, 4]);
      expect(output).toEqual(invoked('done'));
    },
  );

  test('a call that goes on failing is given up after three retries, and handled', async () => {
    const { machine, path, waits } = tried();
    machine.faults.set('ProcessData', { mode: 'fail-before', error: 'Lambda.ServiceException' });

    const { status, output } = await machine.start({}).finished;

    expect(path()).toEqual(['ProcessData', 'HandleError']);
    expect(waits()).toEqual([2, 4, 8]);
    expect({ status, output }).toEqual({
      status: 'SUCCEEDED',
      output: invoked({
        handled: {
          error: 'Lambda.ServiceException',
          cause: expect.stringContaining('Injected fault') as string,
        },
      }),
    });
  });

  test('an error of the function itself is handled without a retry', async () => {
    const { machine, history, path } = played(states, {
      ...functions,
      ProcessDataFunction: failing('Broken'),
    });

    const { output } = await machine.start({}).finished;

    expect(path()).toEqual(['ProcessData', 'HandleError']);
    expect(history.list()[0]!.events.some(({ retry }) => retry)).toBe(false);
    expect(output).toMatchObject({ Payload: { handled: { error: 'Broken' } } });
  });

  test('a time-out is not among the failures that States.TaskFailed names', async () => {
    const { machine, path } = tried();
    machine.faults.set('ProcessData', { mode: 'timeout' });

    const { status, error } = await machine.start({}).finished;

    expect(path()).toEqual(['ProcessData']);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  });
});

test('results are put beside the input, and the second state sees the first one’s result alone', async () => {
  const seen: Json[] = [];
  const { machine, path } = played(definition('guide', 'Input e Output'), {
    State1Function: (payload) => (seen.push(payload), 'one'),
    State2Function: (payload) => (seen.push(payload), 'two'),
  });

  const { output } = await machine.start({ id: 7 }).finished;

  expect(path()).toEqual(['State1', 'State2']);
  expect(seen).toEqual([{ id: 7 }, invoked('one')]);
  expect(output).toEqual({ id: 7, result1: invoked('one'), result2: invoked('two') });
});

test('an item is put into a table without a function', async () => {
  const plugins = await startPlugins(STEP_FUNCTIONS, DYNAMODB);
  const { TableName } = await createResources(
    plugins,
    {
      MyTable: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: {
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
          Replicas: [{ Region: 'us-east-1' }],
        },
      },
    },
    { TableName: { Value: { Ref: 'MyTable' } } },
  );
  const json = JSON.stringify(definition('guide', 'DynamoDB')).replace('MyTable', TableName as string);
  const integration = (name: string) => plugins.integrations.get(name);
  const { machine, path } = played(JSON.parse(json) as JsonObject, {}, { integration });

  const { status } = await machine.start({ id: 'a', data: 'kept' }).finished;

  const read = integration('dynamodb:getItem')!.call({ TableName, Key: { id: { S: 'a' } } });
  expect(status).toBe('SUCCEEDED');
  expect(path()).toEqual(['PutItem']);
  expect(await read).toEqual({ Item: { id: { S: 'a' }, data: { S: 'kept' } } });
});

describe('the guide’s order', () => {
  const functions = {
    ValidateOrderFunction: () => 'valid',
    CheckInventoryFunction: () => 'there',
    ProcessPaymentFunction: () => 'paid',
    UpdateInventoryFunction: () => 'updated',
    SendNotificationFunction: () => 'sent',
  };
  const order = definition('guide', 'Exemplo: Processamento de Pedidos');

  test('goes through its states and ends with what both branches of FulfillOrder answered', async () => {
    const { machine, path, calls } = played(order, functions);

    const { status, output } = await machine.start({ orderId: 'A1001' }).finished;

    expect(path()).toEqual([
      ...['ValidateOrder', 'CheckInventory', 'ProcessPayment', 'FulfillOrder'],
      ...['UpdateInventory', 'SendNotification'],
    ]);
    expect(calls).toEqual(Object.keys(functions));
    expect({ status, output }).toEqual({
      status: 'SUCCEEDED',
      output: [invoked('updated'), invoked('sent')],
    });
  });

  // It has no Catch: what was done before the failure stays done.
  test.each([
    ['ValidateOrder', ['ValidateOrder']],
    ['CheckInventory', ['ValidateOrder', 'CheckInventory']],
    ['ProcessPayment', ['ValidateOrder', 'CheckInventory', 'ProcessPayment']],
    [
      'SendNotification',
      [
        ...['ValidateOrder', 'CheckInventory', 'ProcessPayment'],
        ...['FulfillOrder', 'UpdateInventory', 'SendNotification'],
      ],
    ],
  ])('ends where %s fails', async (state, states) => {
    const { machine, path } = played(order, { ...functions, [`${state}Function`]: failing('Broken') });

    const { status, error } = await machine.start({ orderId: 'A1001' }).finished;

    expect(path()).toEqual(states);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'Broken' });
  });
});
