import { type ExecutionEvent } from '../../../local/step-functions/execution-history';
import { attemptsOf, retriesOf, visitsOf } from '../../../web/console/visits.js';
import { isBroken, isTaken } from '../../../web/console/graph-path.js';

type Event = Pick<ExecutionEvent, 'type'> & Partial<ExecutionEvent>;

function execution(status: 'RUNNING' | 'FAILED' | 'ABORTED' | 'SUCCEEDED', ...events: Event[]) {
  return {
    status,
    events: events.map((event, index) => ({ id: index + 1, timestamp: `T${index}`, ...event })),
  };
}

const entered = (state: string): Event => ({ type: 'TaskStateEntered', state });
const left = (state: string, next: string): Event => ({ type: 'TaskStateExited', state, next });
const failed = (state: string, attempt: number): Event => ({
  type: 'TaskFailed',
  state,
  attempt,
  error: 'Down',
});
const retried = (state: string, count: number): Event => ({
  ...{ type: 'TaskRetryScheduled', state, attempt: count, error: 'Down' },
  retry: { count, waitSeconds: 2 },
});
const caught = (state: string, next: string): Event => ({ type: 'CatchTaken', state, next, error: 'Down' });

test('attempts and retries of a Task are counted, and who caught it at last', () => {
  const [visit] = visitsOf(
    execution(
      'FAILED',
      entered('Pay'),
      failed('Pay', 1),
      retried('Pay', 1),
      failed('Pay', 2),
      caught('Pay', 'Undo'),
    ),
  );

  expect(visit).toMatchObject({ state: 'Pay', type: 'Task', status: 'caught', next: 'Undo', leftAt: 'T4' });
  expect(visit!.failures).toEqual([
    { number: 1, failedAt: 'T1', error: 'Down', cause: undefined, retryAfter: 2 },
    { number: 2, failedAt: 'T3', error: 'Down', cause: undefined },
  ]);
  expect([retriesOf(visit!), attemptsOf(visit!)]).toEqual([1, 2]);
});

test('a Task that gets through after a retry, and one that runs, have one attempt more than failures', () => {
  const visits = visitsOf(
    execution(
      'RUNNING',
      entered('Pay'),
      failed('Pay', 1),
      retried('Pay', 1),
      left('Pay', 'Print'),
      entered('Print'),
    ),
  );

  expect(visits.map(({ status }) => status)).toEqual(['succeeded', 'running']);
  expect(visits.map(attemptsOf)).toEqual([2, 1]);
});

test.each([
  ['FAILED', 'failed'],
  ['ABORTED', 'stopped'],
] as const)('a state that an execution which %s never left has %s', (status, expected) => {
  const visits = visitsOf({ ...execution(status, entered('Pay')), stoppedAt: 'end' });

  expect(visits).toEqual([expect.objectContaining({ status: expected, leftAt: 'end' })]);
});

describe('a way of the graph', () => {
  const points: never[] = [];
  const next = { from: 'Pay', to: 'Undo', kind: 'next', points } as const;
  const afterError = { from: 'Pay', to: 'Undo', kind: 'catch', points } as const;

  test('is taken by a catch or in the ordinary way, not by both', () => {
    const visits = visitsOf(execution('RUNNING', entered('Pay'), caught('Pay', 'Undo'), entered('Undo')));

    expect([isTaken(next, visits), isTaken(afterError, visits)]).toEqual([false, true]);
  });

  test('on which the execution died was not taken: it is broken', () => {
    const visits = visitsOf(execution('ABORTED', entered('Pay'), left('Pay', 'Undo')));

    expect([isTaken(next, visits), isBroken(next, visits, 'ABORTED')]).toEqual([false, true]);
    expect(isBroken(afterError, visits, 'ABORTED')).toBe(false);
    expect(isBroken(next, visits, 'RUNNING')).toBe(false);
  });
});
