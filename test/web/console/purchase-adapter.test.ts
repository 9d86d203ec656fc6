import {
  compensationsOf,
  describe as meaningOf,
  isLeftBehind,
  payloadOf,
  purchaseIdOf,
} from '../../../web/console/purchase-adapter.js';
import { deliveryRows, recordRows } from '../../../web/console/sale-records.js';
import { type Visit } from '../../../web/console/visits.js';

type Execution = Parameters<typeof meaningOf>[0];

const saga: Execution = {
  ...{ executionArn: 'arn', id: 'id', name: 'name', stateMachine: 'Saga', stateMachineArn: 'arn' },
  ...{
    type: 'EXPRESS',
    tags: { 'eventpro:role': 'checkout' },
    status: 'RUNNING',
    startedAt: '2026-01-01T00:00:00Z',
  },
  input: { purchaseId: 'p-1', request: { seats: ['A-12', 'A-13'] } },
};
const recovery: Execution = {
  ...saga,
  tags: { 'eventpro:role': 'recovery' },
  input: { purchaseId: 'p-1', failures: {} },
};
/** Takes the purchase up again, and names no seats. */
const resumed: Execution = { ...saga, id: 'id-2', input: { purchaseId: 'p-1', request: null, resume: {} } };
const other: Execution = { ...saga, tags: { 'eventpro:role': 'other' }, input: { orderId: 'o-1' } };
const order: Execution = {
  ...saga,
  type: 'STANDARD',
  tags: { 'eventpro:role': 'order' },
  input: { orderId: 'o-1', reference: 'K1' },
};

function visit(state: string, status: Visit['status']): Visit {
  return { state, type: 'Task', status, enteredAt: '', failures: [], within: [] };
}

const KNOWN = {
  executions: [recovery, saga],
  stateMachines: [
    {
      arn: 'arn',
      definition: {
        StartAt: 'ReserveSeat',
        States: {
          ReserveSeat: {
            Type: 'Task',
            Catch: [{ ErrorEquals: ['SeatUnavailable'], Next: 'ReservationFailed' }],
          },
          ProcessPayment: {
            ...{ Type: 'Task', Comment: 'taking the payment' },
            Catch: [
              { ErrorEquals: ['PaymentDeclined', 'AuthenticationFailed'], Next: 'ReleaseSeat' },
              { ErrorEquals: ['States.ALL'], Next: 'RefundPayment' },
            ],
          },
          RefundPayment: { Type: 'Task', Comment: 'Undoes ProcessPayment: payment undone' },
          ReleaseSeat: { Type: 'Task', Comment: 'Undoes ReserveSeat: seats released' },
        },
      },
    },
  ],
};

function summary(execution: Execution, ...visits: Visit[]): string {
  const { title, facts, outcome, tone } = meaningOf(execution, visits, KNOWN);
  return `${[title, ...facts].join(' · ')} (${outcome}, ${tone})`;
}

function cancelled(cancellation?: object): Execution {
  return {
    ...saga,
    tags: { 'eventpro:role': 'cancellation' },
    status: 'SUCCEEDED',
    input: { purchaseId: 'p-1', request: { reason: 'BUYER_REQUEST' }, failures: {} },
    output: { status: 'CANCELLED', currency: 'EUR', amount: 24_000, cancellation },
  };
}

function failed(error: string, errorType: string): Execution {
  return { ...saga, status: 'FAILED', error, cause: JSON.stringify({ errorType }) };
}

test.each<[string, Execution, Visit[]]>([
  ['A-12, A-13 · under way (running, busy)', saga, []],
  ['A-12, A-13 · taking the payment (running, busy)', saga, [visit('ProcessPayment', 'running')]],
  ['A-12, A-13 · seats being released (running, busy)', saga, [visit('ReleaseSeat', 'running')]],
  [
    'A-12, A-13 · confirmed · €240.00 (confirmed, good)',
    { ...saga, status: 'SUCCEEDED', output: { amount: 24_000, currency: 'EUR' } },
    [visit('SendConfirmation', 'succeeded')],
  ],
  [
    'A-12, A-13 · the bank asks for the buyer · €240.00 (waiting, wait)',
    {
      ...saga,
      status: 'SUCCEEDED',
      output: { status: 'AWAITING_AUTHENTICATION', amount: 24_000, currency: 'EUR' },
    },
    [visit('ProcessPayment', 'caught'), visit('AuthenticationRequired', 'succeeded')],
  ],
  [
    'A-12, A-13 · confirmed · €240.00 (confirmed, good)',
    { ...resumed, status: 'SUCCEEDED', output: { status: 'CONFIRMED', amount: 24_000, currency: 'EUR' } },
    [visit('ResumePurchase', 'succeeded'), visit('SendConfirmation', 'succeeded')],
  ],
  [
    'A-12, A-13 · given up by the buyer · payment undone · seats released (abandoned, undo)',
    { ...resumed, status: 'SUCCEEDED', output: { status: 'FAILED', amount: 24_000, currency: 'EUR' } },
    [visit('RefundPayment', 'succeeded'), visit('ReleaseSeat', 'succeeded')],
  ],
  [
    'A-12, A-13 · authentication failed · payment undone · seats released (declined, warn)',
    { ...failed('PaymentFailed', 'AuthenticationFailed'), input: resumed.input },
    [visit('RefundPayment', 'succeeded'), visit('ReleaseSeat', 'succeeded')],
  ],
  [
    'A-12, A-13 · payment declined · seats released (declined, warn)',
    failed('PaymentFailed', 'PaymentDeclined'),
    [visit('ProcessPayment', 'caught'), visit('ReleaseSeat', 'succeeded')],
  ],
  [
    'A-12, A-13 · payment failed · payment not undone · seats released (failed, bad)',
    failed('PaymentFailed', 'PaymentGatewayTimeout'),
    [visit('RefundPayment', 'caught'), visit('ReleaseSeat', 'succeeded')],
  ],
  [
    'A-12, A-13 · payment failed · payment undone · seats released (failed, bad)',
    failed('PaymentFailed', 'PaymentNotPossible'),
    [visit('RefundPayment', 'succeeded'), visit('ReleaseSeat', 'succeeded')],
  ],
  [
    'A-12, A-13 · confirmed (confirmed, good)',
    { ...saga, status: 'SUCCEEDED' },
    [visit('RefundPayment', 'caught'), visit('SendConfirmation', 'succeeded')],
  ],
  ['A-12, A-13 · seat unavailable (refused, warn)', failed('ReservationFailed', 'SeatUnavailable'), []],
  [
    'A-12, A-13 · died after ReserveSeat (died, bad)',
    { ...saga, status: 'ABORTED' },
    [visit('ReserveSeat', 'succeeded')],
  ],
  ['A-12, A-13 · timed out (died, bad)', { ...saga, status: 'TIMED_OUT' }, []],
  [
    'A-12, A-13 · recovered · payment undone (recovery, undo)',
    { ...recovery, status: 'SUCCEEDED' },
    [visit('RefundPayment', 'succeeded')],
  ],
  ['A-12, A-13 · still unsettled (recovery, bad)', { ...recovery, status: 'FAILED' }, []],
  [
    'A-12, A-13 · cancelled · the buyer asked for it · €50.00 on its way back (cancelled, undo)',
    cancelled({ reason: 'BUYER_REQUEST', refund: { amount: 5_000, status: 'PENDING' } }),
    [],
  ],
  [
    'A-12, A-13 · cancelled · the payment is disputed · nothing to give back (cancelled, undo)',
    cancelled({ reason: 'DISPUTE', refund: { amount: 0, status: 'NONE' } }),
    [],
  ],
  [
    'A-12, A-13 · not cancelled · not cancellable (refused, warn)',
    { ...cancelled(), ...failed('CancellationRefused', 'NotCancellable'), tags: cancelled().tags },
    [],
  ],
  [
    'A-12, A-13 · cancellation not finished · payment not undone · seats released (failed, bad)',
    { ...cancelled(), ...failed('OutcomeUnknown', 'RefundFailed'), tags: cancelled().tags },
    [visit('RefundPayment', 'caught'), visit('ReleaseSeat', 'succeeded')],
  ],
  ['A-12, A-13 · cancellation died (died, bad)', { ...cancelled(), status: 'ABORTED' }, []],
  ['name · running (other, busy)', other, []],
  ['name · timed out (other, bad)', { ...other, status: 'TIMED_OUT' }, []],
  [
    'name · failed: OutOfStock · payment undone (other, bad)',
    { ...other, status: 'FAILED', error: 'OutOfStock' },
    [visit('RefundPayment', 'succeeded')],
  ],
])('%s', (words, execution, visits) => {
  expect(summary(execution, ...visits)).toBe(words);
});

test('a compensation is a state whose failure is escalated', () => {
  const Task = { Type: 'Task' };

  expect([
    ...compensationsOf({
      definition: {
        StartAt: 'Pay',
        States: { Pay: Task, Refund: Task, EscalateRefund: Task, NotifyFailure: Task },
      },
    }),
  ]).toEqual(['Refund']);
});

test.each<[boolean, string, Execution, Execution[]]>([
  [true, 'a checkout that died', { ...saga, status: 'ABORTED' }, []],
  [true, 'a cancellation that died', { ...cancelled(), status: 'ABORTED' }, [saga]],
  [true, 'one that timed out, also when it was tried twice', { ...saga, status: 'TIMED_OUT' }, [saga]],
  [false, 'one that runs', saga, []],
  [false, 'one that a recovery has taken over', { ...saga, status: 'ABORTED' }, [recovery]],
  [false, 'a recovery that was stopped', { ...recovery, status: 'ABORTED' }, []],
  [false, 'another workflow that died', { ...other, status: 'ABORTED' }, []],
])('it is %s that %s leaves a purchase behind', (expected, _, execution, others) => {
  expect(isLeftBehind(execution, others)).toBe(expected);
});

test('only a purchase can be sent again, not its cancellation', () => {
  expect(payloadOf(saga)).toEqual({ seats: ['A-12', 'A-13'] });
  expect(payloadOf(cancelled())).toBeUndefined();
});

test('a purchase record tells why it is cancelled, what goes back, and whom it has let in', () => {
  const record = {
    ...{ status: 'CANCELLED', amount: 24_000, currency: 'EUR', createdAt: 1_767_225_600 },
    cancellation: { reason: 'FRAUD', refund: { amount: 24_000, status: 'FAILED' }, at: 1_767_229_200 },
    'admission_A-12': { gate: 'North 1', at: 1_767_229_100 },
  };

  const rows = recordRows(record);

  expect(rows).toEqual(
    expect.arrayContaining([
      ['Cancelled', expect.stringMatching(/^fraud, /)],
      ['Refund', '€240.00 could not be given back yet'],
      ['Let in, A-12', expect.stringMatching(/^North 1, /)],
    ]),
  );
});

test('a purchase record tells what was given back by hand, and of a dispute until when evidence is taken', () => {
  const dispute = { status: 'needs_response', reason: 'fraudulent', dueBy: 1_767_830_400 };
  const record = {
    status: 'CONFIRMED',
    amount: 24_000,
    currency: 'EUR',
    createdAt: 1,
    refunded: 500,
    dispute,
  };

  expect(recordRows(record)).toEqual(
    expect.arrayContaining([
      ['Given back by hand', '€5.00'],
      ['Dispute', 'needs_response, fraudulent'],
      ['Evidence until', expect.stringMatching(/2026/)],
    ]),
  );
});

test('a headline changes when recovery has mended what an execution left behind', () => {
  const failed: Execution = { ...saga, status: 'FAILED', error: 'OutcomeUnknown' };
  const left = [visit('RefundPayment', 'caught'), visit('ReleaseSeat', 'succeeded')];
  const states = (...names: string[]) =>
    names.flatMap((state, index) =>
      ['TaskStateEntered', 'TaskStateExited'].map((type) => ({ id: index, type, state, timestamp: '' })),
    );
  const headline = (...others: object[]) => {
    const executions = [...(others as Execution[]), failed];
    const { title, facts, standing } = meaningOf(failed, left, { ...KNOWN, executions });
    return `${[title, ...facts].join(' · ')} (${standing})`;
  };
  const before = 'A-12, A-13 · outcome unknown · payment not undone · seats released (undefined)';
  const settled = { ...recovery, status: 'SUCCEEDED', events: states('RefundPayment', 'ReleaseSeat') };

  expect(headline()).toBe(before);
  expect(headline({ ...settled, status: 'FAILED' })).toBe(before);
  expect(headline({ ...settled, events: states('RefundPayment', 'NothingDue') })).toBe(before);
  expect(headline({ ...settled, input: { purchaseId: 'p-2' } })).toBe(before);
  expect(headline(settled)).toBe(
    'A-12, A-13 · outcome unknown · mended by recovery: payment undone · seats released (mended)',
  );
});

test('an execution without a purchase is called by its name', () => {
  const nameless = { ...saga, input: null };

  expect(purchaseIdOf(nameless)).toBeUndefined();
  expect(meaningOf(nameless, [], KNOWN).title).toBe('name');
});

test('a purchase record tells how far each channel is, and what became of the e-mail', () => {
  const record = {
    delivery_email: { state: 'SENT', sentAt: 1 },
    delivery_sms: { state: 'UNKNOWN', givenUpAt: 1 },
    delivery_push: { state: 'SENDING', leaseUntil: 1 },
    mail_bounced: { reason: 'Permanent/General', at: 1_767_225_600 },
  };

  const rows = deliveryRows(record);

  expect(rows.slice(0, 3)).toEqual([
    ['E-mail', 'sent'],
    ['Text message', 'given up: two attempts had no answer'],
    ['Push', 'being sent, or tried again later'],
  ]);
  expect(rows.slice(3)).toEqual([
    ['After sending', expect.stringMatching(/^bounced: the address takes no mail \(Permanent\/General, /)],
  ]);
  expect(deliveryRows({})).toEqual([]);
});

describe('an order', () => {
  const refused = (error: string): Visit => ({
    ...visit('ProcessPayment', 'caught'),
    failures: [{ number: 1, failedAt: '', error }],
  });

  test.each<[string, Execution, Visit[]]>([
    ['Order K1 · under way (running, busy)', order, [visit('CheckInventory', 'running')]],
    [
      'Order K1 · the bank asks for the buyer (waiting, wait)',
      order,
      [refused('AuthenticationAsked'), visit('AwaitAuthentication', 'running')],
    ],
    [
      'Order K1 · confirmed (confirmed, good)',
      { ...order, status: 'SUCCEEDED' },
      [refused('AuthenticationAsked'), visit('OrderConfirmed', 'succeeded')],
    ],
    [
      'Order K1 · cancelled with its event (cancelled, undo)',
      { ...order, status: 'SUCCEEDED' },
      [visit('OrderCancelled', 'succeeded')],
    ],
    [
      'Order K1 · out of stock (refused, warn)',
      { ...order, status: 'FAILED', error: 'OrderFailed' },
      [{ ...visit('InventoryChoice', 'succeeded'), next: 'NotifyFailure' }],
    ],
    [
      'Order K1 · payment declined (declined, warn)',
      { ...order, status: 'FAILED', error: 'OrderFailed' },
      [refused('PaymentDeclined')],
    ],
    [
      'Order K1 · order unsettled (failed, bad)',
      { ...order, status: 'FAILED', error: 'OrderUnsettled' },
      [refused('PaymentGatewayTimeout')],
    ],
    [
      'Order K1 · died after CheckInventory (died, bad)',
      { ...order, status: 'ABORTED' },
      [visit('CheckInventory', 'stopped')],
    ],
  ])('%s', (expected, execution, visits) => {
    expect(summary(execution, ...visits)).toBe(expected);
    expect(meaningOf(execution, visits, KNOWN).kind).toBe('order');
  });

  test('that died is left behind until another execution takes it up', () => {
    const died: Execution = { ...order, status: 'ABORTED' };
    const later = { ...order, id: 'id-2', startedAt: '2026-01-01T00:07:00Z' };

    expect([isLeftBehind(died, []), isLeftBehind(died, [later])]).toEqual([true, false]);
  });
});
