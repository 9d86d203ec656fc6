import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { Problem } from '../shared/problem';
import { type Purchase, purchaseIdSchema } from './purchase';
import { type PurchaseRepository } from './purchase-repository';

/**
 * The purchase the path names. Its id is a secret the client made: who knows it may read the purchase.
 *
 * @throws Problem PurchaseNotFound, also for an id that cannot be one
 */
export async function findPurchase(
  event: APIGatewayProxyEvent,
  purchases: PurchaseRepository,
): Promise<Purchase> {
  const id = z.safeParse(purchaseIdSchema, event.pathParameters?.['purchaseId']?.toLowerCase());
  const purchase = id.success ? await purchases.find(id.data) : undefined;
  if (!purchase) throw new Problem('PurchaseNotFound');
  return purchase;
}
