import { compared } from '../../conformance/state-machines/compared';
import { NAMED } from '../../conformance/state-machines/named-differences';
import { type Outcome, type Scenario } from '../../conformance/state-machines/scenario';

const task = (name: string) => ({
  ...{ Type: 'Task', Resource: `arn:aws:lambda:us-east-1:000000000000:function:${name}`, End: true },
});
const definition = {
  StartAt: 'Both',
  States: {
    Both: {
      ...{ Type: 'Parallel', Next: 'Last' },
      Branches: [
        { StartAt: 'Left', States: { Left: task('left') } },
        { StartAt: 'Right', States: { Right: task('right') } },
      ],
    },
    Last: task('last'),
  },
};
const failing: Scenario = {
  name: '',
  definition,
  input: {},
  answers: { left: [{ fail: { errorType: 'A' } }] },
};
const well: Scenario = { ...failing, answers: {} };

const ended: Outcome = {
  status: 'FAILED',
  error: 'A',
  states: ['Both', 'Left', 'Right'],
  calls: [['left', {}]],
};
const without = (name: string): Outcome => ({
  ...ended,
  states: ended.states.filter((state) => state !== name),
});

test('how far a branch has come that another has ended is chance', () => {
  expect(compared(failing, ended, without('Right')).equal).toBe(true);
  expect(compared(failing, without('Right'), ended).equal).toBe(true);
});

test('a branch that was never begun is a difference where none fails', () => {
  expect(compared(well, ended, without('Right')).equal).toBe(false);
});

test('a state after the branches is never left out, nor is an error', () => {
  const wentOn = { ...ended, states: [...ended.states, 'Last'] };

  expect(compared(failing, ended, wentOn).equal).toBe(false);
  expect(compared(failing, ended, { ...ended, error: 'B' }).equal).toBe(false);
});

test('states outside of branches are compared in their order', () => {
  const plain = { definition: { StartAt: 'A', States: { A: { Type: 'Pass' }, B: { Type: 'Pass' } } } };
  const outcome = { status: 'SUCCEEDED', states: ['A', 'B'], calls: [] };

  expect(compared({ ...well, ...plain }, outcome, { ...outcome, states: ['B', 'A'] }).equal).toBe(false);
});

test('a task token and when its state was entered are chance, whether there was one is not', () => {
  const asked = (payload: object): Outcome => ({ ...ended, calls: [['ask', payload as never]] });

  expect(compared(failing, asked({ taskToken: 'a' }), asked({ taskToken: 'b' })).equal).toBe(true);
  expect(compared(failing, asked({ taskToken: 'a' }), asked({ taskToken: '' })).equal).toBe(false);
});

describe('a path that points at nothing in a branch', () => {
  const caught = { ...task('left'), Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] };
  const left = { StartAt: 'Left', States: { Left: caught, Caught: { Type: 'Pass', End: true } } };
  const machine = {
    ...definition,
    States: { ...definition.States, Both: { Type: 'Parallel', Branches: [left] } },
  };
  const ours: Outcome = { status: 'FAILED', error: 'States.Runtime', states: ['Both', 'Left'], calls: [] };
  const reasonOf = (theirs: Partial<Outcome>) =>
    NAMED.find(({ explains }) =>
      explains(
        compared({ ...well, definition: machine }, ours, {
          status: 'SUCCEEDED',
          states: [],
          calls: [],
          ...theirs,
        }),
      ),
    )?.name.slice(0, 22);

  test('is named where the second engine went on from the catch', () => {
    expect(reasonOf({ states: ['Both', 'Left', 'Caught', 'Last'] })).toBe('Nothing catches a path');
  });

  test.each([[['Both', 'Left', 'Last']], [['Left', 'Caught']]])(
    'is not named where it came to %j',
    (states) => {
      expect(reasonOf({ states })).toBeUndefined();
    },
  );
});

describe('a time-out of DynamoDB', () => {
  const put = { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:putItem', End: true };
  const scenario = { ...well, definition: { StartAt: 'Put', States: { Put: put } } };
  const late = { ...scenario, answers: { 'dynamodb:putItem': [{ late: true } as const] } };
  const caught = (Error: string): Outcome => ({
    ...{ status: 'SUCCEEDED', states: ['Put'], calls: [], output: { failed: { Error, Cause: '' } } },
  });
  const reasonOf = (played: Scenario, theirs: string) =>
    NAMED.find(({ explains }) => explains(compared(played, caught('States.Timeout'), caught(theirs))))?.name;

  test('is named where there was one and only its name differs', () => {
    expect(reasonOf(late, 'DynamoDB.AmazonDynamoDBException')).toContain('A time-out of DynamoDB');
    expect(reasonOf(scenario, 'DynamoDB.AmazonDynamoDBException')).toBeUndefined();
    expect(reasonOf(late, 'DynamoDB.Other')).toBeUndefined();
  });
});
