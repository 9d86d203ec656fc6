import { type Meaning, type Outcomes } from '../shared/outcomes';

const INTERRUPTED = {
  problem: 'OrderInterrupted',
  impact: 'Orders die on the way, or their extras cannot be reserved: buyers are told to order again.',
  runbook: 'Orders fail',
} as const satisfies Meaning;

const CANNOT_PAY = {
  problem: 'PaymentUnavailable',
  impact: 'Extras cannot be paid for: buyers are told to order again, and money already taken is given back.',
  runbook: 'Orders fail',
} as const satisfies Meaning;

/**
 * An order: its steps in their order, what each may refuse, what its failure means, what undoes it. Between them are states that need no
 * function: the choice, what is written and published directly.
 */
export const ORDER = {
  steps: {
    ValidateOrder: {
      entry: 'lambda/order/validate-order.ts',
      timeoutSeconds: 6,
      doing: 'checking what is ordered',
      refuses: [
        ...(['OrderNotFound', 'EventNotFound', 'SaleClosed', 'ExtraNotFound', 'ValidationFailed'] as const),
        ...(['PurchaseNotFound', 'PurchaseInProgress', 'PurchaseCancelled', 'PurchaseFailed'] as const),
      ],
      steers: ['OrderLeft', 'OrderSettled'],
      fails: { end: 'OrderFailed', ...INTERRUPTED },
    },
    CheckInventory: {
      entry: 'lambda/order/check-inventory.ts',
      timeoutSeconds: 6,
      doing: 'reserving extras',
      undoneBy: 'RestoreInventory',
      fails: { end: 'OrderFailed', ...INTERRUPTED },
    },
    // It waits in the middle of the payment: what that says afterwards counts more.
    AwaitAuthentication: {
      entry: 'lambda/order/await-authentication.ts',
      timeoutSeconds: 6,
      doing: 'waiting for the buyer to answer the bank',
      undoneBy: 'RefundPayment',
      refuses: ['TooManyUnpaidExtras'],
      fails: { end: 'OrderFailed', ...CANNOT_PAY },
    },
    ProcessPayment: {
      function: 'ProcessOrderPayment',
      entry: 'lambda/order/process-order-payment.ts',
      timeoutSeconds: 13,
      doing: 'taking the payment',
      undoneBy: 'RefundPayment',
      refuses: [
        ...(['SaleClosed', 'PaymentDeclined', 'PaymentActionRequired'] as const),
        ...(['AuthenticationFailed', 'AuthenticationExpired'] as const),
      ],
      steers: ['AuthenticationAsked'],
      admits: [
        {
          problem: 'PaymentNotPossible',
          impact:
            'Extras cannot be paid for, and trying again does not help: our key, our account or our request is wrong.',
          runbook: 'Payments are not possible',
          threshold: 1,
        },
      ],
      fails: { end: 'OrderFailed', ...CANNOT_PAY },
    },
  },
  compensations: {
    RefundPayment: {
      function: 'RefundOrder',
      entry: 'lambda/order/refund-order.ts',
      timeoutSeconds: 10,
      done: 'payment undone',
      undid: ['refunded', 'cancelled'],
      steers: ['SaleStands', 'OrderSettled'],
    },
    RestoreInventory: {
      entry: 'lambda/order/restore-inventory.ts',
      timeoutSeconds: 6,
      done: 'extras restored',
      undid: ['released'],
      steers: ['SaleStands', 'OrderSettled', 'OrderCancelled'],
    },
  },
  interrupted: INTERRUPTED,
  unknown: { end: 'OrderUnsettled', problem: 'OutcomeUnknown' },
} as const satisfies Outcomes<'RefundPayment' | 'RestoreInventory'>;
