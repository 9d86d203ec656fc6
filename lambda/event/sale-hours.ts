import { dateAndTime } from '../shared/wording';
import { type Cancellable } from './event-layout';
import { type EventTimes } from './event-times';

/** Whether the event's sale has not begun, is open, or is over; or the event itself is cancelled. */
export type SaleStatus = 'SCHEDULED' | 'ON_SALE' | 'CLOSED' | 'CANCELLED';

/** What says whether an event is on sale. */
export type SaleTimes = EventTimes & Cancellable;

export function saleStatus(
  { saleOpensAt, saleClosesAt, cancelledAt }: SaleTimes,
  nowSeconds: number,
): SaleStatus {
  if (cancelledAt !== undefined) return 'CANCELLED';
  if (saleOpensAt !== undefined && nowSeconds < secondsOf(saleOpensAt)) return 'SCHEDULED';
  return nowSeconds < secondsOf(saleClosesAt) ? 'ON_SALE' : 'CLOSED';
}

/** Words for a buyer whose event is cancelled, or was cancelled on the way. */
export const EVENT_IS_CANCELLED = 'The event is cancelled.';

/** Words for a buyer who cannot buy at this moment; undefined while the event is on sale. */
export function whyNotOnSale(times: SaleTimes, nowSeconds: number): string | undefined {
  const { saleOpensAt, saleClosesAt, timeZone } = times;
  switch (saleStatus(times, nowSeconds)) {
    case 'CANCELLED':
      return EVENT_IS_CANCELLED;
    case 'SCHEDULED':
      return `The sale has not begun: it opens on ${dateAndTime(saleOpensAt!, timeZone)}.`;
    case 'CLOSED':
      return `The sale is over: it closed on ${dateAndTime(saleClosesAt, timeZone)}.`;
    case 'ON_SALE':
      return undefined;
  }
}

function secondsOf(time: string): number {
  return Date.parse(time) / 1000;
}
