import { dateAndTime } from '../shared/wording';
import { type EventTimes } from './event-times';

/** Whether the event's sale has not begun, is open, or is over. */
export type SaleStatus = 'SCHEDULED' | 'ON_SALE' | 'CLOSED';

export function saleStatus({ saleOpensAt, saleClosesAt }: EventTimes, nowSeconds: number): SaleStatus {
  if (saleOpensAt !== undefined && nowSeconds < secondsOf(saleOpensAt)) return 'SCHEDULED';
  return nowSeconds < secondsOf(saleClosesAt) ? 'ON_SALE' : 'CLOSED';
}

/** Words for a buyer who cannot buy at this moment; undefined while the event is on sale. */
export function whyNotOnSale(times: EventTimes, nowSeconds: number): string | undefined {
  const { saleOpensAt, saleClosesAt, timeZone } = times;
  switch (saleStatus(times, nowSeconds)) {
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
