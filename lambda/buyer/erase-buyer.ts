import { S3Client } from '@aws-sdk/client-s3';
import { connectEvent } from '../event/connect-event';
import { type EventRepository } from '../event/event-repository';
import { connectOrders } from '../order/connect-orders';
import { type Order } from '../order/order';
import { isToBeTold, type OrderRepository } from '../order/order-repository';
import { stageOf } from '../purchase/dispute';
import { type Purchase } from '../purchase/purchase';
import { connectPurchases } from '../purchase/connect-purchases';
import { type PurchaseRepository } from '../purchase/purchase-repository';
import { type AddressHashes, connectAddressHashes } from '../shared/address-hash';
import { json, route } from '../shared/api';
import { type Clock, systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { logger } from '../shared/logger';
import { referenceOf } from '../shared/reference';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { endOf } from '../event/event-times';
import { parse, parseJson } from '../shared/validation';
import { TicketStore } from '../ticket/ticket-store';
import { type Erasure, erasureRequestSchema, type Kept } from './buyer-answers';

export interface EraseDependencies {
  readonly purchases: Pick<PurchaseRepository, 'idsByEmail' | 'find' | 'erase'>;
  readonly orders: Pick<OrderRepository, 'idsByEmail' | 'find' | 'erase'>;
  readonly tickets: Pick<TicketStore, 'erase'>;
  readonly events: Pick<EventRepository, 'findLayout'>;
  readonly addresses: Pick<AddressHashes, 'every'>;
  readonly clock: Clock;
}

/**
 * Lets the buyer of an address go: from purchases and orders, and the tickets with all their versions. Of each record stay its id, status,
 * seats and money until it goes: a payment without its record would be given back.
 *
 * Where something is still due to the buyer, or owed, the contact stays and is named. Each record is erased by one write under the
 * condition that it is as it was judged, after its ticket: who dies between the two is asked again, and finds it by its address.
 *
 * Messages under way name the purchase and no address; whoever delivers one reads the record, and finds nobody to tell.
 */
export async function eraseBuyer(
  email: string,
  { purchases, orders, tickets, events, addresses, clock }: EraseDependencies,
): Promise<Erasure> {
  const now = clock.nowSeconds();
  const hashes = await addresses.every(email);
  const ends = new Map<string, Promise<number>>();
  const kept: { reference: string; why: Kept }[] = [];
  let erased = 0;

  for (const purchaseId of await purchases.idsByEmail(hashes)) {
    const purchase = await purchases.find(purchaseId);
    if (!purchase?.buyer) continue;
    const why = await dueOfPurchase(purchase);
    if (why) {
      kept.push({ reference: referenceOf(purchaseId), why });
      continue;
    }
    await tickets.erase(purchase);
    if (await purchases.erase(purchase)) erased++;
    else kept.push({ reference: referenceOf(purchaseId), why: 'IN_PROGRESS' });
  }
  for (const orderId of await orders.idsByEmail(hashes)) {
    const order = await orders.find(orderId);
    if (!order?.buyer.email) continue;
    const why = await dueOfOrder(order);
    if (!why && (await orders.erase(order))) erased++;
    else kept.push({ reference: referenceOf(orderId), why: why ?? 'IN_PROGRESS' });
  }
  return { erased, kept };

  async function dueOfPurchase(purchase: Purchase): Promise<Kept | undefined> {
    const { status, eventId, dueAt, cancellation, dispute } = purchase;
    if (status !== 'CONFIRMED' && status !== 'FAILED' && status !== 'CANCELLED') return 'IN_PROGRESS';
    if (status === 'CONFIRMED' && (await isAhead(eventId))) return 'EVENT_AHEAD';
    if (cancellation?.refund.status === 'PENDING' || cancellation?.refund.status === 'FAILED')
      return 'REFUND_DUE';
    if (dispute && stageOf(dispute) === 'opened') return 'DISPUTE_OPEN';
    return dueAt === undefined ? undefined : 'MESSAGE_DUE';
  }

  async function dueOfOrder(order: Order): Promise<Kept | undefined> {
    const { status, eventId, dispute, refundFailed } = order;
    if (refundFailed) return 'REFUND_DUE';
    if (status !== 'CONFIRMED' && status !== 'FAILED' && status !== 'CANCELLED') return 'IN_PROGRESS';
    if (status === 'CONFIRMED' && (await isAhead(eventId))) return 'EVENT_AHEAD';
    if (dispute && stageOf(dispute) === 'opened') return 'DISPUTE_OPEN';
    return isToBeTold(order, now) ? 'MESSAGE_DUE' : undefined;
  }

  async function isAhead(eventId: string): Promise<boolean> {
    let end = ends.get(eventId);
    if (!end) {
      end = events.findLayout(eventId).then((layout) => (layout ? endOf(layout) : 0));
      ends.set(eventId, end);
    }
    return now < (await end);
  }
}

/** `POST /erasures`, IAM-signed. The log says who has asked, and of how many: no address, and no hash of one. */
export const handler = route({
  name: 'EraseBuyer',
  connect: (): EraseDependencies => {
    const client = documentClient();
    return {
      purchases: connectPurchases(client),
      orders: connectOrders(client),
      tickets: new TicketStore(new S3Client(REQUEST_TIMEOUTS), requireEnvironment(ENVIRONMENT.ticketBucket)),
      events: connectEvent(client).events,
      addresses: connectAddressHashes(),
      clock: systemClock,
    };
  },
  answer: async (event, dependencies) => {
    const { email } = parse(erasureRequestSchema, parseJson(event.body));
    const erasure = await eraseBuyer(email, dependencies);
    const { userArn: by } = event.requestContext.identity;
    logger.info('A buyer is erased', { by, erased: erasure.erased, kept: erasure.kept });
    return json(200, erasure);
  },
});
