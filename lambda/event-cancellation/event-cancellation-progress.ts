import { timeText } from '../shared/clock';
import { type EventCancellations, type FailedCancellation } from '../event/event-cancellations';
import { type OrderRepository } from '../order/order-repository';
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
  readonly orders: Pick<OrderRepository, 'findAll' | 'revokedOf'>;
}

/**
 * How far the cancellation of an event has come: counted from the records each time, so that neither a step that ran twice nor an
 * execution that died makes it wrong. What recovery has mended since is no failure any more.
 *
 * @returns undefined when the event is not cancelled
 */
export async function progressOf(
  eventId: string,
  dependencies: ProgressDependencies,
): Promise<EventCancellationAnswer | undefined> {
  const { eventCancellations, seats } = dependencies;
  const cancellation = await eventCancellations.find(eventId);
  if (!cancellation) return undefined;
  const { message, at, doneAt, purchases: counted = 0 } = cancellation;
  const listed = await eventCancellations.failures(eventId);
  const failures = await failuresOfPurchases(listed, dependencies);
  const failedOrders = await failuresOfOrders(listed, dependencies);
  const orders = await ordersOf(eventId, failedOrders, dependencies);
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
    ...(orders && { orders }),
    failures: [...failures, ...failedOrders]
      .slice(0, NAMED)
      .map(({ purchaseId, code }) => ({ reference: referenceOf(purchaseId), code })),
  };
}

async function failuresOfPurchases(
  listed: readonly FailedCancellation[],
  { purchases }: Pick<ProgressDependencies, 'purchases'>,
): Promise<FailedCancellation[]> {
  const failures = listed.filter(({ kind }) => kind === undefined);
  const outlines = await purchases.outlines(failures.map(({ purchaseId }) => purchaseId));
  return failures.filter(({ purchaseId }) => outlines.get(purchaseId)?.status !== 'CANCELLED');
}

async function failuresOfOrders(
  listed: readonly FailedCancellation[],
  { orders }: Pick<ProgressDependencies, 'orders'>,
): Promise<FailedCancellation[]> {
  const failures = listed.filter(({ kind }) => kind === 'order');
  const found = await orders.findAll(failures.map(({ purchaseId }) => purchaseId));
  const ended = new Set(
    found.filter(({ status }) => status === 'CANCELLED' || status === 'FAILED').map(({ orderId }) => orderId),
  );
  return failures.filter(({ purchaseId }) => !ended.has(purchaseId));
}

/** @returns undefined when no order of the event stood */
async function ordersOf(
  eventId: string,
  failures: readonly FailedCancellation[],
  { orders }: Pick<ProgressDependencies, 'orders'>,
): Promise<EventCancellationAnswer['orders']> {
  const failed = new Set(failures.map(({ purchaseId }) => purchaseId));
  let cancelled = 0;
  for await (const page of orders.revokedOf(eventId)) {
    cancelled += page.filter((orderId) => !failed.has(orderId)).length;
  }
  return cancelled + failed.size > 0 ? { cancelled, failed: failed.size } : undefined;
}
