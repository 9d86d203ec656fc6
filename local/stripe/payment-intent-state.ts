import { type Payment, type PaymentIntent } from './payment';
import { type PaymentStore } from './payment-store';
import { docUrl, resourceMissing, StripeError } from './stripe-error';

/** @throws StripeError 404 `resource_missing` */
export function findPayment(payments: PaymentStore, id: string): Payment {
  const payment = payments.find(id);
  if (!payment) throw resourceMissing('payment_intent', id, 'intent', 404);
  return payment;
}

/** 400 `payment_intent_unexpected_state`: the step does not fit the intent, which the error carries. */
export function unexpectedState(intent: PaymentIntent, message: string): StripeError {
  const code = 'payment_intent_unexpected_state';
  return new StripeError(400, {
    code,
    doc_url: docUrl(code),
    message,
    payment_intent: intent,
    type: 'invalid_request_error',
  });
}

/** The end of Stripe's messages: which statuses the step is allowed from. */
export function hasStatus(intent: PaymentIntent, done: string, allowed: readonly string[]): string {
  return (
    `it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be ` +
    `${done}: ${allowed.join(', ')}.`
  );
}
