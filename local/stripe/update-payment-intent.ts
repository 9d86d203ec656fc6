import { expandObject, expandParameter } from './expansion';
import { type Operation } from './operation';
import { limitedMetadata, parametersOf, withoutEmpty } from './parameters';
import { findPayment } from './payment-intent-state';

/** POST /v1/payment_intents/{id}: changes its metadata, whatever its status; an empty value takes a key away. */
export const updatePaymentIntent: Operation = {
  name: 'payment_intents.update',
  method: 'POST',
  path: /^\/v1\/payment_intents\/([^/]+)$/,
  prepare(form, id) {
    const parameters = parametersOf('payment_intents.update', form);
    const changes = parameters.metadataChanges();
    const expand = expandParameter(parameters, 'payment_intent');

    return ({ payments }) => {
      const payment = findPayment(payments, id);
      const metadata = limitedMetadata(withoutEmpty({ ...payment.intent.metadata, ...changes }));
      const changed = { ...payment, intent: { ...payment.intent, metadata } };
      return { changed, answer: expandObject(changed.intent, changed, expand) };
    };
  },
};
