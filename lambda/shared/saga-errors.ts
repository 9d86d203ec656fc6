import { OwnError } from './own-error';

/**
 * Errors that steer the saga and are not themselves an answer to the client. Their names are matched by the retries
 * and catches in `lib/checkout/checkout-saga.ts`.
 */
export const SAGA_ERRORS = {
  /** The gateway did not answer, or not for sure: safe to call again with the same idempotency key. */
  paymentGatewayTimeout: 'PaymentGatewayTimeout',
  /** Compensation found the purchase CONFIRMED: the sale stands, so the saga goes forward. */
  saleStands: 'SaleStands',
  /** A purchase that has its answer came again: what its record says is said again. */
  purchaseAlreadyAnswered: 'PurchaseAlreadyAnswered',
  /** The bank wants the buyer: the execution ends here, and another one takes the purchase up again. */
  authenticationAsked: 'AuthenticationAsked',
  /** Recovery found that the sale is cancelled, and its buyer still to be told. */
  saleCancelled: 'SaleCancelled',
  /** An order that another execution has begun and left: it is undone. */
  orderLeft: 'OrderLeft',
  /** An order that is settled, or another execution's: there is nothing to do. */
  orderSettled: 'OrderSettled',
  /** An order whose event is cancelled is undone, and its buyer still to be told. */
  orderCancelled: 'OrderCancelled',
  /** Recovery found that the purchase is not due, or not any more: somebody else has it. */
  notDue: 'NotDue',
} as const;

/** Those that steer a saga that runs as it should: they are no faults. */
export type SteeringName = (typeof SAGA_ERRORS)[Exclude<keyof typeof SAGA_ERRORS, 'paymentGatewayTimeout'>];

/** Transient: the gateway timed out, was unreachable, throttled or failed inside. The outcome is unknown. */
export class PaymentGatewayTimeout extends OwnError {
  override readonly name = SAGA_ERRORS.paymentGatewayTimeout;
}

/**
 * Carries the purchase's answer as JSON: the mapping template sends it again. Without the id, which the template
 * knows: the runtime logs the message of what a function throws.
 */
export class PurchaseAlreadyAnswered extends OwnError {
  override readonly name = SAGA_ERRORS.purchaseAlreadyAnswered;

  constructor({ purchaseId: _, ...answer }: { readonly purchaseId: string }) {
    super(JSON.stringify(answer));
  }
}

export class AuthenticationAsked extends OwnError {
  override readonly name = SAGA_ERRORS.authenticationAsked;

  constructor() {
    super("The buyer's bank wants the buyer");
  }
}

export class SaleCancelled extends OwnError {
  override readonly name = SAGA_ERRORS.saleCancelled;

  constructor() {
    super('The sale is cancelled, and the buyer still to be told');
  }
}

export class NotDue extends OwnError {
  override readonly name = SAGA_ERRORS.notDue;

  constructor() {
    super('The purchase is not due');
  }
}

/** The purchase was claimed by a compensation, or lost its seats, before the sale could be confirmed. */
export class SaleNotPossible extends OwnError {
  override readonly name = 'SaleNotPossible';
}

/** Our own balance at the gateway does not cover a refund, and the gateway lends no more: nothing was given back. It passes. */
export class BalanceEmpty extends OwnError {
  override readonly name = 'BalanceEmpty';

  constructor() {
    super('The balance at the payment gateway is empty');
  }
}

/** The gateway would not give the money back. The money question stays open: a person, or recovery, must settle it. */
export class RefundFailed extends OwnError {
  override readonly name = 'RefundFailed';
}
