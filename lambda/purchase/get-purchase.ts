import { route, json } from '../shared/api';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { purchaseAnswer } from './purchase-answer';
import { findPurchase } from './find-purchase';
import { PurchaseRepository } from './purchase-repository';

/** `GET /purchases/{purchaseId}`: the purchase with its current status. */
export const handler = route({
  name: 'GetPurchase',
  connect: () => new PurchaseRepository(documentClient(), requireEnvironment(ENVIRONMENT.purchaseTable)),
  answer: async (event, purchases) => json(200, purchaseAnswer(await findPurchase(event, purchases))),
});
