/**
 * Seconds that a record is kept after the last attempt to give its money back. A refund can come back for 30 days, says Stripe, and the
 * audit looks for such ones of 35: what comes back must find its record.
 */
export const REFUND_KEPT_SECONDS = 40 * 86_400;

/** Seconds that a record is kept after its bank has disputed the payment: until long after that is decided. */
export const DISPUTE_KEPT_SECONDS = 180 * 86_400;

/** The least number of days after an event for which its sales are kept: a card's holder may dispute a payment for 120, or some banks 180. */
export const LEAST_SALES_KEPT_DAYS = 180;

/** The times that say when an event is over. */
interface Over {
  readonly startsAt: string;
  readonly endsAt?: string | undefined;
}

/** When an event is over, seconds since the epoch. */
export function endOf({ startsAt, endsAt = startsAt }: Over): number {
  return Date.parse(endsAt) / 1000;
}

/**
 * Until when a sale is kept, seconds since the epoch.
 *
 * @param soldAt seconds since the epoch: what is sold after the event has begun is kept as long
 * @param kept seconds
 */
export function keptUntil(event: Over, soldAt: number, kept: number): number {
  return Math.ceil(Math.max(endOf(event), soldAt)) + kept;
}
