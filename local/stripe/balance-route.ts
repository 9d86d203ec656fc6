import { BadRequest, bodyOf, json, type Routes } from '../http/route';
import { BALANCES } from './balance';
import { type StripeServer } from './stripe-server';

/** Empties the account's balance at Stripe, and tops it up. */
export function balanceRoute(stripe: Pick<StripeServer, 'balance' | 'setBalance'>): Routes {
  return {
    'GET /local/stripe-balance': () => json(200, { balance: stripe.balance() }),
    'PUT /local/stripe-balance': (_, request) => {
      const { balance: asked } = bodyOf<{ balance: unknown }>(request);
      const balance = BALANCES.find((known) => known === asked);
      if (!balance) throw new BadRequest(`balance must be one of ${BALANCES.join(', ')}.`);
      stripe.setBalance(balance);
      return json(200, { balance });
    },
  };
}
