import { type Order } from '../order/order';
import { type OrderRepository } from '../order/order-repository';
import { type PaidKind, type PaymentGateway, type PaymentState } from '../payment/payment-gateway';
import { type Dispute, isWithBank } from '../purchase/dispute';
import { logger } from '../shared/logger';
import { Problem } from '../shared/problem';
import { referenceOf } from '../shared/reference';
import { RefundFailed } from '../shared/saga-errors';

export interface FollowOrderDependencies {
  readonly orders: Pick<OrderRepository, 'find' | 'installation' | 'noteDispute' | 'noteRefunded'>;
  readonly gateway: () => Promise<PaymentGateway>;
  /** Tells people of a dispute that is new, or in another state. */
  readonly tellDispute: (id: string, dispute: Dispute, kind?: PaidKind) => Promise<void>;
}

/**
 * Brings an order to what its payment is now, as `followPayment` does with a purchase. What was given back by hand is recorded; all of it
 * cancels the order, and its extras are for sale again. A dispute is told to people, and cancels nothing.
 *
 * @throws Problem PurchaseInProgress while an execution has the order, or somebody else writes to it: told again later, it is decided
 */
export async function followOrder(
  payment: PaymentState,
  dependencies: FollowOrderDependencies,
): Promise<'followed' | 'nothing' | 'unknown' | 'foreign'> {
  const { orders } = dependencies;
  const { purchaseId: orderId, paymentIntentId, installation } = payment;
  const order = await orders.find(orderId);
  if (order?.paymentIntentId !== paymentIntentId) {
    return installation && installation === (await orders.installation.find()) ? 'unknown' : 'foreign';
  }
  const told = await tellOfDispute(order, payment, dependencies);
  return (await bringTo(order, payment, dependencies)) || told ? 'followed' : 'nothing';
}

/** At least once: it is noted when people have been told. */
async function tellOfDispute(
  { orderId, dispute: noted }: Order,
  { dispute }: PaymentState,
  { orders, tellDispute }: Pick<FollowOrderDependencies, 'orders' | 'tellDispute'>,
): Promise<boolean> {
  if (!dispute || (noted?.id === dispute.id && noted.status === dispute.status)) return false;
  await tellDispute(orderId, dispute, 'order');
  await orders.noteDispute(orderId, dispute);
  return true;
}

/** @returns whether anything was to be done */
async function bringTo(
  order: Order,
  { captured, refunded, dispute, paymentIntentId }: PaymentState,
  { orders, gateway }: Pick<FollowOrderDependencies, 'orders' | 'gateway'>,
): Promise<boolean> {
  const { orderId, status } = order;
  switch (status) {
    case 'CONFIRMED':
      if (refunded === (order.refunded ?? 0)) return false;
      if (!(await orders.noteRefunded(order, refunded))) throw new Problem('PurchaseInProgress');
      return true;
    case 'FAILED': {
      const isTheirs = dispute !== undefined && isWithBank(dispute);
      if (captured <= refunded || isTheirs) return false;
      return undo();
    }
    case 'PENDING':
    case 'AWAITING_AUTHENTICATION':
      if (refunded > 0) throw new Problem('PurchaseInProgress');
      return false;
    case 'COMPENSATING':
    case 'CANCELLED':
      return false;
  }

  /** What the bank does not take is escalated by the audit, every hour until somebody has repaid it. */
  async function undo(): Promise<boolean> {
    try {
      await (await gateway()).undoIntent({ purchaseId: orderId, kind: 'order', paymentIntentId });
    } catch (error) {
      if (!(error instanceof RefundFailed)) throw error;
      logger.warn('A refund that came back is not taken again', { reference: referenceOf(orderId) });
    }
    return true;
  }
}
