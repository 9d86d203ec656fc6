import { S3Client } from '@aws-sdk/client-s3';
import { findPurchase } from '../purchase/find-purchase';
import { isCancelled } from '../purchase/purchase';
import { connectPurchases } from '../purchase/connect-purchases';
import { route } from '../shared/api';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { Problem } from '../shared/problem';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { TicketStore } from './ticket-store';

/**
 * `GET /purchases/{purchaseId}/ticket`: redirects to the PDF. The link is made on demand, because a presigned URL dies
 * with the credentials that signed it.
 */
export const handler = route({
  name: 'GetTicket',
  connect: () => ({
    purchases: connectPurchases(),
    tickets: new TicketStore(new S3Client(REQUEST_TIMEOUTS), requireEnvironment(ENVIRONMENT.ticketBucket)),
  }),
  answer: async (event, { purchases, tickets }) => {
    const purchase = await findPurchase(event, purchases);
    const { status } = purchase;
    if (status === 'FAILED' || status === 'COMPENSATING') throw new Problem('TicketNotFound');
    if (isCancelled(purchase)) throw new Problem('PurchaseCancelled');
    if (status !== 'CONFIRMED') throw new Problem('PurchaseInProgress');
    const Location = await tickets.linkTo(purchase);
    return { statusCode: 302, headers: { Location, 'Cache-Control': 'no-store' }, body: '' };
  },
});
