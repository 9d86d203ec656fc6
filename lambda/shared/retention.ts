/**
 * Seconds that a record is kept after the last attempt to give its money back. A refund can come back for 30 days, says Stripe, and the
 * audit looks for such ones of 35: what comes back must find its record.
 */
export const REFUND_KEPT_SECONDS = 40 * 86_400;

/** Seconds that a record is kept after its bank has disputed the payment: until long after that is decided. */
export const DISPUTE_KEPT_SECONDS = 180 * 86_400;

/** The least number of days after an event for which its sales are kept: a card's holder may dispute a payment for 120, or some banks 180. */
export const LEAST_SALES_KEPT_DAYS = 180;
