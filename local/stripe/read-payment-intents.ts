import { expandObject, expandParameter } from './expansion';
import { listPage, pageParameters } from './lists';
import { type Operation } from './operation';
import { parametersOf } from './parameters';
import { findPayment } from './payment-intent-state';

export const retrievePaymentIntent: Operation = {
  name: 'payment_intents.retrieve',
  method: 'GET',
  path: /^\/v1\/payment_intents\/((?!search$)[^/]+)$/,
  prepare(form, id) {
    const expand = expandParameter(parametersOf('payment_intents.retrieve', form), 'payment_intent');

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
    const parameters = parametersOf('payment_intents.list', form);
    const page = pageParameters(parameters);
    const expand = expandParameter(parameters, 'payment_intent', 'data');

    return ({ payments }) => {
      const intents = payments.all().map(({ intent }) => intent);
      const list = listPage('payment_intent', intents, page);
      const data = list.data.map((intent) => expandObject(intent, findPayment(payments, intent.id), expand));
      return { answer: { ...list, data } };
    };
  },
};
