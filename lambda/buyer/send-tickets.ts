import type * as z from 'zod/mini';
import { BuyerTopic } from '../notification/buyer-topic';
import { ticketUrlOf, type TicketsAgain } from '../notification/confirmation';
import { findByIdOrReference } from '../purchase/find-purchase';
import { isCancelled, type Purchase } from '../purchase/purchase';
import { connectPurchases } from '../purchase/connect-purchases';
import { NotTaken, type PurchaseRepository } from '../purchase/purchase-repository';
import { type AddressHashes, connectAddressHashes } from '../shared/address-hash';
import { json, route } from '../shared/api';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { Problem } from '../shared/problem';
import { referenceOf } from '../shared/reference';
import { parse, parseJson } from '../shared/validation';
import { type messageAnswerSchema, messageRequestSchema } from './buyer-answers';

export interface SendDependencies {
  readonly purchases: PurchaseRepository;
  readonly addresses: Pick<AddressHashes, 'of'>;
  readonly publish: (message: TicketsAgain) => Promise<void>;
  /** Base URL of the public API, without a trailing slash. */
  readonly apiUrl: string;
}

/**
 * Sends the tickets of a sale again, by e-mail, and first corrects the address if there is another. One write corrects it and counts the
 * sending, so whatever is told from then on goes to the new address alone. The old one hears nothing of it.
 *
 * @throws Problem PurchaseNotFound, PurchaseInProgress, PurchaseCancelled, TicketNotFound
 */
export async function sendTickets(
  { purchaseId }: Pick<Purchase, 'purchaseId'>,
  { email }: z.output<typeof messageRequestSchema>,
  { purchases, addresses, publish, apiUrl }: SendDependencies,
): Promise<z.output<typeof messageAnswerSchema>> {
  const corrected = email === undefined ? undefined : { email, emailHash: await addresses.of(email) };
  const noted = await purchases.noteSending(purchaseId, corrected);
  if (!noted) throw new Problem('PurchaseNotFound');
  if (noted instanceof NotTaken) throw refusalOf(noted.purchase);
  const sending = noted.sendings ?? 1;
  await publish({ type: 'TicketsAgain', purchaseId, ticketUrl: ticketUrlOf(purchaseId, apiUrl), sending });
  return { reference: referenceOf(purchaseId), sending };
}

function refusalOf(purchase: Purchase): Problem {
  if (isCancelled(purchase)) return new Problem('PurchaseCancelled');
  if (purchase.status === 'FAILED') return new Problem('TicketNotFound');
  if (purchase.status === 'CONFIRMED')
    return new Problem('TicketNotFound', 'The buyer is erased: there is nobody to send the tickets to.');
  return new Problem('PurchaseInProgress');
}

/** `POST /purchases/{purchaseId}/messages`, IAM-signed, by the id or the reference. */
export const handler = route({
  name: 'SendTickets',
  connect: (): SendDependencies => {
    const topic = new BuyerTopic(requireEnvironment(ENVIRONMENT.confirmationTopic));
    return {
      purchases: connectPurchases(),
      addresses: connectAddressHashes(),
      apiUrl: requireEnvironment(ENVIRONMENT.apiUrl),
      publish: (message) =>
        topic.publish(message, `The tickets of purchase ${referenceOf(message.purchaseId)} are sent again.`),
    };
  },
  answer: async (event, dependencies) => {
    const request = parse(messageRequestSchema, parseJson(event.body));
    const named = (event.pathParameters?.['purchaseId'] ?? '').toLowerCase();
    const purchase = await findByIdOrReference(named, dependencies.purchases);
    if (!purchase) throw new Problem('PurchaseNotFound');
    return json(202, await sendTickets(purchase, request, dependencies));
  },
});
