import { attemptAt } from '../../../lambda/recovery/reconcile';
import { type Execution, type Payment } from '../../../web/console/control-routes.js';
import { type Sale } from '../../../web/console/purchase-adapter.js';
import { saleNamedIn } from '../../../web/console/sale-records.js';
import { nextAttemptAt, stateOf } from '../../../web/console/sale-state.js';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const SECONDS = NOW / 1000;
const SALE: Sale = { kind: 'purchase', id: 'p-1' };
const ORDER: Sale = { kind: 'order', id: 'o-1' };

function paid(
  captured: number,
  refunded: number,
  metadata: Payment['metadata'] = { purchaseId: 'p-1' },
): Payment {
  return {
    ...{
      paymentIntentId: 'pi_1',
      status: 'succeeded',
      amount: captured,
      currency: 'eur',
      captured,
      refunded,
    },
    ...{ metadata, paymentMethod: null, idempotencyKeys: [], charges: [], refunds: [], created: '' },
  };
}

const RUNNING = {
  ...{ status: 'RUNNING', tags: { 'eventpro:role': 'checkout' }, input: { purchaseId: 'p-1' } },
} as unknown as Execution;

function stateWith(
  record: object | undefined,
  payments: Payment[] = [],
  { executions = [], sale = SALE }: { executions?: Execution[]; sale?: Sale } = {},
) {
  return stateOf(sale, record && { amount: 100, ...record }, { executions, payments, now: NOW });
}

test('the next attempt of recovery is when the reconciler names another one', () => {
  for (let overdue = -400; overdue < 20_000; overdue += 7) {
    const next = nextAttemptAt(0, overdue);

    expect(next).toBeGreaterThan(overdue);
    if (overdue < 0) expect(next).toBe(0);
    else
      expect([attemptAt(next) - attemptAt(overdue), attemptAt(next - 1) - attemptAt(overdue)]).toEqual([
        1, 0,
      ]);
  }
});

test.each([
  ['CONFIRMED', {}, paid(100, 0), 0, '€1.00 was taken.'],
  [
    'CONFIRMED, partly refunded by hand',
    { refunded: 40 },
    paid(100, 40),
    0,
    '€1.00 was taken, €0.40 given back as agreed.',
  ],
  ['FAILED', {}, paid(100, 0), 100, '€1.00 was taken: €1.00 is owed to the buyer.'],
  ['FAILED', {}, paid(100, 30), 70, '€1.00 was taken, €0.30 given back: €0.70 is owed to the buyer.'],
  ['FAILED', {}, paid(100, 100), 0, '€1.00 was taken and given back: nothing is owed.'],
  ['FAILED', {}, paid(0, 0), 0, 'No money was taken.'],
  ['COMPENSATING', {}, paid(100, 0), 100, '€1.00 was taken: €1.00 is owed to the buyer.'],
  ['PENDING', {}, paid(100, 0), 0, '€1.00 was taken, and it is not a sale yet.'],
  [
    'CANCELLED',
    { cancellation: { refund: { amount: 60 } } },
    paid(100, 10),
    50,
    '€1.00 was taken, €0.10 given back: €0.50 is owed to the buyer.',
  ],
  ['CANCELLED, disputed', { cancellation: { refund: { amount: 0 } } }, paid(100, 0), 0, '€1.00 was taken.'],
])('of the money of a sale that is %s with %j, what is owed is said', (name, more, payment, owed, words) => {
  const state = stateWith({ status: name.split(',')[0], ...more }, [payment]);

  expect([state.owed, state.words]).toEqual([owed, words]);
});

test('money without a record is owed, and so is that of an order whose event is cancelled', () => {
  expect(stateWith(undefined, [paid(100, 0)]).owed).toBe(100);
  const order = paid(100, 0, { orderId: 'o-1' });
  expect(stateWith({ status: 'CANCELLED', orderId: 'o-1' }, [order], { sale: ORDER }).owed).toBe(100);
  expect(stateWith({ status: 'CONFIRMED' }, [order]).words).toBe('No money was taken.');
});

test.each([
  ['PENDING', 300, [], true],
  ['PENDING', 300, [RUNNING], false],
  ['PENDING', -60, [RUNNING], true],
  ['COMPENSATING', 300, [], true],
  ['AWAITING_AUTHENTICATION', 300, [], false],
  ['AWAITING_AUTHENTICATION', -1, [], true],
  ['CONFIRMED', 300, [], false],
  ['CONFIRMED', -1, [], true],
  ['FAILED', undefined, [], false],
] as const)(
  'a sale that is %s and due in %s s, with %j, is left open: %s',
  (status, due, executions, isOpen) => {
    const state = stateWith({ status, ...(due !== undefined && { dueAt: SECONDS + due }) }, [], {
      executions: [...executions],
    });

    expect(state.isOpen).toBe(isOpen);
    expect(state.nextAttemptAt !== undefined).toBe(isOpen);
    if (isOpen) expect(state.nextAttemptAt).toBeGreaterThan(NOW);
  },
);

test.each([
  [
    { text: 'Ticket: http://x/api/purchases/0b1d2c3e-4f50-4a61-8b72-9c83ad94be01/ticket' },
    { sale: { kind: 'purchase', id: '0b1d2c3e-4f50-4a61-8b72-9c83ad94be01' } },
  ],
  [
    { html: '<a href="https://shop/#/purchases/0B1D2C3E-4F50-4A61-8B72-9C83AD94BE01">' },
    { sale: { kind: 'purchase', id: '0b1d2c3e-4f50-4a61-8b72-9c83ad94be01' } },
  ],
  [
    {
      text:
        'https://shop/#/purchases/0b1d2c3e-4f50-4a61-8b72-9c83ad94be01' +
        '?order=9a8b7c6d-4f50-4a61-8b72-9c83ad94be02',
    },
    { sale: { kind: 'order', id: '9a8b7c6d-4f50-4a61-8b72-9c83ad94be02' } },
  ],
  [{ text: 'Ordered: 1 × Programme\nReference: TVTWYM4SJ2\n' }, { reference: 'TVTWYM4SJ2' }],
  [{ text: 'EventPro: your purchase TVTWYM4SJ2 is cancelled.' }, { reference: 'TVTWYM4SJ2' }],
  [{ text: 'A dispute: purchase under way' }, {}],
])('a message %j names what it is about', (message, named) => {
  expect(saleNamedIn(message)).toEqual(named);
});
