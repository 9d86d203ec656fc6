import { BadRequest, bodyOf, json, refusal, type Routes } from '../http/route';
import { type BuyersAnswer } from './payment-attempt';
import { NobodyIsAsked, type StripeServer } from './stripe-server';

const ANSWERS: readonly BuyersAnswer[] = ['succeeded', 'failed'];

/** Plays the buyer's bank, of which a laptop has none. */
export function authenticationRoute(stripe: Pick<StripeServer, 'answerBank'>): Routes {
  return {
    'POST /local/payments/*/authentication': ([paymentIntentId = ''], request) => {
      const { outcome } = bodyOf<{ outcome: unknown }>(request);
      const answer = ANSWERS.find((known) => known === outcome);
      if (!answer) throw new BadRequest(`outcome must be one of ${ANSWERS.join(', ')}.`);
      try {
        const payment = stripe.answerBank(paymentIntentId, answer);
        return payment ? json(200, payment) : refusal(404, `There is no payment ${paymentIntentId}.`);
      } catch (error) {
        if (error instanceof NobodyIsAsked) return refusal(409, `Nobody is asked: ${error.message}.`);
        throw error;
      }
    },
  };
}
