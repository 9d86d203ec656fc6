import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CheckpointDurableExecutionCommand,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  GetFunctionCommand,
  InvokeCommand,
  type InvokeCommandInput,
  ListDurableExecutionsByFunctionCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { DurableCloud, prepare } from '../../../conformance/durable-functions/durable-cloud';

const directory = mkdtempSync(join(tmpdir(), 'durable-api-'));
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

type Id = Parameters<DurableCloud['nameOf']>[0];

function invoke(
  id: Id,
  qualifier: string,
  input: Partial<InvokeCommandInput> & { readonly event?: object } = {},
) {
  const { event = { pattern: 'named step' }, ...more } = input;
  const FunctionName = `${durable.nameOf(id)}${qualifier}`;
  return durable.client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), ...more }));
}

describe('Invoke', () => {
  test.each([':live', ':1', ':$LATEST'])('of %s waits for the result', async (qualifier) => {
    const { Payload, StatusCode, FunctionError, DurableExecutionArn, ExecutedVersion } = await invoke(
      'Patterns',
      qualifier,
    );

    const version = qualifier === ':$LATEST' ? '$LATEST' : '1';
    expect([StatusCode, FunctionError, ExecutedVersion]).toEqual([200, undefined, version]);
    expect(JSON.parse(Buffer.from(Payload!).toString())).toEqual({ id: 'u-1', name: 'Ada' });
    expect(DurableExecutionArn).toContain(`${durable.nameOf('Patterns')}:${version}/durable-execution/`);
  });

  test('answers the error of an execution that fails as it does that of a function', async () => {
    const { Payload, FunctionError } = await invoke('Patterns', ':live', { event: { pattern: 'throws' } });

    expect(FunctionError).toBe('Unhandled');
    expect(JSON.parse(Buffer.from(Payload!).toString())).toMatchObject({
      ...{ errorType: 'ValidationError', errorMessage: 'this cannot work' },
    });
  });

  test('of a function that is not durable invokes it', async () => {
    const { Payload, DurableExecutionArn } = await invoke('Plain', '', { event: { a: 1 } });

    expect(JSON.parse(Buffer.from(Payload!).toString())).toEqual({ plain: true, got: { a: 1 } });
    expect(DurableExecutionArn).toBeUndefined();
  });

  const INVALID = 'InvalidParameterValueException';
  test.each<[string, Id, string, object, string, string]>([
    ...(['RequestResponse', 'Event', 'DryRun'] as const).map(
      (InvocationType): [string, Id, string, object, string, string] => [
        `${InvocationType} without a version`,
        ...(['Patterns', '', { InvocationType }, INVALID, 'using an unqualified ARN'] as const),
      ],
    ),
    ['a wait for more than 15 minutes', 'Long', ':live', {}, INVALID, 'greater than 15 minutes'],
    ['a long name', 'Patterns', ':1', { DurableExecutionName: 'n'.repeat(65) }, INVALID, 'Name'],
    ['a name with blanks', 'Patterns', ':1', { DurableExecutionName: 'my name' }, INVALID, 'Name'],
    ['a name for a plain function', 'Plain', '', { DurableExecutionName: 'n' }, INVALID, 'not a durable'],
    ['an unknown alias', 'Patterns', ':canary', {}, 'ResourceNotFoundException', 'canary'],
    ['no JSON', 'Patterns', ':1', { Payload: '{' }, 'InvalidRequestContentException', 'parse'],
    ['the log', 'Patterns', ':1', { LogType: 'Tail' }, 'UnsupportedLocally', 'its log'],
    ['a tenant', 'Patterns', ':1', { TenantId: 't' }, 'UnsupportedLocally', 'tenant'],
    [
      ...(['more than a mebibyte', 'Patterns', ':1'] as const),
      ...([
        { InvocationType: 'Event', Payload: `"${'x'.repeat(2 ** 20)}"` },
        'RequestTooLargeException',
      ] as const),
      'smaller than 1048576 bytes',
    ],
  ])('with %s is refused', async (_, id, qualifier, input, name, message) => {
    const refused = invoke(id, qualifier, input);

    await expect(refused).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('by a name that there is answers that execution, whether it runs or has ended, and no other input', async () => {
    const named = { DurableExecutionName: 'once', InvocationType: 'Event' } as const;
    const starts = [invoke('Long', ':live', named), invoke('Long', ':live', named)];

    const [first, second] = await Promise.all(starts);
    await durable.ended(first!.DurableExecutionArn!);
    const third = await invoke('Long', ':1', named);
    const other = () => invoke('Long', ':live', { ...named, event: { pattern: 'nothing' } });
    const elsewhere = await invoke('Patterns', ':live', { ...named, event: { pattern: 'nothing' } });

    expect([second!.DurableExecutionArn, third.DurableExecutionArn]).toEqual(
      Array(2).fill(first!.DurableExecutionArn),
    );
    expect(elsewhere.DurableExecutionArn).not.toBe(first!.DurableExecutionArn);
    await expect(other()).rejects.toMatchObject({ name: 'DurableExecutionAlreadyStartedException' });
  });

  test('by a name that was forgotten starts anew', async () => {
    const named = { DurableExecutionName: 'forgotten', InvocationType: 'Event' } as const;
    const { DurableExecutionArn: first } = await invoke('Long', ':live', named);
    await durable.ended(first!);

    durable.cloud.clock.advance(3 * 86_400 + 1);
    const { DurableExecutionArn: second } = await invoke('Long', ':live', named);

    expect(second).not.toBe(first);
    await expect(durable.history(first!)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('an execution', () => {
  test('is described, and its history in pages, with its data or without', async () => {
    const event = { pattern: 'named step' } as const;
    const arn = await durable.begin(event, { DurableExecutionName: 'described' });
    await durable.ended(arn);
    const about = { DurableExecutionArn: arn };

    const whole = await durable.client.send(new GetDurableExecutionCommand(about));
    const brief = await durable.client.send(
      new GetDurableExecutionCommand({ ...about, IncludeExecutionData: false }),
    );
    const history = (more: object) =>
      durable.client.send(new GetDurableExecutionHistoryCommand({ ...about, ...more }));
    const first = await history({ MaxItems: 2, IncludeExecutionData: false });
    const second = await history({ Marker: first.NextMarker, MaxItems: 1000 });
    const backwards = await history({ ReverseOrder: true });

    expect(whole).toMatchObject({
      ...{ DurableExecutionName: 'described', Status: 'SUCCEEDED', Version: '1' },
      ...{ InputPayload: JSON.stringify(event), Result: '{"id":"u-1","name":"Ada"}' },
      ...{ StartTimestamp: expect.any(Date), EndTimestamp: expect.any(Date), ExecutionDataIncluded: true },
      DurableConfig: { ExecutionTimeout: 30 * 86_400, RetentionPeriodInDays: 3 },
    });
    expect([brief.Result, brief.InputPayload, brief.ExecutionDataIncluded]).toEqual([
      ...[undefined, undefined, false],
    ]);
    const ids = [...first.Events!, ...second.Events!].map(({ EventId }) => EventId);
    expect(ids).toEqual(ids.map((_, index) => index + 1));
    expect(backwards.Events!.map(({ EventId }) => EventId)).toEqual([...ids].reverse());
    expect(first.Events![0]!.ExecutionStartedDetails).toEqual({ Input: {}, ExecutionTimeout: 30 * 86_400 });
  });

  test('is listed by its function, newest first, by name, status, time and version', async () => {
    const [older, newer] = [
      await durable.begin({ pattern: 'throws' }, { DurableExecutionName: 'older' }),
      await durable.begin({ pattern: 'named step' }, { DurableExecutionName: 'newer' }),
    ];
    await Promise.all([durable.ended(older), durable.ended(newer)]);
    const FunctionName = durable.nameOf('Long');
    const names = async (filter: object) => {
      const listed = new ListDurableExecutionsByFunctionCommand({ FunctionName, ...filter });
      const { DurableExecutions = [] } = await durable.client.send(listed);
      return DurableExecutions.map((each) => each.DurableExecutionName);
    };

    const [newest] = await names({ MaxItems: 1 });
    const oldestFirst = await names({ ReverseOrder: true });
    const later = new Date(durable.cloud.clock.now() + 1_000);

    expect(newest).toBe('newer');
    expect(oldestFirst.slice(-2)).toEqual(['older', 'newer']);
    expect(await names({ DurableExecutionName: 'older' })).toEqual(['older']);
    expect(await names({ Statuses: ['FAILED'] })).toContain('older');
    expect(await names({ Statuses: ['FAILED'] })).not.toContain('newer');
    expect(await names({ StartedAfter: later })).toEqual([]);
    expect(await names({ StartedBefore: later })).toContain('newer');
    expect(await names({ Qualifier: '$LATEST' })).toEqual([]);
    await expect(names({ Statuses: ['BOGUS'] })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  test('is stopped once: nothing wakes it, and its time of the end stays', async () => {
    const arn = await durable.begin({ pattern: 'child context' });
    const stop = () =>
      durable.client.send(
        new StopDurableExecutionCommand({ DurableExecutionArn: arn, Error: { ErrorMessage: 'enough' } }),
      );

    const { StopTimestamp } = await stop();
    durable.cloud.clock.advance(3_600);
    const again = await stop();
    const execution = await durable.ended(arn);

    expect(execution).toMatchObject({ Status: 'STOPPED', Error: { ErrorMessage: 'enough' } });
    expect(again.StopTimestamp).toEqual(StopTimestamp);
  });

  test('that takes too long, by the clock of the run, times out', async () => {
    const arn = await durable.begin(
      { pattern: 'callback' },
      { FunctionName: `${durable.nameOf('Patterns')}:1` },
    );

    durable.cloud.clock.advance(901);

    const Error = { ErrorMessage: 'Execution timed out after 900 seconds.' };
    expect(await durable.ended(arn)).toMatchObject({ Status: 'TIMED_OUT', Error });
  });

  test.each([
    ['none runs', 'QUJD'],
    ['it is no token', ''.padEnd(8, 'A')],
  ])('takes no checkpoint when %s', async (_, CheckpointToken) => {
    const DurableExecutionArn = await durable.begin({ pattern: 'nothing' });
    await durable.ended(DurableExecutionArn);

    const checkpoint = new CheckpointDurableExecutionCommand({ DurableExecutionArn, CheckpointToken });

    await expect(durable.client.send(checkpoint)).rejects.toMatchObject({
      ...{ name: 'InvalidParameterValueException', message: 'Invalid checkpoint token' },
    });
  });
});

test('an operation that is not played is refused by name', async () => {
  const asked = durable.client.send(new GetFunctionCommand({ FunctionName: durable.nameOf('Plain') }));

  await expect(asked).rejects.toMatchObject({
    ...{ name: 'UnsupportedLocally', message: expect.stringContaining('lambda:GET /2015-03-31/functions/') },
  });
});

test('a reset forgets the executions, and tells who waits', async () => {
  const waiting = invoke('Patterns', ':live', { event: { pattern: 'callback' } });
  while (durable.executions.list().every(({ running }) => !running))
    await new Promise((resolve) => setTimeout(resolve, 10));

  await durable.cloud.reset();
  const { FunctionError } = await waiting;
  const after = await durable.run({ pattern: 'named step' });

  expect(FunctionError).toBe('Unhandled');
  expect(after).toEqual({ id: 'u-1', name: 'Ada' });
  expect(durable.executions.list()).toHaveLength(1);
});
