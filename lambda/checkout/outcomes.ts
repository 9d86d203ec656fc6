import { type Outcomes, type RefusalName, type TaskName } from '../shared/outcomes';

/** The key was used before, by another run: the answer is that run's. */
const KEY_IS_KNOWN = [
  'PurchaseInProgress',
  'IdempotencyKeyReused',
  'AuthenticationExpired',
  'Abandoned',
  'PurchaseCancelled',
  'PurchaseAlreadyAnswered',
] as const satisfies readonly RefusalName[];

const CANNOT_PAY = {
  problem: 'PaymentUnavailable',
  impact: 'Buyers cannot pay: they are told to retry, and money already taken is given back.',
  runbook: 'Payments fail',
} as const;

/**
 * The checkout: its steps in their order, what each may refuse, what its failure means, what undoes it. The later step
 * outranks the earlier where several have failed.
 */
export const CHECKOUT = {
  steps: {
    ReserveSeat: {
      entry: 'lambda/seat/reserve-seat.ts',
      timeoutSeconds: 5,
      doing: 'holding seats',
      undoneBy: 'ReleaseSeat',
      refuses: [
        ...(['ValidationFailed', 'EventNotFound', 'SaleClosed', 'SeatNotFound'] as const),
        ...(['PriceChanged', 'SeatUnavailable', 'TooManyUnpaidSeats'] as const),
      ],
      repeats: KEY_IS_KNOWN,
      fails: {
        end: 'ReservationFailed',
        problem: 'ReservationFailed',
        impact: 'Buyers cannot hold seats: they are told to retry, and nothing is sold.',
        runbook: 'Reservations fail',
      },
    },
    ResumePurchase: {
      entry: 'lambda/seat/resume-purchase.ts',
      timeoutSeconds: 5,
      doing: 'taking the purchase up again',
      insteadOf: 'ReserveSeat',
      undoneBy: 'RefundPayment',
      repeats: [
        ...(['PurchaseNotFound', 'PurchaseInProgress'] as const),
        ...(['AuthenticationExpired', 'Abandoned', 'PurchaseCancelled', 'PurchaseAlreadyAnswered'] as const),
      ],
      fails: { end: 'ResumeFailed', ...CANNOT_PAY },
    },
    ProcessPayment: {
      entry: 'lambda/payment/process-payment.ts',
      timeoutSeconds: 13,
      doing: 'taking the payment',
      undoneBy: 'RefundPayment',
      refuses: [
        // Of an event that is cancelled.
        'SaleClosed',
        ...(['PaymentDeclined', 'PaymentActionRequired'] as const),
        ...(['AuthenticationFailed', 'AuthenticationExpired', 'TooManyUnpaidSeats'] as const),
      ],
      steers: ['AuthenticationAsked'],
      admits: [
        {
          problem: 'PaymentNotPossible',
          impact:
            'Buyers cannot pay, and trying again does not help: our key, our account or our request is wrong.',
          runbook: 'Payments are not possible',
          // The next buyer meets the same.
          threshold: 1,
        },
      ],
      fails: { end: 'PaymentFailed', ...CANNOT_PAY },
    },
    // A ticket without a sale is deleted by the audit. The sale itself is the pivot: it is made, or this step has failed.
    GenerateTicket: {
      entry: 'lambda/ticket/generate-ticket.ts',
      timeoutSeconds: 9,
      doing: 'making the ticket',
      fails: {
        end: 'TicketFailed',
        problem: 'TicketFailed',
        impact: 'Buyers who have paid get no ticket: their money is given back.',
        runbook: 'Tickets fail',
      },
    },
    SendConfirmation: {
      entry: 'lambda/notification/send-confirmation.ts',
      timeoutSeconds: 4,
      doing: 'telling the buyer',
    },
  },
  compensations: {
    RefundPayment: {
      entry: 'lambda/payment/refund-payment.ts',
      timeoutSeconds: 10,
      done: 'payment undone',
      undid: ['refunded', 'cancelled'],
      refuses: [
        ...(['PurchaseNotFound', 'PurchaseInProgress'] as const),
        ...(['AlreadyConfirmed', 'PurchaseCancelled', 'PurchaseAlreadyAnswered'] as const),
      ],
      steers: ['SaleStands'],
      leaves: ['NotDue', 'SaleCancelled'],
    },
    ReleaseSeat: {
      entry: 'lambda/seat/release-seat.ts',
      timeoutSeconds: 5,
      done: 'seats released',
      undid: ['released'],
      repeats: KEY_IS_KNOWN,
      steers: ['SaleStands'],
      leaves: ['NotDue', 'SaleCancelled'],
    },
  },
  interrupted: {
    problem: 'CheckoutInterrupted',
    impact: 'Checkouts die on the way: those buyers waited in vain, and recovery gave their money back.',
    runbook: 'Checkouts are interrupted',
  },
  givenUp: {
    by: 'StartOrResume',
    problem: 'Abandoned',
    end: 'PurchaseAbandoned',
    refusedEnd: 'AbandonmentRefused',
  },
  unknown: { end: 'OutcomeUnknown', problem: 'OutcomeUnknown' },
} as const satisfies Outcomes<'RefundPayment' | 'ReleaseSeat'>;

/** Every state of the checkout that runs a function. */
export type CheckoutTask = TaskName<typeof CHECKOUT>;
