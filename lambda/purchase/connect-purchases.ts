import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { PurchaseRepository } from './purchase-repository';

/** The purchases of this installation. */
export function connectPurchases(client = documentClient()): PurchaseRepository {
  return new PurchaseRepository(client, requireEnvironment(ENVIRONMENT.purchaseTable));
}
