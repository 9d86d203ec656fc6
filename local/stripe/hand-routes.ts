import { BadRequest, bodyOf, json, refusal, type Routes } from '../http/route';
import { type DisputeOutcome } from './disputes';
import { type PaymentReport } from './payment-report';
import { StripeError } from './stripe-error';
import { NothingToDispute, type StripeServer } from './stripe-server';

const OUTCOMES: readonly DisputeOutcome[] = ['under_review', 'won', 'lost'];

/** What a person does in Stripe's dashboard, and a buyer at the bank. */
export function handRoutes(stripe: Pick<StripeServer, 'refundByHand' | 'dispute'>): Routes {
  return {
    'POST /local/payments/*/refund': ([paymentIntentId = ''], request) => {
      const { amount } = bodyOf<{ amount: unknown }>(request);
      if (amount !== undefined && !(Number.isSafeInteger(amount) && (amount as number) > 0))
        throw new BadRequest('amount must be a positive whole number of minor units.');
      return answered(paymentIntentId, () => stripe.refundByHand(paymentIntentId, amount as number));
    },
    'POST /local/payments/*/dispute': ([paymentIntentId = ''], request) => {
      const { outcome: asked } = bodyOf<{ outcome: unknown }>(request);
      const outcome = OUTCOMES.find((known) => known === asked);
      if (asked !== undefined && !outcome)
        throw new BadRequest(`outcome must be one of ${OUTCOMES.join(', ')}, or left out.`);
      return answered(paymentIntentId, () => stripe.dispute(paymentIntentId, outcome));
    },
  };
}

function answered(paymentIntentId: string, act: () => PaymentReport | undefined) {
  try {
    const payment = act();
    return payment ? json(200, payment) : refusal(404, `There is no payment ${paymentIntentId}.`);
  } catch (error) {
    if (error instanceof StripeError || error instanceof NothingToDispute) return refusal(409, error.message);
    throw error;
  }
}
