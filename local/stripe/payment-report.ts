import { cardOf, type Charge, type Dispute, type Payment, type Refund } from './payment';

/** A payment as `GET /local/payments` shows it. Amounts are in minor units, times are ISO 8601. */
export interface PaymentReport {
  readonly paymentIntentId: string;
  readonly status: string;
  readonly amount: number;
  readonly currency: string;
  /** Money taken. */
  readonly captured: number;
  /** Money given back or on its way back; failed refunds do not count. */
  readonly refunded: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** The test name of the last attempt's payment method, `pm_card_…`. */
  readonly paymentMethod: string | null;
  /** `<operation> <key>` of each request that changed the payment, oldest first. */
  readonly idempotencyKeys: readonly string[];
  readonly charges: readonly ChargeReport[];
  readonly refunds: readonly RefundReport[];
  readonly disputes: readonly DisputeReport[];
  readonly created: string;
}

export interface ChargeReport {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly amountCaptured: number;
  readonly amountRefunded: number;
  readonly failureCode: string | null;
  readonly created: string;
}

export interface RefundReport {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly reason: string | null;
  /** Why it waits. */
  readonly pendingReason: string | null;
  readonly created: string;
}

export interface DisputeReport {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly reason: string;
  /** Until when evidence is taken. */
  readonly dueBy: string;
}

export function reportPayment(payment: Payment): PaymentReport {
  const { intent, charges, refunds, disputes = [], idempotencyKeys } = payment;
  const methodId = intent.payment_method ?? intent.last_payment_error?.payment_method?.id;
  return {
    paymentIntentId: intent.id,
    status: intent.status,
    amount: intent.amount,
    currency: intent.currency,
    captured: charges.reduce((sum, charge) => sum + charge.amount_captured, 0),
    refunded: refunds.reduce((sum, { amount, status }) => sum + (status === 'failed' ? 0 : amount), 0),
    metadata: intent.metadata,
    paymentMethod: methodId === undefined ? null : cardOf(payment, methodId),
    idempotencyKeys,
    charges: charges.map(reportCharge),
    refunds: refunds.map(reportRefund),
    disputes: disputes.map(reportDispute),
    created: isoTime(intent.created),
  };
}

function reportCharge(charge: Charge): ChargeReport {
  return {
    id: charge.id,
    status: charge.status,
    amount: charge.amount,
    amountCaptured: charge.amount_captured,
    amountRefunded: charge.amount_refunded,
    failureCode: charge.failure_code,
    created: isoTime(charge.created),
  };
}

function reportRefund({ id, status, amount, reason, pending_reason, created }: Refund): RefundReport {
  const pendingReason = pending_reason ?? null;
  return { id, status: status!, amount, reason, pendingReason, created: isoTime(created) };
}

function reportDispute({ id, status, amount, reason, evidence_details }: Dispute): DisputeReport {
  return { id, status, amount, reason, dueBy: isoTime(evidence_details.due_by ?? 0) };
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
