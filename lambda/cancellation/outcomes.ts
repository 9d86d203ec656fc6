import { CHECKOUT } from '../checkout/outcomes';
import { type Meaning, type Outcomes } from '../shared/outcomes';

/** The claim may have been written, so nobody knows: recovery finds it. */
const FAILS = {
  problem: 'OutcomeUnknown',
  impact:
    'Sales cannot be cancelled: whoever cancels gets a 504. What was begun, recovery brings to its end.',
  runbook: 'Cancellations fail',
} as const satisfies Meaning;

/**
 * Cancelling a sale: its steps, and the saga's own compensations between them. Nothing undoes it: what dies on the way is
 * brought to its end by recovery.
 */
export const CANCELLATION = {
  steps: {
    ClaimCancellation: {
      entry: 'lambda/cancellation/claim-cancellation.ts',
      timeoutSeconds: 9,
      doing: 'agreeing what is given back',
      refuses: [
        ...(['ValidationFailed', 'PurchaseNotFound'] as const),
        ...(['PurchaseInProgress', 'NotCancellable'] as const),
      ],
      repeats: ['PurchaseAlreadyAnswered'],
      fails: { end: 'CancellationRefused', ...FAILS },
    },
    SendCancellation: {
      entry: 'lambda/cancellation/send-cancellation.ts',
      timeoutSeconds: 4,
      doing: 'telling the buyer',
    },
  },
  compensations: CHECKOUT.compensations,
  interrupted: FAILS,
  unknown: { end: 'OutcomeUnknown', problem: 'OutcomeUnknown' },
} as const satisfies Outcomes<'RefundPayment' | 'ReleaseSeat'>;
