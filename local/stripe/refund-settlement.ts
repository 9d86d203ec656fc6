import { type Payment, type Refund, type RefundSettlement, replaceCharge } from './payment';
import { type TestCard } from './test-cards';

/** Stripe settles such test refunds after some minutes and real ones after days; here it is one minute of the clock. */
export const REFUND_SETTLEMENT_SECONDS = 60;

/** What is still to happen to a new refund: nothing for most cards. */
export function settlementOf(refund: Refund, card: TestCard, now: number): RefundSettlement[] {
  if (card.refund === 'succeeds') return [];
  const status = card.refund === 'pending_then_succeeds' ? 'succeeded' : 'failed';
  return [{ refundId: refund.id, at: now + REFUND_SETTLEMENT_SECONDS * 1000, status }];
}

/** The payment after every settlement due at `now` (ms), or undefined when none is. */
export function settleRefunds(payment: Payment, now: number): Payment | undefined {
  const due = payment.settlements.filter(({ at }) => at <= now);
  if (due.length === 0) return undefined;
  const rest = payment.settlements.filter(({ at }) => at > now);
  return due.reduce(settle, { ...payment, settlements: rest });
}

function settle(payment: Payment, { refundId, status }: RefundSettlement): Payment {
  if (status === 'failed') return failRefund(payment, refundId, 'expired_or_canceled_card');
  return withSettled(payment, refundId, { status });
}

/** A refund that fails gives its amount back to the charge: it can be refunded again. */
export function failRefund(payment: Payment, refundId: string, reason: string): Payment {
  const failed = withSettled(payment, refundId, { status: 'failed', failure_reason: reason });
  const refund = failed.refunds.find(({ id }) => id === refundId)!;
  const charge = payment.charges.find(({ id }) => id === refund.charge)!;
  const restored = { ...charge, amount_refunded: charge.amount_refunded - refund.amount, refunded: false };
  return { ...failed, charges: replaceCharge(payment.charges, restored) };
}

function withSettled(payment: Payment, refundId: string, outcome: Partial<Refund>): Payment {
  const settled = payment.refunds.map((refund) => {
    if (refund.id !== refundId) return refund;
    const { pending_reason: _, ...rest } = refund;
    return { ...rest, ...outcome };
  });
  return { ...payment, refunds: settled };
}
