import { logicalName, pathOf } from '../../../web/local-run/execution-path.js';

const at = (type: string, state?: string, more: object = {}) => ({
  id: 0,
  timestamp: '',
  type,
  state,
  ...more,
});

test('the events of an execution fold to the states it went through', () => {
  const error = 'PaymentGatewayTimeout';
  const retry = { count: 1, waitSeconds: 2 };

  const path = pathOf([
    at('TaskStateEntered', 'ReserveSeat'),
    at('TaskStateExited', 'ReserveSeat'),
    at('TaskStateEntered', 'ProcessPayment'),
    at('TaskFailed', 'ProcessPayment', { error }),
    at('TaskRetryScheduled', 'ProcessPayment', { error, retry }),
    at('TaskStateExited', 'ProcessPayment'),
    at('TaskStateEntered', 'GenerateTicket'),
    at('TaskFailed', 'GenerateTicket', { error: 'InjectedFault' }),
    at('CatchTaken', 'GenerateTicket', { error: 'InjectedFault' }),
    at('TaskStateEntered', 'RefundPayment'),
  ]);

  expect(path).toEqual([
    { state: 'ReserveSeat', status: 'succeeded', retries: 0 },
    { state: 'ProcessPayment', status: 'succeeded', retries: 1, error },
    { state: 'GenerateTicket', status: 'failed', retries: 0, error: 'InjectedFault' },
    { state: 'RefundPayment', status: 'running', retries: 0 },
  ]);
});

test('a Fail state ends the path, and the end of the execution adds nothing to it', () => {
  const path = pathOf([
    at('ChoiceStateEntered', 'WhatFailed'),
    at('ChoiceStateExited', 'WhatFailed'),
    at('FailStateEntered', 'TicketFailed'),
    at('ExecutionFailed', undefined, { error: 'TicketFailed' }),
  ]);

  expect(path.map(({ state, status }) => [state, status])).toEqual([
    ['WhatFailed', 'succeeded'],
    ['TicketFailed', 'failed'],
  ]);
});

test('a state that is visited twice is there twice', () => {
  const path = pathOf([
    at('TaskStateEntered', 'FindPurchase'),
    at('TaskStateExited', 'FindPurchase'),
    at('TaskStateEntered', 'FindPurchase'),
    at('CatchTaken', 'FindPurchase', { error: 'States.Timeout' }),
  ]);

  expect(path.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
});

test('the name of a state machine is shown without what CloudFormation adds to it', () => {
  expect(logicalName('EventPro-dev-Checkout-CheckoutSaga4520151D-2ac66dfc')).toBe('CheckoutSaga');
});
