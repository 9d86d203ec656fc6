import type Stripe from 'stripe';

/** Stripe's objects as they are stored: what may be expanded is kept as an id. */
export type PaymentIntent = Stripe.PaymentIntent & {
  latest_charge: string | null;
  payment_method: string | null;
};
export type Charge = Stripe.Charge & { payment_intent: string };
export type Dispute = Stripe.Dispute & { charge: string; payment_intent: string };
export type Refund = Stripe.Refund & { charge: string; payment_intent: string };

/** One card, played once: Stripe makes a payment method of its own whenever a test name is used. */
export interface PaymentMethod {
  readonly id: string;
  /** The test name, `pm_card_visa`. */
  readonly card: string;
  /** Seconds since the epoch. */
  readonly created: number;
  /** Without a customer, a payment method pays, or is declined, once. */
  readonly used: boolean;
}

/**
 * A PaymentIntent with everything that hangs on it: the unit that is changed, journaled and reported.
 *
 * Payments are values: a change makes a new one, and what was there stays as it was until the change is on disk.
 */
export interface Payment {
  readonly intent: PaymentIntent;
  /** Oldest first; at most one of them took money. */
  readonly charges: readonly Charge[];
  readonly refunds: readonly Refund[];
  /** Oldest first; absent in a journal of an older version. */
  readonly disputes?: readonly Dispute[];
  /** Refunds whose status changes by itself once the clock reaches `at` (ms). */
  readonly settlements: readonly RefundSettlement[];
  /** Absent in a journal of an older version: there, the test name is the id. */
  readonly paymentMethods?: readonly PaymentMethod[];
  /** `<operation> <key>` of each request that changed this payment under an idempotency key, oldest first. */
  readonly idempotencyKeys: readonly string[];
}

export interface RefundSettlement {
  readonly refundId: string;
  readonly at: number;
  readonly status: 'succeeded' | 'failed';
}

export function replaceCharge(charges: readonly Charge[], changed: Charge): Charge[] {
  return charges.map((charge) => (charge.id === changed.id ? changed : charge));
}

/** The charge of the last attempt, whatever became of it. */
export function latestCharge(payment: Payment): Charge | undefined {
  return payment.charges.find(({ id }) => id === payment.intent.latest_charge);
}

/** The test name of a payment method that was played on this payment. */
export function cardOf({ paymentMethods = [] }: Payment, methodId: string): string {
  return paymentMethods.find(({ id }) => id === methodId)?.card ?? methodId;
}

export function withPaymentMethod(payment: Payment, method: PaymentMethod): Payment {
  const others = (payment.paymentMethods ?? []).filter(({ id }) => id !== method.id);
  return { ...payment, paymentMethods: [...others, method] };
}

/** A ConfirmationToken with the test card in it. */
export interface StoredToken {
  readonly token: Stripe.ConfirmationToken;
  readonly card: string;
}
