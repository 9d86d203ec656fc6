import { type EventCancellations } from '../event/event-cancellations';
import { timeText } from '../purchase/purchase-answer';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { type SeatRepository } from '../seat/seat-repository';
import { referenceOf } from '../shared/reference';
import { type EventCancellationAnswer } from './event-cancellation-answers';

/** Of those that failed, how many are named. */
const NAMED = 100;

export interface ProgressDependencies {
  readonly eventCancellations: EventCancellations;
  readonly seats: SeatRepository;
  readonly purchases: PurchaseRepository;
}

/**
 * How far the cancellation of an event has come: counted from the records each time, so that neither a step that ran twice nor an
 * execution that died makes it wrong. What recovery has mended since is no failure any more.
 *
 * @returns undefined when the event is not cancelled
 */
export async function progressOf(
  eventId: string,
  { eventCancellations, seats, purchases }: ProgressDependencies,
): Promise<EventCancellationAnswer | undefined> {
  const cancellation = await eventCancellations.find(eventId);
  if (!cancellation) return undefined;
  const { message, at, doneAt, purchases: counted = 0 } = cancellation;
  const listed = await eventCancellations.failures(eventId);
  const outlines = await purchases.outlines(listed.map(({ purchaseId }) => purchaseId));
  const failures = listed.filter(({ purchaseId }) => outlines.get(purchaseId)?.status !== 'CANCELLED');
  const failed = new Set(failures.map(({ purchaseId }) => purchaseId));
  let cancelled = 0;
  for await (const page of seats.revokedSince(eventId, at)) {
    cancelled += page.filter((purchaseId) => !failed.has(purchaseId)).length;
  }
  // More than were counted, where a hold became a sale meanwhile.
  const all = Math.max(counted, cancelled + failed.size);
  return {
    status: doneAt === undefined ? 'RUNNING' : 'DONE',
    message,
    at: timeText(at),
    // Those of them that were holds, and were never bought, are known when nothing is left.
    purchases: doneAt === undefined ? all : cancelled + failed.size,
    cancelled,
    failed: failed.size,
    remaining: doneAt === undefined ? all - cancelled - failed.size : 0,
    failures: failures
      .slice(0, NAMED)
      .map(({ purchaseId, code }) => ({ reference: referenceOf(purchaseId), code })),
  };
}
