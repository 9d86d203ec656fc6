import { latestCharge, type Payment, type PaymentIntent, replaceCharge } from './payment';

/**
 * How long a card's bank holds the money of a manual capture: about seven days. Source: "Place a hold on a payment method"
 * (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method, read in November 2026), `capture_before`.
 */
export const AUTHORISATION_SECONDS = 7 * 24 * 60 * 60;

/**
 * No money can move any more; what the bank held is free.
 *
 * @param at seconds since the epoch
 */
export function canceled(
  payment: Payment,
  reason: PaymentIntent['cancellation_reason'],
  at: number,
): Payment {
  const released = releaseAuthorisation(payment);
  return {
    ...released,
    intent: {
      ...released.intent,
      canceled_at: at,
      cancellation_reason: reason,
      next_action: null,
      status: 'canceled',
    },
  };
}

/** The payment after its hold has ended at `now` (ms), or undefined while there is none, or it lasts. */
export function expireAuthorisation(payment: Payment, now: number): Payment | undefined {
  const until = latestCharge(payment)?.payment_method_details?.card?.capture_before;
  const expired = payment.intent.status === 'requires_capture' && until !== undefined && now >= until * 1000;
  return expired ? canceled(payment, 'automatic', until) : undefined;
}

function releaseAuthorisation(payment: Payment): Payment {
  const charge = latestCharge(payment);
  if (!charge || payment.intent.status !== 'requires_capture') return payment;
  const released = { ...charge, amount_refunded: charge.amount, refunded: true };
  return {
    ...payment,
    intent: { ...payment.intent, amount_capturable: 0 },
    charges: replaceCharge(payment.charges, released),
  };
}
