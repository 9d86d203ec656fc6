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
  /** A settled purchase came again under its own key: its answer is repeated. */
  purchaseAlreadySettled: 'PurchaseAlreadySettled',
} as const;

/** Those that steer a saga that runs as it should: they are no faults. */
export type SteeringName = typeof SAGA_ERRORS.saleStands | typeof SAGA_ERRORS.purchaseAlreadySettled;

/** Transient: the gateway timed out, was unreachable, throttled or failed inside. The outcome is unknown. */
export class PaymentGatewayTimeout extends OwnError {
  override readonly name = SAGA_ERRORS.paymentGatewayTimeout;
}

/**
 * Carries the settled purchase's answer as JSON: the mapping template sends it again. Without the id, which the template
 * knows: the runtime logs the message of what a function throws.
 */
export class PurchaseAlreadySettled extends OwnError {
  override readonly name = SAGA_ERRORS.purchaseAlreadySettled;

  constructor({ purchaseId: _, ...answer }: { readonly purchaseId: string }) {
    super(JSON.stringify(answer));
  }
}

/** The purchase was claimed by a compensation, or lost its seats, before the sale could be confirmed. */
export class SaleNotPossible extends OwnError {
  override readonly name = 'SaleNotPossible';
}

/** The gateway would not give the money back. The money question stays open: a person, or recovery, must settle it. */
export class RefundFailed extends OwnError {
  override readonly name = 'RefundFailed';
}
