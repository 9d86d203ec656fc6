import { type Cancellations } from '../cancellation/start-cancellation';
import { type EventCancellations, type FailureCode } from '../event/event-cancellations';
import { type EventRepository } from '../event/event-repository';
import { type Cursor, takenPurchases } from '../event/taken-purchases';
import { type PurchaseOutline } from '../purchase/purchase-item';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { type SeatRepository } from '../seat/seat-repository';
import { type Clock } from '../shared/clock';
import { paced } from '../shared/paced';

/** Purchases of one page. A page is one step of the durable function and a pause: of 3,000 operations, 100,000 purchases take 1,000. */
export const PURCHASES_PER_PAGE = 200;

/** What became of a page. It is kept as the result of a step, so it names no purchase. */
export interface Page<From = Cursor> {
  /** Where the next page begins. @default this was the last one */
  readonly next?: From;
  /** Purchases, or orders, whose cancellation was started. */
  readonly started: number;
  /** Those that somebody else is at work on: they buy, are cancelled already, or wait for their bank. */
  readonly busy: number;
  /** Stripe's balance is empty: nothing was started. */
  readonly balanceIsEmpty?: true;
}

interface Dependencies {
  readonly events: EventRepository;
  readonly seats: SeatRepository;
  readonly purchases: PurchaseRepository;
  readonly eventCancellations: EventCancellations;
  readonly cancellations: Pick<Cancellations, 'startCancelled'>;
  readonly clock: Clock;
  /** Cancellations started in a second. Each makes four requests to Stripe, and two when Stripe tells of it; an account may make 100. */
  readonly perSecond: number;
  /** @default PURCHASES_PER_PAGE, or as many as one minute takes: half of the function's time-out */
  readonly perPage?: number;
}

/**
 * The sales of a cancelled event: what the steps of CancelEvent do. Each may run again at any time, because it goes by the
 * records alone: a purchase that is cancelled already has left its seats.
 */
export class EventSales {
  constructor(private readonly dependencies: Dependencies) {}

  /** How many purchases have a seat of the event, sold or held. */
  async count(eventId: string): Promise<number> {
    const purchases = new Set<string>();
    for (let from: Cursor | undefined, isFirst = true; from || isFirst; isFirst = false) {
      const { ids, next } = await takenPurchases(this.dependencies, eventId, from, 5_000);
      for (const id of ids) purchases.add(id);
      from = next;
    }
    await this.dependencies.eventCancellations.notePurchases(eventId, purchases.size);
    return purchases.size;
  }

  /** Starts the cancellation of each sale of a page, at a rate that leaves Stripe's limit to the other sales. */
  async cancelPage(eventId: string, from?: Cursor): Promise<Page> {
    const { purchases, cancellations, clock, perSecond } = this.dependencies;
    const { perPage = Math.min(PURCHASES_PER_PAGE, perSecond * 60) } = this.dependencies;
    if (await purchases.balance.isEmpty(clock.nowSeconds()))
      return { ...(from && { next: from }), started: 0, busy: 0, balanceIsEmpty: true };
    const { ids, next } = await takenPurchases(this.dependencies, eventId, from, perPage);
    const outlines = await purchases.outlines(ids);
    const sales = [...ids].filter((id) => outlines.get(id)?.status === 'CONFIRMED');
    for await (const purchaseId of paced(sales, perSecond)) {
      await cancellations.startCancelled(purchaseId, eventId);
    }
    return { ...(next && { next }), started: sales.length, busy: ids.size - sales.length };
  }

  /** How many sales are claimed for their cancellation, and neither cancelled nor given up for a refund that failed. */
  async countUnsettled(eventId: string): Promise<number> {
    let count = 0;
    for await (const { cancellation } of this.unsettled(eventId)) {
      if (cancellation?.refund.status !== 'FAILED') count++;
    }
    return count;
  }

  /**
   * Lists the purchases that could not be cancelled, for people. Those that still have a seat are among them.
   *
   * @returns how many
   */
  async listFailures(eventId: string): Promise<number> {
    const failures = new Map<string, FailureCode>();
    for await (const { purchaseId, cancellation } of this.unsettled(eventId)) {
      const isRefused = cancellation?.refund.status === 'FAILED';
      failures.set(purchaseId, isRefused ? 'REFUND_FAILED' : 'OUTCOME_UNKNOWN');
    }
    for (let from: Cursor | undefined, isFirst = true; from || isFirst; isFirst = false) {
      const { ids, next } = await takenPurchases(this.dependencies, eventId, from, PURCHASES_PER_PAGE);
      const outlines = await this.dependencies.purchases.outlines(ids);
      for (const id of ids) {
        if (failures.has(id)) continue;
        const status = outlines.get(id)?.status;
        const isNoSale = status === undefined || status === 'FAILED' || status === 'CANCELLED';
        failures.set(id, isNoSale ? 'NOT_CANCELLABLE' : 'OUTCOME_UNKNOWN');
      }
      from = next;
    }
    for (const [purchaseId, code] of failures) {
      await this.dependencies.eventCancellations.noteFailure(eventId, { purchaseId, code });
    }
    return failures.size;
  }

  /** Sales that were revoked since the event was cancelled, and are not CANCELLED yet. */
  private async *unsettled(eventId: string): AsyncGenerator<PurchaseOutline> {
    const { seats, purchases, eventCancellations } = this.dependencies;
    const cancellation = await eventCancellations.find(eventId);
    for await (const page of seats.revokedSince(eventId, cancellation?.at ?? 0)) {
      for (const outline of (await purchases.outlines(page)).values()) {
        if (outline.status !== 'CANCELLED') yield outline;
      }
    }
  }
}
