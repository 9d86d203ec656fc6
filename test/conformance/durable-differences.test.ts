import { isDeepStrictEqual } from 'node:util';
import { told } from '../../conformance/durable-functions/history';
import { NAMED } from '../../conformance/durable-functions/named-differences';
import { type Played } from '../../conformance/durable-functions/played';

const at = { EventTimestamp: new Date(0) };
const ID = 'c4ca4238a0b92382';
const step = { ...at, Id: ID, Name: 'charge', SubType: 'Step' } as const;
const retry = (CurrentAttempt: number, NextAttemptDelaySeconds?: number) => ({
  CurrentAttempt,
  NextAttemptDelaySeconds,
});
const played: Played = {
  status: 'SUCCEEDED',
  result: '"paid"',
  events: [
    { ...at, EventType: 'ExecutionStarted', Id: 'by chance', ExecutionStartedDetails: undefined },
    { ...step, EventType: 'StepStarted', StepStartedDetails: {} },
    {
      ...{ ...step, EventType: 'StepFailed' },
      StepFailedDetails: {
        Error: { Payload: { ErrorType: 'NetworkError', ErrorMessage: 'unreachable', StackTrace: ['at 1'] } },
        RetryDetails: retry(1, 5),
      },
    },
    { ...step, EventType: 'StepStarted', StepStartedDetails: {} },
    {
      ...{ ...step, EventType: 'StepSucceeded' },
      StepSucceededDetails: { Result: { Payload: '{"sum":1}' }, RetryDetails: retry(2) },
    },
  ],
};

const reasonOf = (ours: unknown, theirs: unknown, name = 'charge'): string | undefined =>
  NAMED.find(({ explains }) => explains({ name, ours, theirs, equal: false }))
    ?.name.split(' ')
    .slice(0, 5)
    .join(' ');

test('of a history remains what is the same in every engine', () => {
  expect(told(played)).toEqual({
    execution: { status: 'SUCCEEDED', result: 'paid', invocations: [] },
    operations: new Map([
      [
        ID,
        {
          ...{ id: ID, name: 'charge', subType: 'Step' },
          events: [
            { type: 'StepStarted' },
            {
              type: 'StepFailed',
              Error: { Payload: { ErrorType: 'NetworkError', ErrorMessage: 'unreachable' } },
              NextAttemptDelaySeconds: 5,
            },
            { type: 'StepStarted' },
            { type: 'StepSucceeded', Result: { Payload: { sum: 1 } } },
          ],
        },
      ],
    ]),
    attempts: { [ID]: [1, 2] },
  });
});

describe('a difference that nothing explains is', () => {
  const [, succeeded] = told(played).operations.get(ID)!.events.slice(-2);
  const operation = told(played).operations.get(ID)!;
  const execution = told(played).execution;

  test.each([
    ['another result of a step', { ...operation, events: [{ ...succeeded, Result: { Payload: 2 } }] }],
    ['an attempt less', { ...operation, events: operation.events.slice(2) }],
    ['another name', { ...operation, name: 'pay' }],
    ['another type', { ...operation, events: operation.events.toReversed() }],
    ['an operation that one engine lacks', undefined],
  ])('%s', (_, theirs) => {
    expect(isDeepStrictEqual(operation, theirs)).toBe(false);
    expect(reasonOf(operation, theirs)).toBeUndefined();
    expect(reasonOf(theirs, operation)).toBeUndefined();
  });

  test.each([
    ['another status', { ...execution, status: 'FAILED' }],
    ['another result', { ...execution, result: 'refused' }],
    ['an invocation more there', { ...execution, invocations: [{}] }],
  ])('of an execution, %s', (_, theirs) => {
    expect(reasonOf(execution, theirs)).toBeUndefined();
  });

  test('of the attempts, that ours are not counted from 1', () => {
    expect(reasonOf({ [ID]: [2] }, { [ID]: [1] }, 'charge: attempts')).toBeUndefined();
  });
});

test.each([
  ['The end of a step', { [ID]: [1, 2] }, { [ID]: [null, 1] }, 'charge: attempts'],
  [
    'An invocation whose process died',
    { status: 'SUCCEEDED', invocations: [{ Error: { Payload: {} } }, {}] },
    { status: 'SUCCEEDED', invocations: [{}] },
  ],
  [
    'A skipped wait is over',
    { status: 'SUCCEEDED', invocations: [{}, {}] },
    { status: 'SUCCEEDED', invocations: [{}] },
  ],
  [
    '3,000 operations, and a payload',
    { status: 'FAILED', error: { ErrorMessage: 'exceeds 3000 operations' }, invocations: [] },
    { status: 'SUCCEEDED', invocations: [] },
  ],
])('a difference that is known is named: %s', (reason, ours, theirs, name = 'charge') => {
  expect(reasonOf(ours, theirs, name)).toBe(reason);
});
