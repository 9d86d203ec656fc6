import { type Payment, type PaymentIntent } from './payment';
import { type PaymentStore } from './payment-store';
import { refusal, type RuleId } from './rules';
import { type StripeError } from './stripe-error';

/** @throws StripeError 404 `resource_missing` */
export function findPayment(payments: PaymentStore, id: string): Payment {
  const payment = payments.find(id);
  if (!payment) throw refusal('no-such-object', `No such payment_intent: '${id}'`, 'intent');
  return payment;
}

/** 400 `payment_intent_unexpected_state`: the step does not fit the intent, which the error carries. */
export function unexpectedState(rule: RuleId, intent: PaymentIntent, message: string): StripeError {
  return refusal(rule, message, undefined, { payment_intent: intent });
}

/** The end of Stripe's messages: which statuses the step is allowed from. */
export function hasStatus(intent: PaymentIntent, done: string, allowed: readonly string[]): string {
  return (
    `it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be ` +
    `${done}: ${allowed.join(', ')}.`
  );
}
