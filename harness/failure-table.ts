import { type CheckoutTask } from '../lambda/checkout/outcomes';
import { type PurchaseStatus } from '../lambda/purchase/purchase';
import { type ProblemCode } from '../lambda/shared/problem';
import { type Fault } from '../local/step-functions/faults';

/** Where the money is when the buyer has the answer. `taken, refund open` is what recovery then settles. */
export type Money = 'never taken' | 'kept' | 'given back' | 'taken, refund open';

/** One thing that can go wrong with the purchase of a seat, and everything that must follow. */
export interface FailureRow {
  readonly title: string;
  /** @default 'pm_card_visa', which pays */
  readonly card?: string;
  readonly faults?: Partial<Record<CheckoutTask, Fault>>;
  /** Somebody else bought the seat before. */
  readonly seatSoldBefore?: true;
  /** The states in the order they are entered, after `StartOrResume`. */
  readonly states: readonly string[];
  /** Attempts of the Tasks that are not made exactly once. */
  readonly attempts?: Partial<Record<CheckoutTask, number>>;
  readonly http: number;
  /** Of the problem; none when the answer is the purchase. */
  readonly code?: ProblemCode;
  readonly purchase: PurchaseStatus;
  readonly seat: 'AVAILABLE' | 'HELD' | 'SOLD';
  readonly money: Money;
  /** Status of `GET /purchases/{purchaseId}/ticket`. */
  readonly ticket: 302 | 404 | 409;
  readonly email: boolean;
  /** One of the README's rows: those that teach most in a few tries. */
  readonly readme?: true;
}

const RESERVATION_UNDONE = ['ReserveSeat', 'ReleaseSeat', 'WhatFailed', 'ReservationFailed'];
const DECLINED = ['ReserveSeat', 'ProcessPayment', 'ReleaseSeat', 'WhatFailed', 'PaymentFailed'];
const DECLINED_UNRELEASED = [
  ...['ReserveSeat', 'ProcessPayment', 'ReleaseSeat', 'EscalateReleaseSeat'],
  'OutcomeUnknown',
];
const PAYMENT_UNDONE = [
  ...['ReserveSeat', 'ProcessPayment', 'RefundPayment', 'ReleaseSeat', 'WhatFailed'],
  'PaymentFailed',
];
const TICKET_UNDONE = [
  ...['ReserveSeat', 'ProcessPayment', 'GenerateTicket', 'RefundPayment', 'ReleaseSeat', 'WhatFailed'],
  'TicketFailed',
];
const TICKET_UNREFUNDED = [
  ...['ReserveSeat', 'ProcessPayment', 'GenerateTicket', 'RefundPayment', 'EscalateRefundPayment'],
  ...['ReleaseSeat', 'WhatFailed', 'TicketFailed'],
];
const CONFIRMED = [
  'ReserveSeat',
  'ProcessPayment',
  'GenerateTicket',
  'SendConfirmation',
  'PurchaseConfirmed',
];
const CONFIRMED_UNTOLD = [
  ...['ReserveSeat', 'ProcessPayment', 'GenerateTicket', 'SendConfirmation', 'LogNotificationError'],
  'PurchaseConfirmed',
];
/** The compensation finds the sale made, and the saga goes forward. */
const SALE_STANDS = [
  ...['ReserveSeat', 'ProcessPayment', 'GenerateTicket', 'RefundPayment', 'IsReserved', 'SendConfirmation'],
  'PurchaseConfirmed',
];

type Outcome = Pick<FailureRow, 'http' | 'code' | 'purchase' | 'seat' | 'money' | 'ticket' | 'email'>;

const sold: Outcome = {
  http: 201,
  purchase: 'CONFIRMED',
  seat: 'SOLD',
  money: 'kept',
  ticket: 302,
  email: true,
};

function undone(http: number, code: ProblemCode, money: Money): Outcome {
  return { http, code, money, purchase: 'FAILED', seat: 'AVAILABLE', ticket: 404, email: false };
}

/** The seats may or may not be free again, so the buyer is told to ask later. */
function unknown(outcome: Outcome): Outcome {
  return { ...outcome, http: 504, code: 'OUTCOME_UNKNOWN' };
}

const noReservation = undone(503, 'RESERVATION_FAILED', 'never taken');
const declined = undone(402, 'PAYMENT_DECLINED', 'never taken');
const ticketRefunded = undone(503, 'TICKET_FAILED', 'given back');

const GATEWAY_TIMEOUT = 'PaymentGatewayTimeout';
const FAIL_BEFORE: Fault = { mode: 'fail-before' };
const FAIL_AFTER: Fault = { mode: 'fail-after' };
const TIMEOUT: Fault = { mode: 'timeout' };

/** The table behind `checkout-saga.test.ts` and the README's "Try these failures". */
export const FAILURES: readonly FailureRow[] = [
  { title: 'Nothing fails', states: CONFIRMED, ...sold, readme: true },

  // The reservation.
  {
    title: 'The seat is taken',
    seatSoldBefore: true,
    states: ['ReserveSeat', 'ReservationFailed'],
    ...undone(409, 'SEAT_UNAVAILABLE', 'never taken'),
    seat: 'SOLD',
    readme: true,
  },
  {
    title: 'The reservation fails before it held the seat',
    faults: { ReserveSeat: FAIL_BEFORE },
    states: RESERVATION_UNDONE,
    ...noReservation,
  },
  {
    title: 'The reservation holds the seat, but its answer is lost',
    faults: { ReserveSeat: FAIL_AFTER },
    states: RESERVATION_UNDONE,
    ...noReservation,
    readme: true,
  },
  {
    title: 'The reservation times out, each time',
    faults: { ReserveSeat: TIMEOUT },
    states: RESERVATION_UNDONE,
    attempts: { ReserveSeat: 3 },
    ...noReservation,
  },
  {
    title: 'The reservation times out once, after it held the seat',
    faults: { ReserveSeat: { ...TIMEOUT, times: 1 } },
    states: CONFIRMED,
    attempts: { ReserveSeat: 2 },
    ...sold,
  },

  // The card.
  {
    title: 'The card is declined',
    card: 'pm_card_chargeDeclined',
    states: DECLINED,
    ...declined,
    readme: true,
  },
  {
    title: 'The card has insufficient funds',
    card: 'pm_card_visa_chargeDeclinedInsufficientFunds',
    states: DECLINED,
    ...declined,
  },
  {
    title: 'The card has expired',
    card: 'pm_card_chargeDeclinedExpiredCard',
    states: DECLINED,
    ...declined,
  },
  {
    title: "The card's security code is wrong",
    card: 'pm_card_chargeDeclinedIncorrectCvc',
    states: DECLINED,
    ...declined,
  },
  {
    title: 'The card cannot be processed',
    card: 'pm_card_chargeDeclinedProcessingError',
    states: DECLINED,
    ...declined,
  },
  {
    title: 'The card is reported lost',
    card: 'pm_card_visa_chargeDeclinedLostCard',
    states: DECLINED,
    ...declined,
  },
  {
    title: 'The card is reported stolen',
    card: 'pm_card_visa_chargeDeclinedStolenCard',
    states: DECLINED,
    ...declined,
  },
  { title: 'There is no such card', card: 'pm_unknown', states: DECLINED, ...declined },
  {
    title: 'The bank wants the buyer (3-D Secure)',
    card: 'pm_card_authenticationRequired',
    states: ['ReserveSeat', 'ProcessPayment', 'AuthenticationRequired'],
    http: 202,
    purchase: 'AWAITING_AUTHENTICATION',
    seat: 'HELD',
    money: 'never taken',
    ticket: 409,
    email: false,
    readme: true,
  },

  // The payment.
  {
    title: 'The payment fails before the gateway was called',
    faults: { ProcessPayment: FAIL_BEFORE },
    states: PAYMENT_UNDONE,
    ...undone(503, 'PAYMENT_UNAVAILABLE', 'never taken'),
  },
  {
    title: 'The payment is taken, but its answer is lost',
    faults: { ProcessPayment: FAIL_AFTER },
    states: PAYMENT_UNDONE,
    ...undone(503, 'PAYMENT_UNAVAILABLE', 'given back'),
    readme: true,
  },
  {
    title: 'The payment step times out, each time after it took the money',
    faults: { ProcessPayment: TIMEOUT },
    states: PAYMENT_UNDONE,
    attempts: { ProcessPayment: 3 },
    ...undone(503, 'PAYMENT_UNAVAILABLE', 'given back'),
  },
  {
    title: 'The payment step times out once, after it took the money',
    faults: { ProcessPayment: { ...TIMEOUT, times: 1 } },
    states: CONFIRMED,
    attempts: { ProcessPayment: 2 },
    ...sold,
  },
  {
    title: 'The gateway times out twice',
    faults: { ProcessPayment: { ...FAIL_BEFORE, error: GATEWAY_TIMEOUT, times: 2 } },
    states: CONFIRMED,
    attempts: { ProcessPayment: 3 },
    ...sold,
    readme: true,
  },
  {
    title: 'The gateway times out twice, each time after it took the money',
    faults: { ProcessPayment: { ...FAIL_AFTER, error: GATEWAY_TIMEOUT, times: 2 } },
    states: CONFIRMED,
    attempts: { ProcessPayment: 3 },
    ...sold,
  },
  {
    title: 'The gateway times out each time',
    faults: { ProcessPayment: { ...FAIL_BEFORE, error: GATEWAY_TIMEOUT } },
    states: PAYMENT_UNDONE,
    attempts: { ProcessPayment: 4 },
    ...undone(503, 'PAYMENT_UNAVAILABLE', 'never taken'),
  },
  {
    title: 'The gateway times out each time, after it took the money',
    faults: { ProcessPayment: { ...FAIL_AFTER, error: GATEWAY_TIMEOUT } },
    states: PAYMENT_UNDONE,
    attempts: { ProcessPayment: 4 },
    ...undone(503, 'PAYMENT_UNAVAILABLE', 'given back'),
    readme: true,
  },

  {
    title: 'Nobody can pay, and it is our fault: a wrong key, an account that is not activated',
    faults: { ProcessPayment: { ...FAIL_BEFORE, error: 'PaymentNotPossible' } },
    states: PAYMENT_UNDONE,
    ...undone(502, 'PAYMENT_NOT_POSSIBLE', 'never taken'),
    readme: true,
  },
  {
    title: 'Our fault shows only after the money was taken',
    faults: { ProcessPayment: { ...FAIL_AFTER, error: 'PaymentNotPossible' } },
    states: PAYMENT_UNDONE,
    ...undone(502, 'PAYMENT_NOT_POSSIBLE', 'given back'),
  },

  // The ticket.
  {
    title: 'The ticket cannot be made',
    faults: { GenerateTicket: FAIL_BEFORE },
    states: TICKET_UNDONE,
    ...ticketRefunded,
    readme: true,
  },
  {
    title: 'The sale is made, but the answer is lost',
    faults: { GenerateTicket: FAIL_AFTER },
    states: SALE_STANDS,
    ...sold,
    readme: true,
  },
  {
    title: 'The ticket step times out, each time after the sale was made',
    faults: { GenerateTicket: TIMEOUT },
    states: SALE_STANDS,
    attempts: { GenerateTicket: 3 },
    ...sold,
  },

  // The confirmation.
  {
    title: 'The confirmation cannot be sent',
    faults: { SendConfirmation: FAIL_BEFORE },
    states: CONFIRMED_UNTOLD,
    ...sold,
    email: false,
    readme: true,
  },
  {
    title: 'The confirmation is sent, but the answer is lost',
    faults: { SendConfirmation: FAIL_AFTER },
    states: CONFIRMED_UNTOLD,
    ...sold,
  },
  {
    title: 'The confirmation is sent three times, and each answer is lost',
    faults: { SendConfirmation: TIMEOUT },
    states: CONFIRMED_UNTOLD,
    attempts: { SendConfirmation: 3 },
    ...sold,
  },

  // The refund, after a ticket that cannot be made. One that fails for good is escalated, and
  // the purchase stays unsettled: recovery finds it.
  {
    title: 'The refund fails too',
    faults: { GenerateTicket: FAIL_BEFORE, RefundPayment: FAIL_BEFORE },
    states: TICKET_UNREFUNDED,
    ...ticketRefunded,
    purchase: 'COMPENSATING',
    money: 'taken, refund open',
    readme: true,
  },
  {
    title: 'The refund is made, but its answer is lost',
    faults: { GenerateTicket: FAIL_BEFORE, RefundPayment: FAIL_AFTER },
    states: TICKET_UNREFUNDED,
    ...ticketRefunded,
    purchase: 'COMPENSATING',
  },
  {
    title: 'The refund times out, each time after it was made',
    faults: { GenerateTicket: FAIL_BEFORE, RefundPayment: TIMEOUT },
    states: TICKET_UNREFUNDED,
    attempts: { RefundPayment: 3 },
    ...ticketRefunded,
    purchase: 'COMPENSATING',
  },
  {
    title: 'The gateway times out twice at the refund',
    faults: {
      GenerateTicket: FAIL_BEFORE,
      RefundPayment: { ...FAIL_BEFORE, error: GATEWAY_TIMEOUT, times: 2 },
    },
    states: TICKET_UNDONE,
    attempts: { RefundPayment: 3 },
    ...ticketRefunded,
  },
  {
    title: 'The gateway times out each time at the refund',
    faults: {
      GenerateTicket: FAIL_BEFORE,
      RefundPayment: { ...FAIL_BEFORE, error: GATEWAY_TIMEOUT },
    },
    states: TICKET_UNREFUNDED,
    attempts: { RefundPayment: 4 },
    ...ticketRefunded,
    purchase: 'COMPENSATING',
    money: 'taken, refund open',
  },
  {
    title: 'The gateway times out each time at the refund, after it was made',
    faults: {
      GenerateTicket: FAIL_BEFORE,
      RefundPayment: { ...FAIL_AFTER, error: GATEWAY_TIMEOUT },
    },
    states: TICKET_UNREFUNDED,
    attempts: { RefundPayment: 4 },
    ...ticketRefunded,
    purchase: 'COMPENSATING',
  },

  // The release, after a declined card. One that fails for good is escalated too; the hold ends by itself at the latest.
  {
    title: 'The card is declined, and the seat cannot be released',
    card: 'pm_card_chargeDeclined',
    faults: { ReleaseSeat: FAIL_BEFORE },
    states: DECLINED_UNRELEASED,
    ...unknown(declined),
    purchase: 'PENDING',
    seat: 'HELD',
    ticket: 409,
    readme: true,
  },
  {
    title: 'The card is declined, the seat is released, but the answer is lost',
    card: 'pm_card_chargeDeclined',
    faults: { ReleaseSeat: FAIL_AFTER },
    states: DECLINED_UNRELEASED,
    ...unknown(declined),
  },
  {
    title: 'The card is declined, and the release times out, each time after it was made',
    card: 'pm_card_chargeDeclined',
    faults: { ReleaseSeat: TIMEOUT },
    states: DECLINED_UNRELEASED,
    attempts: { ReleaseSeat: 3 },
    ...unknown(declined),
  },
  {
    title: 'The ticket cannot be made, and neither compensation works',
    faults: { GenerateTicket: FAIL_BEFORE, RefundPayment: FAIL_BEFORE, ReleaseSeat: FAIL_BEFORE },
    states: [
      ...['ReserveSeat', 'ProcessPayment', 'GenerateTicket', 'RefundPayment', 'EscalateRefundPayment'],
      ...['ReleaseSeat', 'EscalateReleaseSeat', 'OutcomeUnknown'],
    ],
    ...unknown(ticketRefunded),
    purchase: 'PENDING',
    seat: 'HELD',
    money: 'taken, refund open',
    ticket: 409,
  },
];
