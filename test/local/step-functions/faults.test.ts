import { machineOf, saga, sending } from './machine';

const working = { reserve: () => ({ seat: 'A-1' }), pay: () => ({ id: 'pi_1' }), release: () => ({}) };

test('fail-before fails the Task without calling its function', async () => {
  const { machine, calls, path } = machineOf(saga, working);
  machine.faults.set('Pay', { mode: 'fail-before' });

  const answer = await machine.startSync({});

  expect(answer.error).toBe('InjectedFault');
  expect(calls).toEqual(['reserve', 'release']);
  expect(path()).toEqual(['Reserve', 'Pay', 'Release', 'Failed']);
});

test('fail-after calls the function and throws its answer away', async () => {
  const { machine, calls } = machineOf(saga, working);
  machine.faults.set('Pay', { mode: 'fail-after', error: 'Lambda.Unknown' });

  const answer = await machine.startSync({});

  expect(answer.error).toBe('Lambda.Unknown');
  expect(JSON.parse(answer.cause!)).toMatchObject({ errorType: 'Lambda.Unknown' });
  expect(calls).toEqual(['reserve', 'pay', 'release']);
});

test('timeout calls the function each time and shows States.Timeout without the wait for it', async () => {
  const { machine, calls } = machineOf(saga, working);
  machine.faults.set('Pay', { mode: 'timeout' });
  const began = Date.now();

  const answer = await machine.startSync({});

  expect(answer.error).toBe('States.Timeout');
  expect(Date.now() - began).toBeLessThan(2_000);
  expect(calls).toEqual(['reserve', 'pay', 'pay', 'pay', 'pay', 'release']);
});

test('times counts attempts, so a retry gets through', async () => {
  const { machine, path } = machineOf(saga, working);
  machine.faults.set('Pay', { mode: 'fail-before', error: 'GatewayTimeout', times: 2 });

  const answer = await machine.startSync({});

  expect(answer.status).toBe('SUCCEEDED');
  expect(path()).toEqual(['Reserve', 'Pay', 'Paid?', 'Done', 'Ok']);
  expect(machine.faults.list()).toEqual({});
});

test('clearing the faults heals the machine', async () => {
  const { machine } = machineOf(saga, working);
  machine.faults.set('Pay', { mode: 'fail-before', times: 3 });
  const listed = machine.faults.list();

  machine.faults.clear();

  expect(listed).toEqual({ Pay: { mode: 'fail-before', times: 3 } });
  expect((await machine.startSync({})).status).toBe('SUCCEEDED');
});

test.each([
  ['Nowhere', { mode: 'fail-before' }, 'Nowhere is no Task state. There are: Reserve, Pay, Release'],
  ['Ok', { mode: 'fail-before' }, 'Ok is no Task state'],
  ['Pay', { mode: 'explode' }, 'explode is no fault mode. There are: fail-before, fail-after, timeout'],
  ['Pay', { mode: 'timeout', times: 0 }, 'times must be a positive integer'],
  ['Pay', { mode: 'fail-before', error: '' }, 'error must be the name of an error'],
  ['Pay', { mode: 'fail-before', error: ' Late' }, 'error must be the name of an error'],
  ['Pay', { mode: 'fail-before', error: 'Two\nlines' }, 'error must be the name of an error'],
  ['Pay', { mode: 'fail-before', error: 'e'.repeat(257) }, 'error must be the name of an error'],
  ['Pay', { mode: 'timeout', error: 'CardDeclined' }, 'reports States.Timeout, never CardDeclined'],
  ['Pay', { mode: 'timeout', error: 'States.ALL' }, 'reports States.Timeout, never States.ALL'],
  ['Pay', { mode: 'fail-before', error: 'States.Timeout' }, 'For States.Timeout, set the mode timeout'],
  ['Pay', { mode: 'fail-after', error: 'States.TaskFailed' }, 'No Task reports States.TaskFailed'],
  ['Pay', { mode: 'fail-after', error: 'States.MyOwn' }, 'No Task reports States.MyOwn'],
  ['Pay', { mode: 'fail-before', error: 'SQS.QueueDoesNotExist' }, 'never fails with SQS.QueueDoesNotExist'],
  ['Pay', { mode: 'timeout', time: 2 }, 'A fault has no field time'],
])('a fault at %s, %j, is refused: %s', (stateName, fault, message) => {
  const { machine } = machineOf(saga, working);

  expect(() => machine.faults.set(stateName, fault as never)).toThrow(message);
});

describe('a Task that sends to a queue', () => {
  const escalation = {
    StartAt: 'Escalate',
    States: {
      Escalate: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage',
        Parameters: { QueueUrl: 'queue', 'MessageBody.$': '$' },
        End: true,
      },
    },
  };

  test.each([
    [{}, 'SQS.SdkClientException'],
    [{ error: 'SQS.QueueDoesNotExistException' }, 'SQS.QueueDoesNotExistException'],
  ])('fails by %j as its service fails: with %s', async (named, error) => {
    const { machine } = machineOf(
      escalation,
      {},
      sending(async () => 'id'),
    );
    machine.faults.set('Escalate', { mode: 'fail-before', ...named });

    expect(await machine.startSync({})).toMatchObject({ error, cause: 'Injected fault' });
  });

  test.each(['InjectedFault', 'Lambda.ServiceException'])('cannot fail with %s', (error) => {
    const { machine } = machineOf(
      escalation,
      {},
      sending(async () => 'id'),
    );

    expect(() => machine.faults.set('Escalate', { mode: 'fail-after', error })).toThrow(`never ${error}`);
  });
});

test('a time-out may be called by its name', async () => {
  const { machine } = machineOf(saga, working);
  machine.faults.set('Pay', { mode: 'timeout', error: 'States.Timeout' });

  expect((await machine.startSync({})).error).toBe('States.Timeout');
});
