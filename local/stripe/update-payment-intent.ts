import { expandObject, expandParameter } from './expansion';
import { type Operation } from './operation';
import { Parameters } from './parameters';
import { findPayment } from './payment-intent-state';
import { UNSUPPORTED_PARAMETERS } from './unsupported-parameters';

/** POST /v1/payment_intents/{id}: changes its metadata, whatever its status; an empty value takes a key away. */
export const updatePaymentIntent: Operation = {
  name: 'payment_intents.update',
  method: 'POST',
  path: /^\/v1\/payment_intents\/(pi_\w+)$/,
  prepare(form, id) {
    const parameters = new Parameters(form);
    const changes = parameters.metadataChanges();
    const expand = expandParameter(parameters, ['latest_charge']);
    parameters.refuseOthers(UNSUPPORTED_PARAMETERS['payment_intents.update']);

    return ({ payments }) => {
      const payment = findPayment(payments, id);
      const entries = Object.entries({ ...payment.intent.metadata, ...changes });
      const metadata = Object.fromEntries(entries.filter(([, value]) => value));
      const changed = { ...payment, intent: { ...payment.intent, metadata } };
      return { changed, answer: expandObject(changed.intent, changed, expand) };
    };
  },
};
