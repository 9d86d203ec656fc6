import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { referenceOf } from './reference';

/**
 * JSON logs with correlation keys. What is logged is references, codes and counts; a buyer's name, address or payment
 * method never is, nor a purchase's id, which opens the purchase. Each line carries the X-Ray trace id, and as `service` the
 * stage (`POWERTOOLS_SERVICE_NAME`).
 */
export const logger = new Logger();

export type CorrelationIds = Readonly<Record<string, string>>;

let current: CorrelationIds = {};

/** What the log calls a purchase. The id is what a client typed, in a path or a header: what cannot be one has no reference. */
export function referenceIn(purchaseId: unknown): CorrelationIds {
  const isId = typeof purchaseId === 'string' && /^[0-9a-f-]{36}$/i.test(purchaseId);
  return isId ? { reference: referenceOf(purchaseId) } : {};
}

/**
 * Begins an invocation: from here on, every log line and metric carries `ids`, and log lines `place` too.
 *
 * @param place what runs: `{ step: 'ReserveSeat' }`
 */
export function correlate(context: Context, place: CorrelationIds, ids: CorrelationIds = {}): void {
  logger.addContext(context);
  logger.resetKeys();
  logger.appendKeys({ ...place, ...ids });
  current = ids;
}

/** The ids of the invocation under way. A container runs one at a time. */
export function correlationIds(): CorrelationIds {
  return current;
}
