import { canceled } from './authorisation';
import { expandObject, expandParameter } from './expansion';
import { type Operation } from './operation';
import { parametersOf } from './parameters';
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
      const changed = canceled(payment, reason, Math.floor(now / 1000));
      return { changed, answer: expandObject(changed.intent, changed, expand) };
    };
  },
};
