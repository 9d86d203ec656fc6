import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalClock } from '../../../local/core/clock';
import { type InvocationInput, type OperationUpdate } from '../../../local/durable-functions/api-shapes';
import { DurableExecutions } from '../../../local/durable-functions/durable-executions';
import { type FunctionPool } from '../../../local/lambda/function-pool';
import { failed, type InvocationAnswer, LambdaServiceError } from '../../../local/lambda/invocation-answer';
import { temporaryDirectory } from '../aws-endpoint-fixture';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:Cancel';
const configuration = {
  ...{ name: 'Cancel', arn: ARN, codeDirectory: '', handler: '', timeoutSeconds: 3, memoryMb: 128 },
  ...{ environment: {}, durable: { executionTimeoutSeconds: 86_400, retentionDays: 1 } },
};

/** An invocation that the test answers. */
interface Invoked {
  readonly name: string;
  readonly event: InvocationInput;
  readonly answer: (answer: object) => Promise<void>;
  readonly die: () => Promise<void>;
}

/** Executions whose function is the test: it says what the SDK would say. */
class Driven {
  readonly clock = new LocalClock();
  readonly invoked: Invoked[] = [];
  readonly executions: DurableExecutions;

  constructor(journalFile?: string) {
    const invokeOnce = (name: string, event: unknown) =>
      new Promise<InvocationAnswer>((resolve) => {
        const { DurableExecutionArn: arn = '' } = event as Partial<InvocationInput>;
        const invocation = this.executions.get(arn)?.invocation;
        const done = async (answer: InvocationAnswer) => {
          resolve(answer);
          // What follows from it, follows by itself.
          do await delay(1);
          while (invocation && this.executions.get(arn)?.invocation === invocation);
        };
        this.invoked.push({
          ...{ name, event: event as InvocationInput },
          answer: (answer) => done({ statusCode: 200, payload: JSON.stringify(answer) }),
          die: () => done(failed('Runtime.ExitError', 'exit status 1')),
        });
      });
    const resolve = (name: string) => {
      if (name === 'Nobody')
        throw new LambdaServiceError('ResourceNotFoundException', 'Function not found', 404);
      return { configuration: { ...configuration, name, durable: undefined } };
    };
    const functions = { invokeOnce, resolve } as Partial<FunctionPool> as FunctionPool;
    this.executions = new DurableExecutions({ clock: this.clock, functions, journalFile });
    this.executions.resume();
    closing.push(this.executions);
  }

  begin(payload = '{}') {
    const invocation = { configuration, version: '1', payload };
    return this.executions.start(invocation, { synchronous: false, name: 'one' });
  }

  /** The invocation that is under way. */
  get now(): Invoked {
    return this.invoked.at(-1)!;
  }

  /** A checkpoint, by the token of the invocation or another one. */
  save(
    Updates: readonly OperationUpdate[],
    CheckpointToken = this.now.event.CheckpointToken,
    more: object = {},
  ) {
    const { DurableExecutionArn } = this.invoked.find(({ event }) => event.DurableExecutionArn)!.event;
    return this.executions.checkpoints.save(DurableExecutionArn, { Updates, CheckpointToken, ...more }) as {
      readonly CheckpointToken?: string;
      readonly NewExecutionState: {
        readonly Operations: readonly { readonly Id: string; readonly Status: string }[];
      };
    };
  }
}

const closing: DurableExecutions[] = [];
afterEach(() => closing.splice(0).forEach((executions) => executions.close()));

const step = (Id: string, Action: OperationUpdate['Action'], more: object = {}): OperationUpdate => ({
  ...{ Id, Type: 'STEP', Action, SubType: 'Step', Name: `step ${Id}` },
  ...more,
});
const wait = (Id: string, WaitSeconds: number, more: object = {}): OperationUpdate => ({
  ...{ Id, Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds } },
  ...more,
});
const context = (Id: string, Action: OperationUpdate['Action'], more: object = {}): OperationUpdate => ({
  ...{ Id, Type: 'CONTEXT', Action },
  ...more,
});
const end = (Action: OperationUpdate['Action'], more: object = {}): OperationUpdate => ({
  ...{ Id: 'end', Type: 'EXECUTION', Action },
  ...more,
});

describe('a checkpoint', () => {
  const LARGE = 'x'.repeat(2 ** 20 + 1);

  test.each<[string, OperationUpdate[], string]>([
    ['two ends', [end('SUCCEED'), end('SUCCEED')], 'Cannot checkpoint multiple EXECUTION updates.'],
    [
      'an end that is not the last',
      [end('SUCCEED'), step('a', 'START')],
      'EXECUTION checkpoint must be the last',
    ],
    [
      'one operation twice',
      [step('a', 'SUCCEED'), step('a', 'SUCCEED')],
      'Cannot update the same operation twice',
    ],
    ['an unknown type', [{ ...step('a', 'START'), Type: 'NAP' as never }], 'Unknown operation type.'],
    ['an action of another type', [{ ...wait('a', 1), Action: 'RETRY' }], 'Invalid action for the given'],
    [
      'an end of a callback',
      [{ Id: 'a', Type: 'CALLBACK', Action: 'SUCCEED' }],
      'Invalid action for the given',
    ],
    ['no id', [{ ...step('a', 'START'), Id: undefined }], 'Invalid Id'],
    ['an id with a dot', [step('a.b', 'START')], 'Invalid Id'],
    ['a name beyond ASCII', [step('a', 'START', { Name: 'Zoë' })], 'Invalid Name'],
    ['an unknown parent', [step('a', 'START', { ParentId: 'p' })], 'Invalid parent operation id.'],
    [
      'a step as parent',
      [step('p', 'START'), step('a', 'START', { ParentId: 'p' })],
      'Invalid parent operation id.',
    ],
    [
      'an error that succeeds',
      [step('a', 'SUCCEED', { Error: { ErrorType: 'E' } })],
      'Cannot provide an Error',
    ],
    ['a failure with a result', [step('a', 'FAIL', { Payload: '1' })], 'Cannot provide a Payload'],
    ['a retry without its delay', [step('a', 'RETRY')], 'Invalid StepOptions'],
    [
      'a retry at once',
      [step('a', 'RETRY', { StepOptions: { NextAttemptDelaySeconds: 0 } })],
      'from 1 to 31622400',
    ],
    ['no wait at all', [wait('a', 0)], 'WaitSeconds must be a whole number from 1 to 31622400'],
    ['a wait of more than a year', [wait('a', 31_622_401)], 'WaitSeconds'],
    ['half a second', [wait('a', 0.5)], 'WaitSeconds'],
    ['a step that is closed', [step('done', 'SUCCEED')], 'Invalid current STEP state to close.'],
    ['a step that is begun again', [step('begun', 'START')], 'Invalid current STEP state to start.'],
    ['a wait that is there', [wait('waits', 1)], 'Cannot start a WAIT that already exists.'],
    ['a wait that is none', [{ ...wait('none', 1), Action: 'CANCEL' }], 'Cannot cancel a WAIT'],
    ['another type of the same id', [context('begun', 'SUCCEED')], 'Inconsistent operation type.'],
    [
      'another name of the same id',
      [step('begun', 'SUCCEED', { Name: 'other' })],
      'Inconsistent operation name.',
    ],
    [
      'a large result',
      [step('a', 'SUCCEED', { Payload: LARGE })],
      'STEP output payload size must be less than',
    ],
    [
      'a large error',
      [step('a', 'FAIL', { Error: { ErrorMessage: LARGE } })],
      'Error object size must be less',
    ],
    ['a large end', [end('SUCCEED', { Payload: LARGE })], 'Execution output payload size must be less than'],
    [
      'a function elsewhere',
      [
        {
          ...{ Id: 'a', Type: 'CHAINED_INVOKE', Action: 'START' },
          ChainedInvokeOptions: { FunctionName: 'arn:aws:lambda:us-east-1:111111111111:function:Other' },
        },
      ],
      'in another account',
    ],
    ['no function', [{ Id: 'a', Type: 'CHAINED_INVOKE', Action: 'START' }], 'requires ChainedInvokeOptions'],
  ])('with %s is refused, all of it, and its token stays', async (_, updates, message) => {
    const driven = new Driven();
    const execution = driven.begin();
    const before = driven.save([step('done', 'SUCCEED'), step('begun', 'START'), wait('waits', 60)]);
    const events = execution.events.length;

    const refused = () => driven.save([step('good', 'SUCCEED'), ...updates], before.CheckpointToken);

    expect(refused).toThrow(message);
    expect([execution.events.length, execution.operations.has('good')]).toEqual([events, false]);
    expect(driven.save([step('good', 'SUCCEED')], before.CheckpointToken)).toHaveProperty('CheckpointToken');
  });

  test('has a token that is used once, by the invocation that it was given to', async () => {
    const driven = new Driven();
    driven.begin();
    const first = driven.now;

    const { CheckpointToken: second } = driven.save([wait('a', 60)]);
    const used = () => driven.save([step('b', 'SUCCEED')], first.event.CheckpointToken);
    expect(used).toThrow('Invalid checkpoint token');
    await first.answer({ Status: 'PENDING' });
    const late = () => driven.save([step('b', 'SUCCEED')], second);
    expect(late).toThrow('Invalid checkpoint token');
    driven.clock.advance(61);

    expect(driven.invoked).toHaveLength(2);
    expect(() => driven.save([step('b', 'SUCCEED')], second)).toThrow('Invalid checkpoint token');
    expect(driven.save([step('b', 'SUCCEED')])).toHaveProperty('CheckpointToken');
  });

  test('whose answer was lost is answered again, to the same client token alone', () => {
    const driven = new Driven();
    const execution = driven.begin();

    const first = driven.save([step('a', 'SUCCEED')], undefined, { ClientToken: 'c' });
    const again = driven.save([step('a', 'SUCCEED')], undefined, { ClientToken: 'c' });
    const other = () => driven.save([step('a', 'SUCCEED')], undefined, { ClientToken: 'd' });

    expect(again).toEqual(first);
    expect(other).toThrow('Invalid checkpoint token');
    expect(execution.operations.size).toBe(2);
  });

  test('tells everything that the function does not know yet: what it changed, and what has ended meanwhile', () => {
    const driven = new Driven();
    driven.begin();

    const first = driven.save([step('a', 'SUCCEED'), wait('w', 60)]);
    driven.clock.advance(61);
    const second = driven.save([], first.CheckpointToken);
    const third = driven.save([], second.CheckpointToken);

    const told = [first, second, third].map(({ NewExecutionState: { Operations } }) =>
      Operations.map(({ Id, Status }) => `${Id} ${Status}`),
    );
    expect(told).toEqual([['a SUCCEEDED', 'w STARTED'], ['w SUCCEEDED'], []]);
    expect(driven.invoked).toHaveLength(1);
  });

  test('that ends the execution has no next token, and nothing comes after it', async () => {
    const driven = new Driven();
    const execution = driven.begin();

    const last = driven.save([end('SUCCEED', { Payload: '"done"' })]);
    await driven.now.answer({ Status: 'SUCCEEDED', Result: '' });

    expect(last).not.toHaveProperty('CheckpointToken');
    expect(execution.progress).toMatchObject({ status: 'SUCCEEDED', result: '"done"' });
    expect(execution.events.at(-1)!.EventType).toBe('InvocationCompleted');
  });

  test('beyond 100 MB of payloads is refused', () => {
    const driven = new Driven();
    driven.begin();
    const Payload = 'x'.repeat(2 ** 20);
    let token: string | undefined;
    for (let n = 0; n < 99; n++)
      token = driven.save([step(`s${n}`, 'SUCCEED', { Payload })], token).CheckpointToken;

    const beyond = () =>
      driven.save([step('y', 'SUCCEED', { Payload }), step('z', 'SUCCEED', { Payload })], token);

    expect(beyond).toThrow('exceeds 104857600 bytes of storage');
  });

  test('counts a retry as an operation of its own', () => {
    const driven = new Driven();
    const execution = driven.begin();

    const retried = step('a', 'RETRY', { StepOptions: { NextAttemptDelaySeconds: 1 }, Error: {} });
    driven.save([step('a', 'START'), retried, wait('w', 1)]);

    expect(execution.progress.operationsUsed).toBe(3);
  });
});

describe('an invocation', () => {
  const operations = ({ event }: Invoked) => event.InitialExecutionState.Operations as { Id: string }[];

  test('is told nothing of the inside of a context that has ended, unless that was asked for', async () => {
    const driven = new Driven();
    driven.begin();
    const inside = (parent: string) => step(`in-${parent}`, 'SUCCEED', { ParentId: parent });
    const replayed = context('b', 'SUCCEED', { ContextOptions: { ReplayChildren: true } });
    driven.save([
      ...[context('a', 'START'), inside('a'), context('c', 'START', { ParentId: 'a' }), inside('c')],
      ...[context('c', 'SUCCEED', { ParentId: 'a' }), context('a', 'SUCCEED')],
      ...[context('b', 'START'), inside('b'), replayed, wait('w', 60)],
    ]);
    await driven.now.answer({ Status: 'PENDING' });

    driven.clock.advance(61);

    expect(
      operations(driven.now)
        .slice(1)
        .map(({ Id }) => Id),
    ).toEqual(['a', 'b', 'in-b', 'w']);
    expect(driven.now.event.UpdatedOperationIds).toEqual(['w']);
  });

  test('gets what is more than a thousand operations in pages', async () => {
    const driven = new Driven();
    const execution = driven.begin();
    const many = Array.from({ length: 1_200 }, (_, n) => step(`s${n}`, 'SUCCEED'));
    driven.save([...many, wait('w', 60)]);
    await driven.now.answer({ Status: 'PENDING' });
    driven.clock.advance(61);
    const { event } = driven.now;

    const state = (from: number, items: number, token = event.CheckpointToken) =>
      driven.executions.checkpoints.state(execution.arn, token, from, items) as {
        readonly Operations: { readonly Id: string }[];
        readonly NextMarker?: string;
      };
    const marker = Number(event.InitialExecutionState.NextMarker);
    const second = state(marker, 0);
    const third = state(Number(second.NextMarker), 1_000);

    expect([operations(driven.now).length, second.Operations.length]).toEqual([1_000, 100]);
    const ids = [operations(driven.now), second.Operations, third.Operations].flat().map(({ Id }) => Id);
    expect([new Set(ids).size, third.NextMarker]).toEqual([1_202, undefined]);
    expect(() => state(0, 0, 'QUJD')).toThrow('Invalid checkpoint token');
  });

  test.each([
    ['nothing known', { Status: 'DONE' }, 'Invalid Status in invocation output.'],
    ['null', null, 'Invalid Status in invocation output.'],
    [
      'a success with an error',
      { Status: 'SUCCEEDED', Error: { ErrorType: 'E' } },
      'Cannot provide an Error',
    ],
    ['a failure with a result', { Status: 'FAILED', Result: '1' }, 'Cannot provide a Result'],
  ])('that answers %s fails the execution', async (_, answer, message) => {
    const driven = new Driven();
    const execution = driven.begin();

    await driven.now.answer(answer as object);

    const ErrorMessage = expect.stringContaining(message);
    expect(execution.progress).toMatchObject({ status: 'FAILED', error: { ErrorMessage } });
  });

  test('that waits for nothing is asked again, three times in all', async () => {
    const driven = new Driven();
    const execution = driven.begin();

    for (let n = 0; n < 3; n++) {
      await driven.now.answer({ Status: 'PENDING' });
      driven.clock.advance(60);
    }

    const error = { ErrorMessage: 'Cannot return PENDING status with no pending operations.' };
    expect(execution.progress).toMatchObject({ status: 'FAILED', invocations: 3, error });
  });

  test('that dies is begun again after a pause, eight times in a row, and from the beginning after one that lives', async () => {
    const driven = new Driven();
    const execution = driven.begin();

    for (let n = 0; n < 7; n++) {
      await driven.now.die();
      driven.clock.advance(60);
    }
    driven.save([wait('w', 60)]);
    await driven.now.answer({ Status: 'PENDING' });
    driven.clock.advance(61);
    const survived = execution.progress;
    for (let n = 0; n < 8; n++) {
      await driven.now.die();
      driven.clock.advance(60);
    }

    expect(survived).toMatchObject({ status: 'RUNNING', invocations: 9, failures: 0 });
    expect(execution.progress).toMatchObject({ status: 'FAILED', invocations: 16 });
  });
});

describe('on the data of a run that was killed', () => {
  test('everything goes on: attempts, waits, callbacks, and functions that are asked once more', async () => {
    const file = join(temporaryDirectory(), 'executions.jsonl');
    const first = new Driven(file);
    const { arn } = first.begin('{"eventId":"e-1"}');
    first.save([
      ...[step('a', 'SUCCEED', { Payload: '7' }), wait('w', 3_600)],
      step('r', 'RETRY', { StepOptions: { NextAttemptDelaySeconds: 7_200 }, Error: { ErrorType: 'E' } }),
      { Id: 'c', Type: 'CALLBACK', Action: 'START', CallbackOptions: { TimeoutSeconds: 600 } },
      {
        ...{ Id: 'i', Type: 'CHAINED_INVOKE', Action: 'START', Payload: '{"n":1}' },
        ChainedInvokeOptions: { FunctionName: 'Plain' },
      },
    ]);
    // Nothing is closed: the process is gone.

    const second = new Driven(file);
    const execution = second.executions.get(arn)!;
    const [asked, invocation] = second.invoked;
    second.clock.advance(601);

    expect(first.invoked.map(({ name }) => name)).toEqual([`${ARN}:1`, 'Plain']);
    expect([asked, invocation].map((each) => each!.name).sort()).toEqual([`${ARN}:1`, 'Plain'].sort());
    const again = second.invoked.find(({ name }) => name !== 'Plain')!;
    expect(again.event.InitialExecutionState.Operations).toMatchObject([
      { Type: 'EXECUTION', ExecutionDetails: { InputPayload: '{"eventId":"e-1"}' } },
      { Id: 'a', Status: 'SUCCEEDED', StepDetails: { Attempt: 1, Result: '7' } },
      { Id: 'w', Status: 'STARTED', WaitDetails: { ScheduledEndTimestamp: expect.stringMatching(/Z$/) } },
      { Id: 'r', Status: 'PENDING', StepDetails: { Attempt: 1 } },
      { Id: 'c', Status: 'STARTED', CallbackDetails: { CallbackId: expect.any(String) } },
      { Id: 'i', Status: 'STARTED' },
    ]);
    expect(execution.progress.invocations).toBe(2);
    await again.answer({ Status: 'PENDING' });
    expect(execution.operations.get('c')!.told.Status).toBe('TIMED_OUT');
  });

  test('an execution that has ended has its end, until it is forgotten', async () => {
    const file = join(temporaryDirectory(), 'executions.jsonl');
    const first = new Driven(file);
    const { arn } = first.begin();
    await first.now.answer({ Status: 'SUCCEEDED', Result: '42' });

    const second = new Driven(file);
    const kept = second.executions.get(arn);
    second.clock.advance(86_401);
    const forgotten = second.executions.get(arn);

    expect([kept?.progress.result, second.invoked.length, forgotten]).toEqual(['42', 0, undefined]);
    expect(new Driven(file).executions.list()).toEqual([]);
  });
});
