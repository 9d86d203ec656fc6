import { type EventCancellations, type FailureCode } from '../event/event-cancellations';
import { type Order } from '../order/order';
import { type OrderExecutions } from '../order/order-executions';
import { type OrderRepository } from '../order/order-repository';
import { type EmptyBalance } from '../purchase/empty-balance';
import { type Clock } from '../shared/clock';
import { paced } from '../shared/paced';
import { type Page, PURCHASES_PER_PAGE } from './event-sales';

/** What tells the execution that undoes a revoked order from the one that sold it. */
const REVOKED = 'revoked';

interface Dependencies {
  readonly orders: OrderRepository;
  readonly balance: Pick<EmptyBalance, 'isEmpty'>;
  readonly eventCancellations: Pick<EventCancellations, 'noteFailure'>;
  readonly executions: Pick<OrderExecutions, 'start'>;
  readonly clock: Clock;
  /** Orders undone in a second: they share Stripe's limit with the purchases. */
  readonly perSecond: number;
  /** @default as of purchases */
  readonly perPage?: number;
}

/**
 * The orders of a cancelled event. Each that is CONFIRMED is revoked, and OrderWorkflow undoes it as it undoes any order: it gives the
 * money back, then the stock, and tells the buyer. Orders under way end FAILED by themselves, because ProcessPayment refuses them.
 *
 * An order that is undone has left the reservations of the event. So each page begins at the first of them, and needs no position: it
 * would be an order's id, which opens the order, in the state of the execution.
 */
export class EventOrders {
  constructor(private readonly dependencies: Dependencies) {}

  /** Revokes a page of orders and has them undone. What is revoked and was not started, because somebody died, is started. */
  async cancelPage(eventId: string): Promise<Page<'again'>> {
    const { orders, balance, executions, clock, perSecond } = this.dependencies;
    const { perPage = Math.min(PURCHASES_PER_PAGE, perSecond * 60) } = this.dependencies;
    if (await balance.isEmpty(clock.nowSeconds())) return { started: 0, busy: 0, balanceIsEmpty: true };
    const standing: Order[] = [];
    let busy = 0;
    let after: string | undefined;
    do {
      const page = await orders.ofEvent(eventId, { after, limit: perPage });
      const found = await orders.findAll(page.orderIds);
      const toUndo = found.filter(isToBeUndone);
      standing.push(...toUndo);
      busy += found.length - toUndo.length;
      after = page.after;
    } while (after !== undefined && standing.length < perPage);
    const now = standing.slice(0, perPage);
    for await (const order of paced(now, perSecond)) {
      await orders.revoke(order);
      // Where it is no sale any more, the execution finds nothing to do.
      await executions.start(order.orderId, REVOKED);
    }
    const isLast = after === undefined && now.length === standing.length;
    return { ...(!isLast && { next: 'again' }), started: now.length, busy };
  }

  /** How many orders are revoked, and neither undone nor given up for a refund that failed. */
  async countUnsettled(eventId: string): Promise<number> {
    let count = 0;
    for await (const { refundFailed = false } of this.unsettled(eventId)) {
      if (!refundFailed) count++;
    }
    return count;
  }

  /**
   * Lists the orders that could not be given back, for people. Those that are still under way are among them.
   *
   * @returns how many
   */
  async listFailures(eventId: string): Promise<number> {
    const { orders, eventCancellations } = this.dependencies;
    const failures = new Map<string, FailureCode>();
    for await (const { orderId, refundFailed = false } of this.unsettled(eventId)) {
      failures.set(orderId, refundFailed ? 'REFUND_FAILED' : 'OUTCOME_UNKNOWN');
    }
    let after: string | undefined;
    do {
      const page = await orders.ofEvent(eventId, { after, limit: PURCHASES_PER_PAGE });
      for (const orderId of page.orderIds) {
        if (!failures.has(orderId)) failures.set(orderId, 'OUTCOME_UNKNOWN');
      }
      after = page.after;
    } while (after !== undefined);
    for (const [orderId, code] of failures) {
      await eventCancellations.noteFailure(eventId, { purchaseId: orderId, kind: 'order', code });
    }
    return failures.size;
  }

  private async *unsettled(eventId: string): AsyncGenerator<Order> {
    const { orders } = this.dependencies;
    for await (const page of orders.revokedOf(eventId)) {
      for (const order of await orders.findAll(page)) if (order.status === 'COMPENSATING') yield order;
    }
  }
}

function isToBeUndone({ status, revokedAt, executionId }: Order): boolean {
  const isUntaken = status === 'COMPENSATING' && revokedAt !== undefined && executionId === undefined;
  return status === 'CONFIRMED' || isUntaken;
}
