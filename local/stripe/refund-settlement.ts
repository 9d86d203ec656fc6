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

/** A refund that fails gives its amount back to the charge: it can be refunded again. */
function settle(payment: Payment, { refundId, status }: RefundSettlement): Payment {
  const { pending_reason: _, ...refund } = payment.refunds.find(({ id }) => id === refundId)!;
  const settled: Refund = {
    ...refund,
    status,
    ...(status === 'failed' && { failure_reason: 'expired_or_canceled_card' }),
  };
  const refunds = payment.refunds.map((other) => (other.id === refundId ? settled : other));
  if (status === 'succeeded') return { ...payment, refunds };
  const charge = payment.charges.find(({ id }) => id === refund.charge)!;
  const restored = { ...charge, amount_refunded: charge.amount_refunded - refund.amount, refunded: false };
  return { ...payment, refunds, charges: replaceCharge(payment.charges, restored) };
}
