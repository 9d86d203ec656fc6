import { route, json } from '../shared/api';
import { purchaseAnswer } from './purchase-answer';
import { findPurchase } from './find-purchase';
import { connectPurchases } from './connect-purchases';

/** `GET /purchases/{purchaseId}`: the purchase with its current status. */
export const handler = route({
  name: 'GetPurchase',
  connect: () => connectPurchases(),
  answer: async (event, purchases) => json(200, purchaseAnswer(await findPurchase(event, purchases))),
});
