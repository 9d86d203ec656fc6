import { expandObject, expandParameter } from './expansion';
import { listPage, pageParameters } from './lists';
import { type Operation } from './operation';
import { Parameters } from './parameters';
import { findPayment } from './payment-intent-state';
import { UNSUPPORTED_PARAMETERS } from './unsupported-parameters';

export const retrievePaymentIntent: Operation = {
  name: 'payment_intents.retrieve',
  method: 'GET',
  path: /^\/v1\/payment_intents\/(pi_\w+)$/,
  prepare(form, id) {
    const parameters = new Parameters(form);
    const expand = expandParameter(parameters, ['latest_charge', 'latest_charge.refunds']);
    parameters.refuseOthers(UNSUPPORTED_PARAMETERS['payment_intents.retrieve']);

    return ({ payments }) => {
      const payment = findPayment(payments, id);
      return { answer: expandObject(payment.intent, payment, expand) };
    };
  },
};

export const listPaymentIntents: Operation = {
  name: 'payment_intents.list',
  method: 'GET',
  path: /^\/v1\/payment_intents$/,
  prepare(form) {
    const parameters = new Parameters(form);
    const page = pageParameters(parameters);
    const expand = expandParameter(parameters, ['latest_charge'], 'data.');
    parameters.refuseOthers(UNSUPPORTED_PARAMETERS['payment_intents.list']);

    return ({ payments }) => {
      const intents = payments.all().map(({ intent }) => intent);
      const list = listPage('payment_intent', intents, page);
      const data = list.data.map((intent) => expandObject(intent, findPayment(payments, intent.id), expand));
      return { answer: { ...list, data } };
    };
  },
};
