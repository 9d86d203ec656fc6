import { expandObject, expandParameter } from './expansion';
import { positiveAmount } from './money';
import { type Operation } from './operation';
import { parametersOf } from './parameters';
import { latestCharge, type Payment, replaceCharge } from './payment';
import { findPayment, hasStatus, unexpectedState } from './payment-intent-state';
import { refusal } from './rules';
import { stripeId } from './stripe-id';

/** POST /v1/payment_intents/{id}/capture: takes the authorised money, once, whole or in part. */
export const capturePaymentIntent: Operation = {
  name: 'payment_intents.capture',
  method: 'POST',
  path: /^\/v1\/payment_intents\/([^/]+)\/capture$/,
  prepare(form, id) {
    const parameters = parametersOf('payment_intents.capture', form);
    const amountToCapture = positiveAmount(parameters, 'amount_to_capture');
    const expand = expandParameter(parameters, 'payment_intent');

    return ({ payments }) => {
      const payment = findPayment(payments, id);
      refuseUnlessCapturable(payment);
      const amount = amountToCapture ?? payment.intent.amount_capturable;
      if (amount > payment.intent.amount_capturable) throw captureTooLarge();
      const captured = capture(payment, amount);
      return { changed: captured, answer: expandObject(captured.intent, captured, expand) };
    };
  },
};

/** What is not captured is released: Stripe counts it as refunded on the charge, though no refund object exists. */
function capture(payment: Payment, amount: number): Payment {
  const charge = latestCharge(payment)!;
  const captured = {
    ...charge,
    amount_captured: amount,
    amount_refunded: charge.amount - amount,
    balance_transaction: stripeId('txn'),
    captured: true,
  };
  return {
    ...payment,
    intent: { ...payment.intent, amount_capturable: 0, amount_received: amount, status: 'succeeded' },
    charges: replaceCharge(payment.charges, captured),
  };
}

function refuseUnlessCapturable({ intent }: Payment): void {
  if (intent.status === 'requires_capture') return;
  const why =
    intent.status === 'succeeded'
      ? 'it has already been captured.'
      : hasStatus(intent, 'captured', ['requires_capture']);
  throw unexpectedState('not-capturable', intent, `This PaymentIntent could not be captured because ${why}`);
}

function captureTooLarge() {
  return refusal(
    'capture-too-large',
    'The amount to capture is greater than the amount you can capture on this PaymentIntent.',
    'amount_to_capture',
  );
}
