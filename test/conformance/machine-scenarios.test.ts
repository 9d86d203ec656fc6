import { allStatesOf, type Machine } from '../../conformance/state-machines/machine';
import { machineScenarios } from '../../conformance/state-machines/machine-scenarios';
import { play } from '../../conformance/state-machines/play';
import { type Scenario } from '../../conformance/state-machines/scenario';
import { definitionsOf } from '../../harness/synthesized-stage';
import { synthesizedStage } from '../support/synthesized-stage';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:';

const task = (name: string, more: object) => ({ Type: 'Task', Resource: FUNCTION + name, ...more });

const REFUND = {
  StartAt: 'Refund',
  States: {
    Refund: task('refund', {
      Parameters: { 'purchaseId.$': '$.purchaseId', 'failures.$': '$.failures' },
      ResultPath: null,
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failures.Refund', Next: 'Failed' }],
      End: true,
    }),
    Failed: { Type: 'Fail', Error: 'Failed' },
  },
};

async function named(machine: object, name: string): Promise<Scenario> {
  const scenarios = await machineScenarios('M', machine as never);
  const found = scenarios.find((each) => each.name === `M: ${name}`);
  if (!found) throw new Error(`There is none of: ${scenarios.map((each) => each.name).join(' | ')}`);
  return found;
}

test('a derived input has what the first state reads, also where a catch writes below it', async () => {
  const allWell = await named(REFUND, 'all well');
  const failing = await named(REFUND, 'Refund fails 1× with SomethingElse');

  expect(allWell.input).toEqual({ purchaseId: 'the purchaseId', failures: {} });
  expect(await play(allWell)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await play(failing)).toMatchObject({ error: 'Failed', states: ['Refund', 'Failed'] });
});

test('one scenario for each state tells that a missing member ends the execution', async () => {
  const names = (await machineScenarios('M', REFUND)).map(({ name }) => name);

  expect(names.filter((name) => /all well; input without \w+$/.test(name))).toHaveLength(1);
  expect(names.filter((name) => /all well; input with null for \w+$/.test(name))).toHaveLength(2);
});

// Pay → Ship, and a failure of either leads to Undo, which tries twice again before it escalates.
const ORDER = {
  StartAt: 'Pay',
  States: {
    Pay: task('pay', {
      TimeoutSeconds: 9,
      Catch: [
        { ErrorEquals: ['Declined'], ResultPath: null, Next: 'Nothing' },
        { ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Undo' },
      ],
      Next: 'Ship',
    }),
    Ship: {
      ...{ Type: 'Parallel', Next: 'Nothing', ResultPath: null },
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Undo' }],
      Branches: [
        { StartAt: 'Send', States: { Send: task('send', { End: true }) } },
        { StartAt: 'Tell', States: { Tell: task('tell', { End: true }) } },
      ],
    },
    Undo: task('undo', {
      Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Escalate' }],
      Next: 'Nothing',
    }),
    Escalate: {
      ...{ Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', Next: 'Nothing' },
      Parameters: { QueueUrl: 'queue', MessageBody: 'undo it' },
    },
    Nothing: { Type: 'Succeed' },
  },
};

test('a Task off the way is led to by the failure of another, and its retries are spent', async () => {
  const outcome = await play(await named(ORDER, 'Pay fails with SomethingElse; Undo fails 3× with Busy'));

  expect(outcome.states).toEqual(['Pay', 'Undo', 'Escalate', 'Nothing']);
  expect(outcome.calls.map(([name]) => name)).toEqual(['pay', 'undo', 'undo', 'undo', 'sqs:sendMessage']);
});

test('the queue, where two failures lead, refuses', async () => {
  const outcome = await play(
    await named(
      ORDER,
      'Pay fails with SomethingElse; Undo fails with Busy; Escalate fails 1× with QueueDoesNotExist',
    ),
  );

  expect(outcome).toMatchObject({ status: 'FAILED', error: 'SQS.QueueDoesNotExistException' });
});

test('each error that a catcher names leads where it says, also in a branch', async () => {
  expect((await play(await named(ORDER, 'Pay fails 1× with Declined'))).states).toEqual(['Pay', 'Nothing']);
  const { states } = await play(await named(ORDER, 'Send fails 1× with SomethingElse'));

  expect(states.slice(-2)).toEqual(['Undo', 'Nothing']);
});

test('no scenario has failures in two branches at once: which comes first is chance', async () => {
  const names = (await machineScenarios('M', ORDER as never)).map(({ name }) => name);

  expect(names.some((name) => name.includes('Send fails'))).toBe(true);
  expect(names.filter((name) => name.includes('Send fails') && name.includes('Tell fails'))).toEqual([]);
});

test('a time-out is one of the Task, which is given a second', async () => {
  const outcome = await play(await named(ORDER, 'Pay fails 1× with States.Timeout'));

  expect(outcome.states).toEqual(['Pay', 'Undo', 'Nothing']);
});

const ASKS = {
  StartAt: 'Ask',
  States: {
    Ask: {
      ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', End: true },
      Parameters: { FunctionName: 'ask', Payload: { 'taskToken.$': '$$.Task.Token' } },
      TimeoutSeconds: 600,
      Catch: [{ ErrorEquals: ['Refused'], ResultPath: null, Next: 'Left' }],
    },
    Left: { Type: 'Succeed' },
  },
};

test.each([
  ['all well', { status: 'SUCCEEDED', states: ['Ask'], output: {} }],
  ['Ask is told Refused', { status: 'SUCCEEDED', states: ['Ask', 'Left'] }],
  ['Ask is told SomethingElse', { status: 'FAILED', error: 'SomethingElse' }],
  ['Ask waits for a token in vain', { status: 'FAILED', error: 'States.Timeout' }],
])('a token comes back with what the scenario says: %s', async (name, outcome) => {
  expect(await play(await named(ASKS, name))).toMatchObject(outcome);
});

test('a Choice that asks for a value gets it, and the members that it asks for one after the other', async () => {
  const succeed = { Type: 'Succeed' };
  const machine = {
    StartAt: 'Which',
    States: {
      Which: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.resume', IsPresent: true, Next: 'Resumed' },
          { Variable: '$.kind.size', NumericEquals: 5, Next: 'Five' },
        ],
        Default: 'Other',
      },
      ...{ Resumed: succeed, Five: succeed, Other: succeed },
    },
  };

  const starts = (await machineScenarios('M', machine)).filter(({ name }) =>
    /all well(, input \d)?$/.test(name),
  );
  const states = await Promise.all(starts.map(async (scenario) => (await play(scenario)).states.at(-1)));

  expect(states).toEqual(['Resumed', 'Five']);
});

describe("the app's own state machines", () => {
  const templates = Object.values(synthesizedStage('dev'));
  const machines = templates.flatMap((template) => Object.entries(definitionsOf(template)));

  test('are the four that there are', () => {
    expect(machines.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      ...['CheckoutSaga', 'CancelPurchase', 'RecoveryWorkflow', 'OrderWorkflow'],
    ]);
  });

  test.each(machines)(
    '%s: each error that a Task names is played, wherever the Task is',
    async (_, definition) => {
      const machine = definition as unknown as Machine;
      const names = (await machineScenarios('M', machine)).map(({ name }) => name);
      const named = allStatesOf(machine).flatMap(
        ([state, { Type, Resource = '', Retry = [], Catch = [] }]) => {
          if (Type !== 'Task') return [];
          const errors = [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals);
          // A person is waited for until the time is over.
          const late = Resource.endsWith('.waitForTaskToken')
            ? 'waits for a token in vain'
            : '× with States.Timeout';
          return errors
            .filter((error) => error !== 'States.ALL' && error !== 'States.Timeout')
            .map((error): [string, string] => [state, `× with ${error}`])
            .concat([[state, late]]);
        },
      );

      const missing = named.filter(
        ([state, what]) => !names.some((name) => name.includes(`${state} `) && name.endsWith(what)),
      );

      expect(missing).toEqual([]);
      expect(named.length).toBeGreaterThan(20);
    },
  );
});
