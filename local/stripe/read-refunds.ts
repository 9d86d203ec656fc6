import { expandObject, expandParameter } from './expansion';
import { listPage, pageParameters } from './lists';
import { type Operation } from './operation';
import { parametersOf } from './parameters';
import { refusal } from './rules';

export const retrieveRefund: Operation = {
  name: 'refunds.retrieve',
  method: 'GET',
  path: /^\/v1\/refunds\/([^/]+)$/,
  prepare(form, id) {
    const expand = expandParameter(parametersOf('refunds.retrieve', form), 'refund');

    return ({ payments }) => {
      const payment = payments.findByRefund(id);
      const refund = payment?.refunds.find((candidate) => candidate.id === id);
      if (!payment || !refund) throw refusal('no-such-object', `No such refund: '${id}'`, 'id');
      return { answer: expandObject(refund, payment, expand) };
    };
  },
};

export const listRefunds: Operation = {
  name: 'refunds.list',
  method: 'GET',
  path: /^\/v1\/refunds$/,
  prepare(form) {
    const parameters = parametersOf('refunds.list', form);
    const intentId = parameters.string('payment_intent');
    const chargeId = parameters.string('charge');
    const page = pageParameters(parameters);
    const expand = expandParameter(parameters, 'refund', 'data');

    return ({ payments }) => {
      if (intentId !== undefined && !payments.find(intentId)) {
        throw refusal('no-such-reference', `No such payment_intent: '${intentId}'`, 'payment_intent');
      }
      if (chargeId !== undefined && !payments.findByCharge(chargeId)) {
        throw refusal('no-such-reference', `No such charge: '${chargeId}'`, 'charge');
      }
      const refunds = payments
        .refunds()
        .filter((refund) => intentId === undefined || refund.payment_intent === intentId)
        .filter((refund) => chargeId === undefined || refund.charge === chargeId);
      const list = listPage('refund', refunds, page);
      const data = list.data.map((refund) => expandObject(refund, payments.findByRefund(refund.id)!, expand));
      return { answer: { ...list, data } };
    };
  },
};
