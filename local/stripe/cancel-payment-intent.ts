import { expandObject, expandParameter } from './expansion';
import { type Operation } from './operation';
import { parametersOf } from './parameters';
import { latestCharge, type Payment, replaceCharge } from './payment';
import { findPayment, hasStatus, unexpectedState } from './payment-intent-state';

const CANCELABLE = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
];

/** POST /v1/payment_intents/{id}/cancel: no money can move any more; an authorisation is released. */
export const cancelPaymentIntent: Operation = {
  name: 'payment_intents.cancel',
  method: 'POST',
  path: /^\/v1\/payment_intents\/([^/]+)\/cancel$/,
  prepare(form, id) {
    const parameters = parametersOf('payment_intents.cancel', form);
    const reason = parameters.oneOf('cancellation_reason') ?? null;
    const expand = expandParameter(parameters, 'payment_intent');

    return ({ payments, now }) => {
      const payment = findPayment(payments, id);
      if (!CANCELABLE.includes(payment.intent.status)) {
        const why = hasStatus(payment.intent, 'canceled', CANCELABLE);
        throw unexpectedState(
          'not-cancelable',
          payment.intent,
          `You cannot cancel this PaymentIntent because ${why}`,
        );
      }
      const released = releaseAuthorisation(payment);
      const canceled: Payment = {
        ...released,
        intent: {
          ...released.intent,
          canceled_at: Math.floor(now / 1000),
          cancellation_reason: reason,
          next_action: null,
          status: 'canceled',
        },
      };
      return { changed: canceled, answer: expandObject(canceled.intent, canceled, expand) };
    };
  },
};

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
