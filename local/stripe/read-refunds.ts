import { expandObject, expandParameter } from './expansion';
import { listPage, pageParameters } from './lists';
import { type Operation } from './operation';
import { Parameters } from './parameters';
import { resourceMissing } from './stripe-error';

export const retrieveRefund: Operation = {
  name: 'refunds.retrieve',
  method: 'GET',
  path: /^\/v1\/refunds\/(re_\w+)$/,
  prepare(form, id) {
    const parameters = new Parameters(form);
    const expand = expandParameter(parameters, ['charge', 'payment_intent']);
    parameters.refuseOthers();

    return ({ payments }) => {
      const payment = payments.findByRefund(id);
      const refund = payment?.refunds.find((candidate) => candidate.id === id);
      if (!payment || !refund) throw resourceMissing('refund', id, 'id', 404);
      return { answer: expandObject(refund, payment, expand) };
    };
  },
};

export const listRefunds: Operation = {
  name: 'refunds.list',
  method: 'GET',
  path: /^\/v1\/refunds$/,
  prepare(form) {
    const parameters = new Parameters(form);
    const intentId = parameters.string('payment_intent');
    const chargeId = parameters.string('charge');
    const page = pageParameters(parameters);
    const expand = expandParameter(parameters, ['charge', 'payment_intent'], 'data.');
    parameters.refuseOthers();

    return ({ payments }) => {
      if (intentId !== undefined && !payments.find(intentId)) {
        throw resourceMissing('payment_intent', intentId, 'payment_intent', 400);
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
