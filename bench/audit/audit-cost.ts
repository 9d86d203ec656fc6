import { lambdaGbSeconds } from '../cost/bill';
import { PRICES } from '../prices';

/** Days after the start of an event in which its seats are still read; `OVER_AFTER` in lambda/recovery/orphan-holds.ts. */
const OVER_AFTER_DAYS = 7;

/** Runs an hour apart that list a ticket: it is in the folder of today, yesterday, or the day before. */
const LISTS_OF_A_TICKET = 60;

/** Objects in a page of a list. */
const LISTED_TOGETHER = 1_000;

const SEATS = 2;

/** RRU, measured. */
export interface UnitsOfASale {
  /** To look up its record, as a part of a hundred. */
  readonly lookUp: number;
  /** To read its seats, in the list of a section. */
  readonly seats: number;
}

/** What auditing a sale costs from its payment until its event is over, in dollars, by item. */
export interface CostOfASale {
  readonly payments: number;
  readonly tickets: number;
  readonly seats: number;
  readonly lambda: number;
}

/** @param msOfALookUp milliseconds that a run of the audit takes for each purchase that it looks up */
export function costOfASale(
  daysAhead: number,
  { lookUp, seats }: UnitsOfASale,
  { msOfALookUp, memoryMb }: { readonly msOfALookUp: number; readonly memoryMb: number },
): CostOfASale {
  const unit = PRICES.dynamoDbReadUnit;
  const rounds = daysAhead + OVER_AFTER_DAYS;
  // Twice by its payment, once by its ticket, and twice by its seats: after the sale, and before the event.
  const lookUps = { payments: 2, tickets: 1, seats: 2 };
  const listed = (LISTS_OF_A_TICKET / LISTED_TOGETHER) * PRICES.s3List;
  return {
    payments: lookUps.payments * lookUp * unit,
    tickets: lookUps.tickets * lookUp * unit + listed,
    seats: (lookUps.seats * lookUp + rounds * seats) * unit,
    lambda: lambdaGbSeconds(1_000 * 5 * msOfALookUp, memoryMb) * (PRICES.lambdaGbSecond / 1_000),
  };
}

/**
 * The same for the audit before: every hour it read the seats of all sections, looked up each purchase by itself and
 * consistently (a unit), and did so for each payment of three days and each ticket of two.
 */
export function costOfASaleBefore(
  daysAhead: number,
  { seats }: UnitsOfASale,
  { msOfALookUp, memoryMb }: { readonly msOfALookUp: number; readonly memoryMb: number },
): CostOfASale {
  const unit = PRICES.dynamoDbReadUnit;
  const runs = (daysAhead + OVER_AFTER_DAYS) * 24;
  const lookUps = { payments: 72, tickets: 35, seats: runs };
  const all = lookUps.payments + lookUps.tickets + lookUps.seats;
  const listed = (lookUps.tickets / LISTED_TOGETHER) * PRICES.s3List;
  return {
    payments: lookUps.payments * unit,
    tickets: lookUps.tickets * unit + listed,
    seats: runs * (1 + seats) * unit,
    lambda: lambdaGbSeconds(1_000 * all * msOfALookUp, memoryMb) * (PRICES.lambdaGbSecond / 1_000),
  };
}

export const totalOfASale = ({ payments, tickets, seats, lambda }: CostOfASale): number =>
  payments + tickets + seats + lambda;

export { SEATS as SEATS_OF_A_SALE };
