import { Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Pass, StateGraph, TaskInput, type TaskStateBase } from 'aws-cdk-lib/aws-stepfunctions';
import { SqsSendMessage } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { type Outcomes } from '../../../lambda/shared/outcomes';
import { failedEnds, undoFailures } from '../../../lib/workflow/failures';
import { filled, paths } from '../../../lib/workflow/paths';

const ROW = { entry: 'step.ts', timeoutSeconds: 1, doing: 'working' };
const UNDO = { entry: 'undo.ts', timeoutSeconds: 1, done: 'undone', undid: [] };
const fails = (end: string) => ({ end, problem: 'TicketFailed' as const, impact: '', runbook: '' });

/** A journey: the bag is checked in by the second step, and needs no undoing of its own when the third one fails. */
const JOURNEY = {
  steps: {
    BookFlight: {
      ...{ ...ROW, undoneBy: 'CancelFlight', fails: fails('NoFlight') },
      refuses: ['SeatUnavailable'],
      repeats: ['PurchaseAlreadyAnswered'],
    },
    BookHotel: {
      ...{ ...ROW, undoneBy: 'CancelHotel', fails: fails('NoHotel') },
      refuses: ['SaleClosed', 'PriceChanged'],
      repeats: ['PurchaseInProgress'],
    },
    CheckIn: { ...ROW, fails: fails('NotCheckedIn'), steers: ['SaleStands'] },
    Wave: ROW,
  },
  compensations: {
    CancelHotel: UNDO,
    CancelFlight: { ...UNDO, repeats: ['PurchaseAlreadyAnswered'], steers: ['SaleStands'] },
  },
  interrupted: { problem: 'CheckoutInterrupted', impact: '', runbook: '' },
  unknown: { end: 'Lost', problem: 'OutcomeUnknown' },
} as const satisfies Outcomes<'CancelHotel' | 'CancelFlight'>;

interface State {
  readonly Next?: string;
  readonly Default?: string;
  readonly CausePath?: string;
  readonly Choices?: { Variable: string; Next: string }[];
  readonly Catch?: { ErrorEquals: string[]; Next: string; ResultPath: string }[];
}

const states = journey();

function journey(): Record<string, State> {
  const stack = new Stack();
  const queue = new Queue(stack, 'Queue');
  const task = (id: string): TaskStateBase =>
    new SqsSendMessage(stack, id, { queue, messageBody: TaskInput.fromText('') });
  const steps = {
    ...{ BookFlight: task('BookFlight'), BookHotel: task('BookHotel') },
    ...{ CheckIn: task('CheckIn'), Wave: task('Wave') },
  };
  const arrived = new Pass(stack, 'Arrived');
  undoFailures(stack, JOURNEY, {
    ends: failedEnds(stack, JOURNEY),
    steps,
    goesOn: { Wave: arrived },
    compensations: { CancelHotel: task('CancelHotel'), CancelFlight: task('CancelFlight') },
    steers: { CheckIn: { SaleStands: arrived }, CancelFlight: { SaleStands: arrived } },
    escalations: { queue, about: {} },
  });
  steps.BookFlight.next(steps.BookHotel).next(steps.CheckIn).next(steps.Wave).next(arrived);
  const graph = new StateGraph(steps.BookFlight, 'Journey');
  return (graph.toGraphJson() as { States: Record<string, State> }).States;
}

const catchesOf = (state: string) =>
  states[state]!.Catch!.map(
    ({ ErrorEquals, Next, ResultPath }) => `${ErrorEquals.join(' ')} > ${Next} ${ResultPath.slice(11)}`,
  );

test.each([
  [
    'of the first step end there when it refuses, whoever has answered before; its fault is undone',
    'BookFlight',
    ['SeatUnavailable PurchaseAlreadyAnswered > NoFlight BookFlight', 'States.ALL > CancelFlight BookFlight'],
  ],
  [
    'of a later step undo those before it when it refuses, nothing when it repeats, itself too when it fails',
    'BookHotel',
    [
      'SaleClosed PriceChanged > CancelFlight BookHotel',
      'PurchaseInProgress > NoHotel BookHotel',
      'States.ALL > CancelHotel BookHotel',
    ],
  ],
  [
    'of a step without a compensation lead to that of the step before; what steers comes first',
    'CheckIn',
    ['SaleStands > Arrived CheckIn', 'States.ALL > CancelHotel CheckIn'],
  ],
  ['of a step whose failure means nothing go on', 'Wave', ['States.ALL > Arrived Wave']],
  ['of a compensation escalate', 'CancelHotel', ['States.ALL > EscalateCancelHotel CancelHotel']],
  [
    'of one that repeats an answer end as the first step would',
    'CancelFlight',
    [
      'SaleStands > Arrived CancelFlight',
      'PurchaseAlreadyAnswered > NoFlight BookFlight',
      'States.ALL > EscalateCancelFlight CancelFlight',
    ],
  ],
])('the catches %s', (_, state, expected) => {
  expect(catchesOf(state)).toEqual(expected);
});

test('the compensations run in the reverse order of their steps, then the failure of the latest step picks the end', () => {
  const { Next, Choices, Default } = { ...states['WhatFailed']!, Next: states['CancelFlight']!.Next };

  expect(states['CancelHotel']!.Next).toBe('CancelFlight');
  expect(Next).toBe('WhatFailed');
  expect(Choices!.map(({ Variable, Next: end }) => [Variable, end])).toEqual([
    ['$.failures.CheckIn', 'NotCheckedIn'],
    ['$.failures.BookHotel', 'NoHotel'],
  ]);
  expect(Default).toBe('NoFlight');
});

test('an earlier compensation that fails does not stop the chain; when the last one fails, nobody knows', () => {
  expect(states['EscalateCancelHotel']!.Next).toBe('CancelFlight');
  expect(states['EscalateCancelFlight']!.Next).toBe('Lost');
  expect(states['Lost']).toEqual({ Type: 'Fail', Error: 'Lost', Cause: expect.any(String) });
  expect(states['NoHotel']!.CausePath).toBe('$.failures.BookHotel.Cause');
});

test('a row that is forgotten in the definition does not compile', () => {
  type Props = Parameters<typeof undoFailures<typeof JOURNEY>>[2];
  const all = {} as Props;
  const { CheckIn: _, ...steps } = all.steps ?? ({} as Props['steps']);

  // @ts-expect-error CheckIn is missing
  void ({ ...all, steps } satisfies Props);
  // @ts-expect-error CancelHotel is missing
  void ({ ...all, compensations: { CancelFlight: {} as TaskStateBase } } satisfies Props);
  // @ts-expect-error CancelFlight may be steered
  void ({ ...all, steers: { CheckIn: { SaleStands: {} as Pass } } } satisfies Props);
  // @ts-expect-error UnpackBag is no compensation
  void ({ ...JOURNEY, steps: { Pack: { ...ROW, undoneBy: 'UnpackBag' } } } satisfies Outcomes<'CancelHotel'>);
});

describe('places in the state', () => {
  const $ = paths<{ order: { amount: number; note?: string; items: string[] } }>();

  test('are JSONPath, a text is itself', () => {
    const made = filled<{ sum: number; items: string[]; status: 'DONE' }>({
      sum: $.order.amount,
      items: $.order.items,
      status: 'DONE',
    });

    expect(made).toEqual({ 'sum.$': '$.order.amount', 'items.$': '$.order.items', status: 'DONE' });
  });

  test('that are not there, of another type, or perhaps not there do not compile', () => {
    // @ts-expect-error there is no field total
    filled<{ sum: number }>({ sum: $.order.total });
    // @ts-expect-error the amount is no text
    filled<{ sum: string }>({ sum: $.order.amount });
    // @ts-expect-error the note may be absent
    filled<{ note: string }>({ note: $.order.note });
    // @ts-expect-error the sum is missing
    filled<{ sum: number }>({});
    // @ts-expect-error DONE is another status
    filled<{ status: 'DONE' }>({ status: 'OPEN' });

    expect(String($.order.note)).toBe('$.order.note');
  });
});
