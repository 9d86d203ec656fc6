import { CHECKOUT } from '../../lambda/checkout/outcomes';
import { commentsOf, compensationOrder, type StepRow } from '../../lambda/shared/outcomes';
import { AUTHENTICATED_WITHIN, SETTLED_WITHIN } from '../../lambda/purchase/purchase';
import { HOLD_SECONDS } from '../../lambda/seat/seat-repository';
import { functionOf, stateMachineOf, type State } from '../../harness/synthesized-stage';
import { synthesizedStage } from '../support/synthesized-stage';

const saga = stateMachineOf(synthesizedStage('dev').checkout);
const states = saga.States;

const TRANSIENT = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'States.Timeout',
];

test('it knows nothing of domain events, nor does any other part of its stack: tables are followed by a pipe', () => {
  const { checkout, event } = synthesizedStage('dev');
  const called = Object.values(states).flatMap(({ Resource }) => (Resource === undefined ? [] : [Resource]));

  // Its steps, and the queue of what could not be undone.
  expect(
    [
      ...new Set(
        called.map((resource) => JSON.stringify(resource).replace(/^.*:states:::([\w:]+).*$/, '$1')),
      ),
    ].sort(),
  ).toEqual(['lambda:invoke', 'sqs:sendMessage']);
  expect(JSON.stringify(checkout.toJSON())).not.toMatch(
    /events:PutEvents|:event-bus|AWS::Events::EventBus|AWS::Pipes/,
  );
  expect(Object.keys(event.findResources('AWS::Pipes::Pipe'))).toHaveLength(2);
});

test('the states are those of the diagram, the choice that picks the end, and the escalations', () => {
  expect(saga.StartAt).toBe('StartOrResume');
  expect(Object.keys(states).sort()).toEqual([
    'AbandonmentRefused',
    'AuthenticationRequired',
    'EscalateRefundPayment',
    'EscalateReleaseSeat',
    'GenerateTicket',
    'IsReserved',
    'LogNotificationError',
    'OutcomeUnknown',
    'PaymentFailed',
    'ProcessPayment',
    'PurchaseAbandoned',
    'PurchaseConfirmed',
    'RefundPayment',
    'ReleaseSeat',
    'ReservationFailed',
    'ReserveSeat',
    'ResumeFailed',
    'ResumePurchase',
    'SendConfirmation',
    'StartOrResume',
    'TicketFailed',
    'ViewerUnknown',
    'WhatFailed',
  ]);
});

test('the steps of the table run in its order, the compensations in the reverse order, each with its words', () => {
  const wayFrom = (start: string) => {
    const way: string[] = [];
    for (let state: string | undefined = start; state; state = states[state]!.Next) way.push(state);
    return way.filter((state) => state in comments);
  };
  const comments: Record<string, string> = commentsOf(CHECKOUT);
  const [first] = compensationOrder(CHECKOUT);

  const steps: [string, StepRow][] = Object.entries(CHECKOUT.steps);
  const inTheirOrder = steps.filter(([, { insteadOf }]) => !insteadOf).map(([name]) => name);

  expect(wayFrom('ReserveSeat')).toEqual(inTheirOrder);
  for (const [name, { insteadOf }] of steps.filter(([, row]) => row.insteadOf)) {
    expect(wayFrom(name)).toEqual(inTheirOrder.map((step) => (step === insteadOf ? name : step)));
  }
  expect(wayFrom(first!)).toEqual(compensationOrder(CHECKOUT));
  for (const [state, comment] of Object.entries(comments))
    expect([state, states[state]!.Comment]).toEqual([state, comment]);
});

test('an execution begins a purchase, takes one up again, or gives one up', () => {
  expect(states['StartOrResume']).toEqual({
    Type: 'Choice',
    Choices: [
      { Variable: '$.resume', IsPresent: true, Next: 'ResumePurchase' },
      { Variable: '$.abandon', IsPresent: true, Next: 'RefundPayment' },
      { Variable: '$.viewer', IsPresent: true, Next: 'ReserveSeat' },
    ],
    Default: 'ViewerUnknown',
  });
  for (const end of ['AuthenticationRequired', 'PurchaseConfirmed', 'PurchaseAbandoned'])
    expect([end, states[end]!.Type, states[end]!.End]).toEqual([end, 'Pass', true]);
});

test.each([
  ['ViewerUnknown', 'ReserveSeat'],
  ['ReserveSeat', 'ProcessPayment'],
  ['ResumePurchase', 'ProcessPayment'],
  ['ProcessPayment', 'GenerateTicket'],
  ['GenerateTicket', 'SendConfirmation'],
  ['SendConfirmation', 'PurchaseConfirmed'],
  ['LogNotificationError', 'PurchaseConfirmed'],
  ['RefundPayment', 'ReleaseSeat'],
  ['EscalateRefundPayment', 'ReleaseSeat'],
  ['EscalateReleaseSeat', 'OutcomeUnknown'],
  ['ReleaseSeat', 'WhatFailed'],
])('%s goes on to %s', (state, next) => {
  expect(states[state]!.Next).toBe(next);
});

test.each([
  [
    'ReserveSeat',
    [
      [
        'ValidationFailed EventNotFound SaleClosed SeatNotFound PriceChanged SeatUnavailable TooManyUnpaidSeats ' +
          'PurchaseInProgress IdempotencyKeyReused ' +
          'AuthenticationExpired Abandoned PurchaseCancelled PurchaseAlreadyAnswered',
        'ReservationFailed',
      ],
      ['States.ALL', 'ReleaseSeat'],
    ],
  ],
  [
    'ResumePurchase',
    [
      [
        'PurchaseNotFound PurchaseInProgress AuthenticationExpired Abandoned PurchaseCancelled PurchaseAlreadyAnswered',
        'ResumeFailed',
      ],
      ['States.ALL', 'RefundPayment'],
    ],
  ],
  [
    'ProcessPayment',
    [
      ['AuthenticationAsked', 'AuthenticationRequired'],
      [
        'SaleClosed PaymentDeclined PaymentActionRequired AuthenticationFailed AuthenticationExpired TooManyUnpaidSeats',
        'ReleaseSeat',
      ],
      ['States.ALL', 'RefundPayment'],
    ],
  ],
  ['GenerateTicket', [['States.ALL', 'RefundPayment']]],
  ['SendConfirmation', [['States.ALL', 'LogNotificationError']]],
  [
    'RefundPayment',
    [
      ['SaleStands', 'IsReserved'],
      [
        'PurchaseNotFound PurchaseInProgress AlreadyConfirmed PurchaseCancelled PurchaseAlreadyAnswered',
        'AbandonmentRefused',
      ],
      ['States.ALL', 'EscalateRefundPayment'],
    ],
  ],
  [
    'ReleaseSeat',
    [
      ['SaleStands', 'IsReserved'],
      [
        'PurchaseInProgress IdempotencyKeyReused AuthenticationExpired Abandoned PurchaseCancelled PurchaseAlreadyAnswered',
        'ReservationFailed',
      ],
      ['States.ALL', 'EscalateReleaseSeat'],
    ],
  ],
])('%s catches into its own compensation, and keeps what failed', (state, expected) => {
  const catches = states[state]!.Catch!;

  expect(catches.map((one) => [one.ErrorEquals.join(' '), one.Next])).toEqual(expected);
  // What the end state reads its cause from: ReleaseSeat may answer in the place of ReserveSeat.
  for (const { Next, ResultPath } of catches) {
    const of: Record<string, string> = {
      ReservationFailed: 'ReserveSeat',
      AbandonmentRefused: 'StartOrResume',
    };
    expect(ResultPath).toBe(`$.failures.${of[Next] ?? state}`);
  }
});

test('a payment gateway that times out is called four times: after 2, 4 and 8 seconds at the most', () => {
  for (const state of ['ProcessPayment', 'RefundPayment']) {
    expect(states[state]!.Retry![0]).toEqual({
      ErrorEquals: ['PaymentGatewayTimeout'],
      IntervalSeconds: 2,
      MaxAttempts: 3,
      BackoffRate: 2,
      MaxDelaySeconds: 8,
      JitterStrategy: 'FULL',
    });
  }
});

test('a payment that our fault makes impossible is not tried again, and may have been charged before: it goes by RefundPayment', () => {
  const { Retry = [], Catch = [] } = states['ProcessPayment']!;
  const handler = Catch.find(({ ErrorEquals }) =>
    ErrorEquals.some((error) => error === 'PaymentNotPossible' || error === 'States.ALL'),
  );

  expect(Retry.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('PaymentNotPossible');
  expect(Retry.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('States.ALL');
  expect(handler!.Next).toBe('RefundPayment');
});

test.each([
  ['EscalateRefundPayment', 'ReleaseSeat'],
  ['EscalateReleaseSeat', 'OutcomeUnknown'],
])('%s goes on to %s even if it fails itself', (state, next) => {
  expect(states[state]!.TimeoutSeconds).toBe(5);
  expect(states[state]!.Catch).toEqual([{ ErrorEquals: ['States.ALL'], Next: next, ResultPath: null }]);
});

/** The states that run a function. */
const tasks = Object.entries(states).filter(([, { Resource }]) =>
  String(Resource).endsWith(':lambda:invoke'),
);

test.each(tasks)('%s has a time-out and retries what passes', (_, state) => {
  const transient = state.Retry!.at(-1)!;

  expect(state.TimeoutSeconds).toBeGreaterThan(0);
  expect(transient.ErrorEquals).toEqual(TRANSIENT);
  expect(transient).toMatchObject({
    IntervalSeconds: 1,
    MaxAttempts: 2,
    MaxDelaySeconds: 4,
    JitterStrategy: 'FULL',
  });
  expect(state.Retry).toHaveLength(state === states.ProcessPayment || state === states.RefundPayment ? 2 : 1);
});

test('a state waits longer for its function than the function may run, so an answer is never lost by a second', () => {
  const { checkout } = synthesizedStage('dev');

  for (const [name, state] of tasks) {
    expect(state.TimeoutSeconds).toBe(functionOf(checkout, name).Properties.Timeout + 1);
  }
});

test('the longest way through the saga ends within the five minutes of an Express workflow', () => {
  expect(saga.TimeoutSeconds).toBe(300);
  for (const start of ['ReserveSeat', 'ResumePurchase', 'RefundPayment']) {
    const longest = longestPath(start);
    expect([start, longest]).toEqual([start, expect.any(Number)]);
    expect(longest).toBeGreaterThan(100);
    expect(longest).toBeLessThan(290);
  }
});

test('a purchase that is taken up at the last moment has ended before its hold does', () => {
  expect(AUTHENTICATED_WITHIN + saga.TimeoutSeconds).toBeLessThanOrEqual(HOLD_SECONDS);
  // What an execution of a minute ago may still be doing is no recovery's.
  expect(SETTLED_WITHIN).toBeGreaterThan(saga.TimeoutSeconds);
});

/** Seconds of the slowest way from here to an end: each attempt times out, each wait is the longest. */
function longestPath(name: string): number {
  const state = states[name]!;
  const next = [
    state.Next,
    state.Default as string | undefined,
    ...(state.Catch ?? []).map((one) => one.Next),
    ...((state.Choices as { Next: string }[] | undefined) ?? []).map((one) => one.Next),
  ].filter((each) => each !== undefined);
  return slowest(state) + Math.max(0, ...next.map(longestPath));
}

function slowest({ TimeoutSeconds = 0, Retry = [] }: State): number {
  return Retry.reduce((total, { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds }) => {
    const waits = Array.from({ length: MaxAttempts }, (_, retry) =>
      Math.min(IntervalSeconds * BackoffRate ** retry, MaxDelaySeconds),
    );
    return total + waits.reduce((sum, wait) => sum + wait + TimeoutSeconds, 0);
  }, TimeoutSeconds);
}
