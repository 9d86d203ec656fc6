import { type ExecutionEvent } from '../../../local/step-functions/execution-history';
import { attemptsOf, placeOf, retriesOf, visitsOf } from '../../../web/console/visits.js';
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

describe('branches and iterations', () => {
  const at = (event: Event, state: string, index: number): Event => ({
    ...event,
    within: [{ state, index }],
  });
  const opened = { ...entered('Both'), type: 'ParallelStateEntered' } as const;

  test('side by side have visits, and ways, of their own', () => {
    const visits = visitsOf(
      execution(
        'RUNNING',
        ...[opened, at(entered('Pay'), 'Both', 0), at(entered('Pay'), 'Both', 1)],
        ...[at(left('Pay', 'Print'), 'Both', 0), at(entered('Print'), 'Both', 0)],
        at(failed('Pay', 1), 'Both', 1),
      ),
    );
    const way = { from: 'Pay', to: 'Print', kind: 'next', points: [] as never[] } as const;

    expect(visits.map(({ state, status }) => `${state} ${status}`)).toEqual([
      ...['Both running', 'Pay succeeded', 'Pay running', 'Print running'],
    ]);
    expect(visits.map((each) => placeOf(each, visits))).toEqual(['', 'branch 1', 'branch 2', 'branch 1']);
    expect(visits.map(({ failures }) => failures.length)).toEqual([0, 0, 1, 0]);
    expect(isTaken(way, visits)).toBe(true);
  });

  test('that are ended by the failure of one are stopped, and that one has failed', () => {
    const visits = visitsOf(
      execution(
        'RUNNING',
        ...[opened, at(entered('Pay'), 'Both', 0), at(entered('Tell'), 'Both', 1)],
        ...[at(failed('Pay', 1), 'Both', 0), caught('Both', 'Undo'), entered('Undo')],
      ),
    );

    expect(visits.map(({ status }) => status)).toEqual(['caught', 'failed', 'stopped', 'running']);
    expect(isTaken({ from: 'Both', to: 'Undo', kind: 'catch', points: [] }, visits)).toBe(true);
  });

  test('of a Map are called iterations', () => {
    const visits = visitsOf(
      execution('RUNNING', { type: 'MapStateEntered', state: 'Each' }, at(entered('Pay'), 'Each', 4)),
    );

    expect(placeOf(visits[1]!, visits)).toBe('iteration 5');
  });
});

test('after a redrive the state that had failed is visited again', () => {
  const visits = visitsOf(
    execution(
      'RUNNING',
      ...[entered('Pay'), failed('Pay', 1), { type: 'ExecutionFailed' } as const],
      ...[{ type: 'ExecutionRedriven' } as const, entered('Pay')],
    ),
  );

  expect(visits.map(({ status, leftAt }) => [status, leftAt])).toEqual([
    ['failed', 'T2'],
    ['running', undefined],
  ]);
});
