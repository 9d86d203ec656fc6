import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { Problem } from '../shared/problem';
import { parseReference } from '../shared/reference';
import { isPurchaseId, type Purchase, purchaseIdSchema } from './purchase';
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

/**
 * The purchase that an organiser means: by its id, or by its reference, which is all that the organiser is told of it. Only signed
 * routes may ask so, as a reference is no secret.
 *
 * @param named in small letters, or as somebody has typed it
 * @returns undefined also where two purchases have one reference: then their ids alone tell them apart
 */
export async function findByIdOrReference(
  named: string,
  purchases: Pick<PurchaseRepository, 'find' | 'findByReference'>,
): Promise<Purchase | undefined> {
  if (isPurchaseId(named)) return purchases.find(named);
  const reference = parseReference(named);
  const [found, ...others] = reference === undefined ? [] : await purchases.findByReference(reference);
  return others.length === 0 ? found : undefined;
}
